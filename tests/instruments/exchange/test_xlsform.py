"""An instrument as an XLSForm and back; and forms of other makers: taken over as they are meant, or named row by row."""

import io
from typing import Any

import msgspec
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from dudao.instruments.definitions import Definition, Item, check, content_hash
from dudao.instruments.exchange.foreign import Asked, NotSupported, translated, written
from dudao.instruments.exchange.found import Reading
from dudao.instruments.exchange.reading import read
from dudao.instruments.exchange.xlsform import write_xlsform
from dudao.instruments.exchange.xlsform_reading import read_xlsform
from dudao.instruments.expressions import parse
from dudao.instruments.services import LIBRARY
from tests.instruments.exchange.made import definitions

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
PATHS = sorted(LIBRARY.glob("*.json"))
Row = list[Any]


def form(survey: list[Row], choices: list[Row] | None = None, settings: list[Row] | None = None) -> bytes:
    """A workbook of another maker; the first row of each sheet is its heading."""
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False})
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        if rows:
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    made.close()
    return buffer.getvalue()


def taken(reading: Reading) -> Definition:
    assert reading.faults == []
    assert reading.definition is not None
    return reading.definition


def items(definition: Definition) -> dict[str, Item]:
    return {item.key: item for _section, item, _repeat in definition.every_item()}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_instrument_of_the_library_is_a_form_pyxform_accepts_and_comes_back_the_same(path) -> None:
    definition = msgspec.json.decode(path.read_bytes(), type=Definition)
    data = write_xlsform(definition)
    assert "<h:html" in convert(data).xform
    assert content_hash(taken(read_xlsform(data, "form.xlsx"))) == content_hash(definition)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(definitions())
def test_any_definition_comes_back_the_same(definition) -> None:
    check(definition)
    data = write_xlsform(definition)
    assert "<h:html" in convert(data).xform
    assert content_hash(taken(read_xlsform(data, "form.xlsx"))) == content_hash(definition)


HEAD = ["type", "name", "label", "relevant", "constraint", "required"]
LISTS = [
    ["list_name", "name", "label"],
    ["yn", "Yes", "Yes"], ["yn", "No", "No"],
    ["count", 1, "One"], ["count", 2, "Two"],
    ["fruit", "Apple", "An apple"], ["fruit", "pear", "A pear"],
]  # fmt: skip


def test_a_form_of_another_maker_is_taken_over_with_groups_repeats_and_its_own_names() -> None:
    definition = taken(
        read_xlsform(
            form(
                [
                    HEAD,
                    ["start", "start"],
                    ["text", "Name", "Your name", "", "string-length(.) < 50", "yes"],
                    ["begin group", "House", "The house", "${Name} != ''"],
                    ["note", "n1", "Look at every room."],
                    ["select_one yn", "Owned", "Is it yours?"],
                    ["begin_group", "rooms", "Rooms", "${Owned} = 'Yes'"],
                    ["select_one count", "Floors", "How many floors?"],
                    ["select_multiple fruit", "fruits", "Fruits?", "${Floors} = 2 or ${Floors} = '1'"],
                    ["end_group"],
                    ["integer", "age", "How old?", "selected(${fruits}, 'Apple')", ". >= 0 and . <= 120"],
                    ["end group"],
                    ["begin_repeat", "Person", "Person", "count-selected(${fruits}) > 1"],
                    ["begin_group", "about", "About", "${Owned} = 'No'"],
                    ["decimal", "Height", "How tall?", "${age} > 3"],
                    ["end_group"],
                    ["end_repeat"],
                    ["range", "mood", "Mood"],
                    ["image", "photo1", "A photo"],
                    ["geopoint", "place", "Where?"],
                ],
                LISTS,
                [["form_title", "form_id"], ["Census", "Census 1"]],
            ),
            "census.xlsx",
        )
    )
    assert (definition.title.zh, definition.title.en, definition.key) == ("Census", "Census", "census_1")
    assert [(one.key, one.parent, one.title.zh, one.relevant) for one in definition.sections] == [
        ("s1", "", "Census", ""),
        ("house", "", "The house", "${name} != ''"),
        ("rooms", "house", "Rooms", "${owned} = 'yes'"),
        ("s1_2", "house", "The house", ""),
        ("s1_3", "", "Census", ""),
    ]
    assert definition.sections[1].hint.zh == "Look at every room."
    found = items(definition)
    assert {key: one.type for key, one in found.items()} == {
        "name": "text", "owned": "yes_no", "floors": "single", "fruits": "multiple", "age": "integer",
        "person": "repeat", "height": "decimal", "mood": "integer", "photo1": "photo", "place": "location",
    }  # fmt: skip
    assert found["name"].required is True
    assert [(choice.key, choice.label.zh) for choice in found["floors"].choices] == [
        ("c1", "One"),
        ("c2", "Two"),
    ]
    assert found["fruits"].relevant == "${floors} = 'c2' or ${floors} = 'c1'"
    assert found["age"].relevant == "selected(${fruits}, 'apple')"
    assert found["age"].constraint == ". >= 0 and . <= 120"
    assert found["height"].relevant == "${owned} = 'no' and ${age} > 3"
    assert (found["mood"].min, found["mood"].max) == (1, 10)


