"""A filled sheet against its definition: what is relevant, what is missing or wrong, which findings it raises."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from dudao.instruments.definitions import Definition, FindingRule, Item, Section, order
from dudao.instruments.expressions import Value, evaluate, parse, references, truth

Answers = Mapping[str, Any]


class Fault(NamedTuple):
    """One thing wrong with a sheet: the item, and a code the page turns into words."""

    item: str
    code: str


class Raised(NamedTuple):
    """A finding rule that holds."""

    item: Item
    rule: FindingRule


def relevant_answers(definition: Definition, answers: Answers) -> dict[str, Value]:
    """The answers of relevant items only; what is irrelevant is as good as not answered."""
    places = {item.key: (section, item) for section, item in definition.items()}
    needs = {key: _needs(section, item) for key, (section, item) in places.items()}
    held: dict[str, Value] = {}
    for key in order(needs):
        section, item = places[key]
        texts = [text for text in (section.relevant, item.relevant) if text]
        shown = all(truth(evaluate(parse(text), held)) for text in texts)
        if shown and answers.get(key) not in (None, "", []):
            held[key] = answers[key]
    return held


def is_relevant(section: Section, item: Item, held: Mapping[str, Value]) -> bool:
    return all(truth(evaluate(parse(text), held)) for text in (section.relevant, item.relevant) if text)


def faults(definition: Definition, answers: Answers, notes: Mapping[str, str]) -> list[Fault]:
    """Everything that keeps a sheet from being complete: unknown items, wrong kinds, missing, out of range."""
    known = {item.key for _section, item in definition.items()}
    found = [Fault(key, "unknown-item") for key in answers if key not in known]
    held = relevant_answers(definition, answers)
    for section, item in definition.items():
        if is_relevant(section, item, held):
            found += [Fault(item.key, code) for code in _item_faults(item, held, notes)]
    return found


def raised(definition: Definition, answers: Answers) -> list[Raised]:
    """The finding rules that hold, in the order of the instrument."""
    held = relevant_answers(definition, answers)
    return [
        Raised(item, rule)
        for section, item in definition.items()
        if is_relevant(section, item, held)
        for rule in item.findings
        if truth(evaluate(parse(rule.when), held, held.get(item.key)))
    ]


def _needs(section: Section, item: Item) -> set[str]:
    texts = [text for text in (section.relevant, item.relevant) if text]
    return set().union(*(references(parse(text)) for text in texts), set())


def _item_faults(item: Item, held: Mapping[str, Value], notes: Mapping[str, str]) -> list[str]:
    value = held.get(item.key)
    if value is None:
        return ["required"] if _required(item, held) else []
    if not _right_kind(item, value):
        return ["wrong-kind"]
    codes = []
    if isinstance(value, int) and (
        (item.min is not None and value < item.min) or (item.max is not None and value > item.max)
    ):
        codes.append("out-of-range")
    if item.constraint and not truth(evaluate(parse(item.constraint), held, value)):
        codes.append("constraint")
    if item.type == "yes_no" and value == "na" and not notes.get(item.key, "").strip():
        codes.append("reason-missing")
    return codes


def _required(item: Item, held: Mapping[str, Value]) -> bool:
    if isinstance(item.required, bool):
        return item.required
    return bool(item.required) and truth(evaluate(parse(item.required), held))


def _right_kind(item: Item, value: Value) -> bool:
    match item.type:
        case "yes_no":
            return value in ("yes", "no", "na")
        case "single":
            return value in [choice.key for choice in item.choices]
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "text" | "signature":
            return isinstance(value, str)
        case "photo":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        case "location":
            return isinstance(value, dict) and {"lat", "lng"} <= value.keys()
