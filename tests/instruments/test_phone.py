"""Server and phone read every sheet alike: the phone's evaluator runs in Node beside ours on sheets made by Hypothesis."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dudao.instruments.definitions import Definition, Item, check, with_trees
from dudao.instruments.expressions import Value, evaluate, parse
from dudao.instruments.scores import Score, scores
from dudao.instruments.services import LIBRARY
from dudao.instruments.sheets import faults, raised, relevant_answers
from tests.nodes import node
from tests.vectors import generate

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
TODAY = generate.TODAY
LIBRARY_SHEETS = [
    msgspec.json.decode(path.read_bytes(), type=Definition) for path in sorted(LIBRARY.glob("*.json"))
]
EVERYTHING = msgspec.convert(generate.EVERYTHING, Definition)
# The server's fault by the phone's name for it; photos are no matter of the sheet on the server.
GAPS = {
    "required": "answer",
    "wrong-kind": "range",
    "out-of-range": "range",
    "constraint": "constraint",
    "reason-missing": "note",
}

Ask = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    esbuild = ROOT / "frontend" / "node_modules" / ".bin" / "esbuild"
    if not node() or not esbuild.exists():
        pytest.skip(
            "LEFT OUT: server and phone were NOT compared; Node or frontend/node_modules is missing (run make)"
        )
    program = tmp_path_factory.mktemp("phone") / "phone.mjs"
    bundle = [
        esbuild,
        ROOT / "tests" / "instruments" / "phone.ts",
        "--bundle",
        "--platform=node",
        "--format=esm",
        "--log-level=error",
    ]
    subprocess.run(
        [*map(str, bundle), f"--outfile={program}"],
        check=True, env=os.environ | {"PATH": f"{Path(node()).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
    )  # fmt: skip
    process = subprocess.Popen(
        [node(), str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout

    def say(question: dict[str, Any]) -> None:
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()

    def ask(question: dict[str, Any]) -> Any:
        say(question)
        return json.loads(process.stdout.readline())

    for definition in (*LIBRARY_SHEETS, EVERYTHING):
        say({"keep": with_trees(definition)})
    yield ask
    process.stdin.close()
    process.stdout.close()
    process.wait(timeout=10)


def alike(ours: Any, theirs: Any) -> bool:
    """Equal as JSON is, where 1 and 1.0 are one number; but a truth value is no number."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return float(ours) == float(theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    return bool(ours == theirs)


OFTEN = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@OFTEN
@given(seed=st.integers(0, 2**40))
def test_an_expression_has_one_value(phone, seed) -> None:
    one = generate.case(Random(seed))
    tree = parse(one["text"])
    ours = evaluate(tree, one["answers"], one["self"], today=TODAY)
    theirs = phone({"tree": tree, "answers": one["answers"], "self": one["self"], "today": TODAY})
    assert alike(ours, theirs), one


JUNK = st.sampled_from(generate.ANSWERS)


def right_answer(item: Item) -> st.SearchStrategy[Value]:
    keys = [choice.key for choice in item.choices]
    low, high = int(item.min or 0), int(item.max or 100)
    match item.type:
        case "yes_no":
            return st.sampled_from(["yes", "no", "na"])
        case "single":
            return st.sampled_from(keys)
        case "multiple":
            return st.lists(st.sampled_from(keys), max_size=4)
        case "score" if item.na:
            return st.integers(low - 1, high + 1) | st.just("na")
        case "integer" | "scale" | "score":
            return st.integers(low - 1, high + 1)
        case "decimal":
            return st.floats(low - 1, high + 1, allow_nan=False)
        case "video" | "audio" | "file":
            return st.lists(st.text("abcdef", min_size=4, max_size=4), max_size=2)
        case "matrix":
            rows = [row.key for row in item.rows]
            return st.dictionaries(st.sampled_from(rows), st.sampled_from(keys))
        case "repeat":
            return st.lists(entry(item), max_size=4)
        case "date":
            return st.dates().map(str) | st.sampled_from(generate.DAYS)
        case _:
            return st.text(max_size=8)


@st.composite
def entry(draw: st.DrawFn, repeat: Item) -> dict[str, Any]:
    answered = [item for item in repeat.items if draw(st.integers(0, 3))]
    return {
        item.key: draw(right_answer(item)) if draw(st.integers(0, 11)) else draw(JUNK) for item in answered
    }