def test_chinese_and_english_are_told_apart_and_other_languages_stay_behind() -> None:
    head = ["type", "name", "label::Français (fr)", "label::中文 (zh)", "label::English (en)"]
    found = items(taken(read_xlsform(form([head, ["text", "a", "Bonjour", "你好", "Hello"]]), "a.xlsx")))
    assert (found["a"].label.zh, found["a"].label.en) == ("你好", "Hello")
    head = ["type", "name", "label::Français (fr)", "label::English (en)"]
    found = items(taken(read_xlsform(form([head, ["text", "a", "Bonjour", "Hello"]]), "a.xlsx")))
    assert (found["a"].label.zh, found["a"].label.en) == ("Hello", "Hello")


def test_one_language_alone_is_chinese_if_it_looks_so() -> None:
    found = items(taken(read_xlsform(form([HEAD, ["text", "a", "姓名"], ["text", "b", "Name"]]), "a.xlsx")))
    assert (found["a"].label.zh, found["a"].label.en) == ("姓名", "")
    assert (found["b"].label.zh, found["b"].label.en) == ("Name", "Name")


def test_what_the_device_records_is_left_out_with_a_remark() -> None:
    reading = read_xlsform(form([HEAD, ["deviceid", "d"], ["text", "a", "A"], ["audit", "audit"]]), "a.xlsx")
    assert items(taken(reading)).keys() == {"a"}
    assert [remark.row for remark in reading.remarks] == [2, 4]


ROWS: dict[str, tuple[Row, str]] = {
    "a calculation": (["calculate", "x", ""], "calculate"),
    "a time": (["time", "x", "X"], "time"),
    "a barcode": (["barcode", "x", "X"], "barcode"),
    "a function": (["text", "x", "X", "", "regex(., '[a-z]+')"], "regex()"),
    "a path": (["text", "x", "X", "/data/a = '1'"], "XPath"),
    "a value in a label": (["text", "x", "Hello ${a}"], "${} in label"),
    "another choice": (["select_one yn or_other", "x", "X"], "or_other"),
    "a ranking": (["rank fruit", "x", "X"], "rank"),
    "a note in the middle": (["note", "x", "X"], "note"),
    "equality of several choices": (["text", "x", "X", "${m} = 'pear'"], "= select_multiple"),
    "counting several choices": (["text", "x", "X", "count(${m}) > 1"], "count()"),
    "reckoning with choices": (["text", "x", "X", "${n} > 1"], "select"),
}


