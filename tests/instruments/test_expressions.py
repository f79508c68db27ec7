"""One expression language: the vectors hold Python and the phone to the same answers."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.instruments.expressions import BadExpression, evaluate, parse, references

pytestmark = pytest.mark.one_database

FILES = ("expressions", "functions", "generated")
VECTORS = [
    case
    for name in FILES
    for case in json.loads((Path(__file__).parents[1] / "vectors" / f"{name}.json").read_text("utf-8"))
]


@pytest.mark.parametrize("case", VECTORS, ids=[f"{n}" for n in range(len(VECTORS))])
def test_a_vector_parses_to_its_tree_and_gives_its_value(case) -> None:
    tree = parse(case["text"])
    assert tree == case["tree"]
    value = evaluate(tree, case["answers"], case.get("self"), today=case.get("today", ""))
    assert value == case["value"]
    assert isinstance(value, bool) == isinstance(case["value"], bool)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "${a",
        "${A} = 1",
        "1 +",
        "(1",
        "1 2",
        "foo(1)",
        "count()",
        "'open",
        "${a} = = 1",
        "not(1, 2)",
        "a",
        "sum()",
        "round(1, 2, 3)",
        "today(1)",
        "round()",
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(text) -> None:
    with pytest.raises(BadExpression) as caught:
        parse(text)
    assert 0 <= caught.value.details["at"] <= len(text)


def test_nesting_beyond_reason_is_refused_and_not_a_crash() -> None:
    with pytest.raises(BadExpression):
        parse("(" * 5000 + "1" + ")" * 5000)
    with pytest.raises(BadExpression):
        parse("-" * 5000 + "1")


def test_division_by_zero_gives_empty() -> None:
    assert evaluate(parse("${a} div 0"), {"a": 3}) is None
    assert evaluate(parse("${a} mod 0"), {"a": 3}) is None


def test_answers_nested_deeper_than_any_stack_are_read() -> None:
    deep: list = [3]
    for _level in range(20_000):
        deep = [deep, 1]
    assert evaluate(parse("sum(${a}) + count(${a})"), {"a": deep}) == 20_003 + 20_001


values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.lists(st.text(max_size=2), max_size=3)
)
texts = st.sampled_from([case["text"] for case in VECTORS])


@given(text=texts, data=st.data())
def test_no_answer_makes_an_expression_fail(text, data) -> None:
    tree = parse(text)
    answers = {name: data.draw(values) for name in references(tree)}
    evaluate(tree, answers, data.draw(values))


@given(st.text(alphabet="${}ab()'\"=<>!+-*.,1 andortdivmo", max_size=40))
def test_any_text_parses_or_is_refused(text) -> None:
    with suppress(BadExpression):
        parse(text)