@st.composite
def filled_sheets(draw: st.DrawFn) -> tuple[Definition, dict[str, Any], dict[str, str]]:
    definition = draw(st.just(EVERYTHING) | st.sampled_from(LIBRARY_SHEETS))
    answers: dict[str, Any] = {}
    full = draw(st.booleans())
    for _section, item in definition.items():
        if full or draw(st.integers(0, 3)):
            value = draw(right_answer(item)) if draw(st.integers(0, 11)) else draw(JUNK)
            if value is not None:
                answers[item.key] = value
    names = [*answers, *(f"classes[{n}].full" for n in (1, 2, 3) if "classes" in answers)]
    notes = {name: draw(st.sampled_from(["", " ", "说明"])) for name in names if draw(st.integers(0, 2)) == 0}
    return definition, answers, notes


@OFTEN
@given(sheet=filled_sheets())
def test_a_sheet_is_relevant_wrong_raises_and_scores_alike(phone, sheet) -> None:
    definition, answers, notes = sheet
    theirs = phone(
        {"use": definition.key, "filled": {"answers": answers, "notes": notes, "photos": {}, "today": TODAY}}
    )
    held = relevant_answers(definition, answers, today=TODAY)
    shown = [item for _section, item in definition.items() if item.key in held.relevant]
    assert [item.key for item in shown] == theirs["relevant"]
    found = faults(definition, answers, notes, today=TODAY)
    wrong = {(one.item, GAPS[one.code]) for one in found if one.code != "unknown-item"}
    assert wrong == {(key, gap) for key, gap in theirs["gaps"] if gap != "photos"}
    assert [f"{one.item.key}.{one.rule.key}" for one in raised(definition, answers, today=TODAY)] == theirs[
        "raised"
    ]
    suggested = {item.key: held.value(item.suggested) for item in shown if item.suggested}
    assert {key: value for key, value in suggested.items() if value is not None} == dict(theirs["suggested"])
    whole, sections = scores(definition, held)
    assert alike_scores({"": whole, **sections}, {"": theirs["whole"], **theirs["sections"]})


def alike_scores(ours: dict[str, Score | None], theirs: dict[str, dict[str, float] | None]) -> bool:
    told = {
        key: one and {"points": one.points, "most": one.most, "percent": one.percent}
        for key, one in ours.items()
    }
    return told == theirs


def vectors(name: str) -> list[dict[str, Any]]:
    return json.loads((generate.HERE / f"{name}.json").read_text("utf-8"))


CASES, SHEETS = vectors("scores"), vectors("sheets")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_scores_are_what_a_person_worked_out(case) -> None:
    definition = msgspec.convert(case["definition"], Definition)
    assert with_trees(definition) == case["compiled"]
    whole, sections = scores(definition, relevant_answers(definition, case["answers"]))
    assert alike_scores({"": whole, **sections}, {"": case["whole"], **case["sections"]})


@pytest.mark.parametrize("case", SHEETS, ids=[case["name"] for case in SHEETS])
def test_a_sheet_reads_as_a_person_reads_it(case) -> None:
    assert with_trees(EVERYTHING) == case["compiled"]
    check(EVERYTHING)
    answers, notes = case["answers"], case["notes"]
    assert [
        item.key
        for _section, item in EVERYTHING.items()
        if item.key in relevant_answers(EVERYTHING, answers, today=TODAY).relevant
    ] == case["relevant"]
    assert [list(one) for one in faults(EVERYTHING, answers, notes, today=TODAY)] == case["faults"]
    found = raised(EVERYTHING, answers, today=TODAY)
    assert [f"{one.item.key}.{one.rule.key}" for one in found] == case["raised"]


def test_the_generated_vectors_are_what_the_generator_makes() -> None:
    """Changed on purpose? `python -m tests.vectors.generate` writes them again; the phone's tests then say whether it agrees."""
    assert json.loads(generate.written(generate.generated())) == vectors("generated")
    assert json.loads(generate.written(generate.scores())) == CASES
    assert json.loads(generate.written(generate.sheets())) == SHEETS
