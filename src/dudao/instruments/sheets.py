"""A filled sheet against its definition: what is relevant, what is missing or wrong, which findings it raises."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeGuard

from dudao.instruments.definitions import Definition, FindingRule, Item, Section, order
from dudao.instruments.expressions import EXACT, Value, evaluate, is_day, parse, references, truth

Answers = Mapping[str, Any]


class Fault(NamedTuple):
    """One thing wrong with a sheet: the item, and a code the page turns into words."""

    item: str
    code: str


class Raised(NamedTuple):
    """A finding rule that holds."""

    item: Item
    rule: FindingRule


class Held(dict[str, Value]):
    """The answers of relevant items, and the day of the visit, which is what `today()` means."""

    today: str = ""

    def value(self, text: str, own: Value = None) -> Value:
        return evaluate(parse(text), self, own, today=self.today)

    def holds(self, text: str, own: Value = None) -> bool:
        return truth(self.value(text, own))


def relevant_answers(definition: Definition, answers: Answers, *, today: str = "") -> Held:
    """The answers of relevant items only; what is irrelevant is as good as not answered."""
    places = {item.key: (section, item) for section, item in definition.items()}
    needs = {key: _needs(section, item) for key, (section, item) in places.items()}
    held = Held()
    held.today = today
    for key in order(needs):
        if is_relevant(*places[key], held) and answers.get(key) not in (None, "", []):
            held[key] = answers[key]
    return held


def is_relevant(section: Section, item: Item, held: Held) -> bool:
    return all(held.holds(text) for text in (section.relevant, item.relevant) if text)


def faults(
    definition: Definition, answers: Answers, notes: Mapping[str, str], *, today: str = ""
) -> list[Fault]:
    """Everything that keeps a sheet from being complete: unknown items, wrong kinds, missing, out of range."""
    known = {item.key for _section, item in definition.items()}
    found = [Fault(key, "unknown-item") for key in answers if key not in known]
    held = relevant_answers(definition, answers, today=today)
    for section, item in definition.items():
        if is_relevant(section, item, held):
            found += [Fault(item.key, code) for code in _item_faults(item, held, notes)]
    return found


def raised(definition: Definition, answers: Answers, *, today: str = "") -> list[Raised]:
    """The finding rules that hold, in the order of the instrument."""
    held = relevant_answers(definition, answers, today=today)
    return [
        Raised(item, rule)
        for section, item in definition.items()
        if is_relevant(section, item, held)
        for rule in item.findings
        if held.holds(rule.when, held.get(item.key))
    ]


def _needs(section: Section, item: Item) -> set[str]:
    texts = [text for text in (section.relevant, item.relevant) if text]
    return set().union(*(references(parse(text)) for text in texts), set())


def _item_faults(item: Item, held: Held, notes: Mapping[str, str]) -> list[str]:
    value = held.get(item.key)
    if value is None:
        return ["required"] if _required(item, held) else []
    if not _right_kind(item, value):
        return ["wrong-kind"]
    codes = []
    if not _within(item, value):
        codes.append("out-of-range")
    if item.constraint and not held.holds(item.constraint, value):
        codes.append("constraint")
    if _needs_reason(item, value, held) and not notes.get(item.key, "").strip():
        codes.append("reason-missing")
    return codes


def _required(item: Item, held: Held) -> bool:
    if isinstance(item.required, bool):
        return item.required
    return bool(item.required) and held.holds(item.required)


def _needs_reason(item: Item, value: Value, held: Held) -> bool:
    """Not applicable is to be explained, and so is an answer other than the one that follows from the rest."""
    if item.type == "yes_no" and value == "na":
        return True
    suggested = held.value(item.suggested) if item.suggested else None
    return suggested is not None and suggested != value


def _right_kind(item: Item, value: Value) -> bool:
    match item.type:
        case "yes_no":
            return value in ("yes", "no", "na")
        case "single":
            return value in [choice.key for choice in item.choices]
        case "multiple":
            keys = [choice.key for choice in item.choices]
            return _texts_only(value) and len(set(value)) == len(value) and set(value) <= set(keys)
        case "integer" | "scale" | "score":
            return _is_number(value) and float(value).is_integer()
        case "decimal":
            return _is_number(value)
        case "date":
            return is_day(value)
        case "photo":
            return _texts_only(value)
        case "location":
            return isinstance(value, dict) and {"lat", "lng"} <= value.keys()
        case _:
            return isinstance(value, str)


def _is_number(value: Value) -> TypeGuard[float]:
    """A number both sides hold exactly the same; no answer is larger."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < EXACT


def _texts_only(value: Value) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _within(item: Item, value: Value) -> bool:
    if not _is_number(value):
        return True
    least = {"scale": 1, "score": 0}.get(item.type, item.min)
    return (least is None or value >= least) and (item.max is None or value <= item.max)