@pytest.mark.parametrize("name", ROWS)
def test_what_is_not_supported_is_named_and_the_rest_can_be_had(name) -> None:
    row, what = ROWS[name]
    data = form(
        [HEAD, ["text", "a", "A"], ["select_multiple fruit", "m", "M"], ["select_one count", "n", "N"], row,
         ["text", "z", "Z"]],
        LISTS,
    )  # fmt: skip
    reading = read_xlsform(data, "a.xlsx")
    assert reading.definition is None
    assert [(fault.sheet, fault.row, fault.unsupported) for fault in reading.faults] == [("survey", 5, what)]
    assert reading.faults[0].wrong
    assert reading.faults[0].right
    rest = read_xlsform(data, "a.xlsx", leave_out=True).definition
    assert rest is not None
    assert {"a", "m", "n", "z"} <= items(rest).keys()
    check(rest)


def test_what_refers_to_something_left_out_is_left_out_as_well() -> None:
    data = form([HEAD[:4], ["time", "t", "T"], ["text", "b", "B", "${t} != ''"]])
    assert [fault.unsupported for fault in read_xlsform(data, "a.xlsx").faults] == ["time", "${t}"]
    rest = read_xlsform(data, "a.xlsx", leave_out=True).definition
    assert rest is not None
    assert items(rest)["b"].relevant == ""


def test_a_form_pyxform_refuses_is_refused_with_its_reason() -> None:
    data = form([HEAD, ["begin_group", "g", "G"], ["text", "a", "A"]])
    faults = read_xlsform(data, "a.xlsx", leave_out=True).faults
    assert [(fault.row, fault.unsupported) for fault in faults] == [(2, "")]
    assert "Unmatched 'begin_group'" in faults[0].wrong


ASKED = {
    "n": Asked("n", "integer", {}), "Sex": Asked("sex", "single", {"M": "m", "F": "f"}),
    "q": Asked("q", "single", {"1": "c1", "2": "c2"}), "ok": Asked("ok", "yes_no", {"Yes": "yes"}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("${n} > 3 and not(${ n }=5)", "${n} > 3 and not(${n}=5)"),
        ("${Sex} = ‘M’", "${sex} = 'm'"),
        ("'F' != ${Sex} or ${q} = 2", "'f' != ${sex} or ${q} = 'c2'"),
        ("selected(${q}, '1') and (${n} + 1) * 2 > 4", "selected(${q}, 'c1') and (${n} + 1) * 2 > 4"),
        ("if(${ok} = \"Yes\", 1, 0) - (2 - ${n}) = -1", "if(${ok} = 'yes', 1, 0) - (2 - ${n}) = -1"),
        ("${n} != 'Sex ${Sex}'", "${n} != 'Sex ${Sex}'"),
    ],
)  # fmt: skip
def test_expressions_are_translated(theirs, ours) -> None:
    assert translated(theirs, ASKED, None, is_ours=False) == ours


@pytest.mark.parametrize(
    "text", ["concat('a', ${n})", "../n = 1", "${gone} = 1", "${n} = = 1", "${q} + 1 > 2"]
)
def test_expressions_that_cannot_be_are_refused(text) -> None:
    with pytest.raises(NotSupported):
        translated(text, ASKED, None, is_ours=False)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_written_tree_is_the_same_tree(path) -> None:
    definition = msgspec.json.decode(path.read_bytes(), type=Definition)
    for _section, item in definition.items():
        for text in (item.relevant, item.constraint, item.suggested, *(rule.when for rule in item.findings)):
            if text:
                assert parse(written(parse(text))) == parse(text)


cells = st.one_of(
    st.sampled_from(["type", "name", "label", "survey", "text", "begin_group", "end_repeat", "select_one x", "dudao::type",
                     "bind", "control", "dudao", "relevant", "${a} =", "题号", "类型", "题目内容", "矩阵题", "重复题组", "q1"]),
    st.text(max_size=8), st.integers(-5, 10**6),
)  # fmt: skip


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.lists(cells, max_size=6), max_size=8))
def test_nothing_that_is_typed_makes_reading_stumble(rows) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    for name in ("survey", "题目"):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                sheet.write(number, index, cell)
    book.close()
    for reading in (read(buffer.getvalue()), read_xlsform(buffer.getvalue(), "x.xlsx")):
        assert (reading.definition is None) == bool(reading.faults)
