"""pyxform's own published forms (its release 1.1.0): what is supported keeps its meaning, the rest is named exactly."""

import random
import warnings
from functools import cache
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from dudao.instruments.definitions import Definition, Item, Section, content_hash
from dudao.instruments.exchange.found import Reading
from dudao.instruments.exchange.xlsform import write_xlsform
from dudao.instruments.exchange.xlsform_reading import read_xlsform
from dudao.instruments.expressions import Value, evaluate, parse, truth
from tests.instruments.exchange.pyxform_table import FAULTS, NOTHING, SUPPORTED
from tests.instruments.exchange.xforms import Question, questions

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
FORMS = Path(__file__).parent / "pyxform"
NOT_MADE = (
    "include.csv", "include.xls", "calculate_without_calculation.xls", "cascades_old.xls",
    "cascades_old_with_no_cascade_sheet.xls",
)  # fmt: skip
"""pyxform itself makes no XForm of these; only ours is looked at."""
TODAY = "2026-09-15"
TAKEN_OVER = [*SUPPORTED, *(name for name in FAULTS if name not in NOTHING)]


def form(name: str) -> bytes:
    return (FORMS / name).read_bytes()


@cache
def reading_of(name: str) -> Reading:
    """What could be taken over of a form, and everything that could not."""
    return read_xlsform(form(name), name, leave_out=True)


def definition_of(name: str) -> Definition:
    reading = reading_of(name)
    assert reading.definition is not None, reading.faults
    return reading.definition


def test_every_form_is_in_the_table() -> None:
    names = {path.name for path in FORMS.iterdir()} - {"LICENSE"}
    assert names == {*SUPPORTED, *FAULTS}
    assert len(names) == len(SUPPORTED) + len(FAULTS)


@pytest.mark.parametrize("name", SUPPORTED)
def test_a_form_of_supported_types_comes_back_the_same(name) -> None:
    reading = reading_of(name)
    assert reading.faults == []
    assert reading.definition is not None
    again = read_xlsform(write_xlsform(reading.definition), "again.xlsx")
    assert again.faults == []
    assert again.definition is not None
    assert content_hash(again.definition) == content_hash(reading.definition)


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_not_supported_is_named_with_its_row(name) -> None:
    reading = reading_of(name)
    assert (reading.definition is None) == (name in NOTHING)
    assert [
        f"{one.row} {one.unsupported}" if one.unsupported else f"{one.row} ! {one.wrong}"
        for one in reading.faults
    ] == FAULTS[name]


@pytest.mark.parametrize("name", TAKEN_OVER)
def test_what_was_taken_over_keeps_its_meaning(name) -> None:
    """Beside the XForms that pyxform makes of the form itself and of ours."""
    definition = definition_of(name)
    theirs = {} if name in NOT_MADE else questions(made(FORMS / name))
    ours = questions(made(write_xlsform(definition)))
    for section, item in definition.items():
        if item.type in ("matrix", "repeat"):
            continue
        assert item.key in ours
        if item.key in theirs:
            keeps_words(item, theirs[item.key], ours[item.key])
            keeps_conditions(definition, section, item, theirs[item.key])


def made(form: Path | bytes) -> str:
    """The XForm pyxform makes, which warns of what it knows nothing about in other people's workbooks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return convert(form).xform


def keeps_words(item: Item, theirs: Question, ours: Question) -> None:
    if theirs.labels - {""} and "____" not in item.label.zh:
        assert " ".join(item.label.zh.split()) in theirs.labels & ours.labels
    if item.type in ("single", "multiple", "yes_no"):
        added = {"other"} - {choice.key for choice in item.choices}  # by pyxform, for or_other
        labels = [said for value, said in theirs.choices.items() if value not in added]
        assert len(labels) <= len(ours.choices)
        for label, said in zip(labels, ours.choices.values(), strict=False):
            texts = {text.lower() for text in label if text and not text.startswith("jr://")}
            assert not texts or texts & {text.lower() for text in said}


def keeps_conditions(definition: Definition, section: Section, item: Item, theirs: Question) -> None:
    rolls = random.Random(item.key)
    lineage = [one.relevant for one in definition.lineage(section) if one.relevant] + [item.relevant] * bool(
        item.relevant
    )
    for _roll in range(40):
        answers = {one.key: answer(one, rolls) for _section, one in definition.items()}
        if len(lineage) == len(theirs.relevant):
            assert holds(lineage, answers) == holds(theirs.relevant, answers)
        if item.constraint:
            own = answers[item.key]
            assert truth(evaluate(parse(item.constraint), answers, own, today=TODAY)) == truth(
                evaluate(parse(theirs.constraint), answers, own, today=TODAY)
            )


def holds(texts: list[str], answers: dict[str, Value]) -> bool:
    return all(truth(evaluate(parse(text), answers, today=TODAY)) for text in texts)


def answer(item: Item, rolls: random.Random) -> Value:
    keys = [choice.key for choice in item.choices] or ["yes", "no", "na"]
    match item.type:
        case "integer":
            return rolls.choice([None, -1, 0, 5, 17, 18, 120])
        case "decimal":
            return rolls.choice([None, -0.5, 0, 2.5, 99])
        case "multiple":
            return list(rolls.sample(keys, rolls.randint(0, len(keys))))
        case "single" | "yes_no":
            return rolls.choice([None, *keys])
        case "date":
            return rolls.choice([None, "2010-01-01", "2026-09-15", "2030-12-31"])
        case _:
            return rolls.choice([None, "a", "yes", "A longer answer"])
