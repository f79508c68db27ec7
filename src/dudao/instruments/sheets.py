"""A filled sheet against its definition: what is relevant, what is missing or wrong, which findings it raises."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from dudao.instruments.definitions import EVIDENCE, Definition, FindingRule, Item, needs, order, relevance
from dudao.instruments.expressions import EXACT, Value, evaluate, is_day, parse, truth

Answers = Mapping[str, Any]
MOST_ENTRIES = 200  # of a repeat; no school has more rooms or classes, and each costs time to read


class Fault(NamedTuple):
    """One thing wrong with a sheet: the item, and a code the page turns into words.

    Within a repeat the item is named as `classes[2].size` (entries count from 1), a row of a matrix as `rooms[lamp]`.
    """

    item: str
    code: str


class Raised(NamedTuple):
    """A finding rule that holds."""

    item: Item
    rule: FindingRule


class Held(dict[str, Value]):
    """The answers of relevant items; the entries of a repeat hold only what is relevant in them.

    `today` is the day of the visit, `relevant` names the items that are asked. `spoken` is what expressions see: of a
    matrix the list of its answers, and of an item of a repeat the list of its answers over the entries.
    """

    def __init__(self, today: str = "") -> None:
        super().__init__()
        self.today = today
        self.relevant: set[str] = set()
        self.spoken: dict[str, Value] = {}

    def value(self, text: str, own: Value = None) -> Value:
        return evaluate(parse(text), self.spoken, own, today=self.today)

    def holds(self, text: str, own: Value = None) -> bool:
        return truth(self.value(text, own))

    def keep(self, item: Item, answer: Value) -> None:
        self[item.key] = self.spoken[item.key] = answer
        if item.type == "repeat" and are_entries(answer):
            self[item.key] = self.spoken[item.key] = [{} for _entry in answer]
        if item.type == "matrix" and isinstance(answer, dict):
            self.spoken[item.key] = [answer[row.key] for row in item.rows if row.key in answer]

    def keep_within(self, repeat: Item, item: Item, raw: Value) -> None:
        """Take up what `item` of the repeat was answered in each entry of `raw`."""
        entries = self.entries(repeat)
        if not entries or not are_entries(raw):
            return
        for entry, answers in zip(entries, raw, strict=True):
            answer = answers.get(item.key)
            if not _is_open(answer) and self.within(repeat, entry).asks(item):
                entry[item.key] = answer
        answered = [entry[item.key] for entry in entries if item.key in entry]
        if answered:
            self.spoken[item.key] = answered

    def entries(self, repeat: Item) -> Sequence[dict[str, Value]]:
        """The entries of a repeat; none where it is not relevant, not answered or no list of entries."""
        answer = self.get(repeat.key)
        return answer if are_entries(answer) else []

    def within(self, repeat: Item, entry: Mapping[str, Value]) -> "Held":
        """The sheet as one entry sees it: its own answers in place of all entries'."""
        inner = Held(self.today)
        inner.update(entry)
        inner.spoken = self.spoken | {item.key: entry.get(item.key) for item in repeat.items}
        return inner

    def asks(self, item: Item) -> bool:
        """Whether an item of a repeat is relevant in this entry."""
        return not item.relevant or self.holds(item.relevant)


def relevant_answers(definition: Definition, answers: Answers, *, today: str = "") -> Held:
    """The answers of relevant items only; what is irrelevant is as good as not answered."""
    places = {item.key: (section, item, repeat) for section, item, repeat in definition.every_item()}
    held = Held(today)
    for key in order(needs(definition)):
        section, item, repeat = places[key]
        if repeat is not None:
            held.keep_within(repeat, item, answers.get(repeat.key))
        elif all(held.holds(text) for text in relevance(definition, section, item)):
            held.relevant.add(key)
            if not _is_open(answers.get(key)):
                held.keep(item, answers[key])
    return held


def asked(definition: Definition, held: Held) -> int:
    """How many items were asked: the relevant ones, those of a repeat once for each entry."""
    return sum(
        max(1, sum(_asked_within(item, held)))
        for _section, item in definition.items()
        if item.key in held.relevant
    )


def _asked_within(repeat: Item, held: Held) -> Iterator[bool]:
    for entry in held.entries(repeat) if repeat.type == "repeat" else ():
        inner = held.within(repeat, entry)
        yield from (inner.asks(item) for item in repeat.items)


def _is_open(answer: Value) -> bool:
    return answer in (None, "", [], {})


def faults(
    definition: Definition, answers: Answers, notes: Mapping[str, str], *, today: str = ""
) -> list[Fault]:
    """Everything that keeps a sheet from being complete: unknown items, wrong kinds, missing, out of range."""
    known = {item.key for _section, item in definition.items()}
    found = [Fault(key, "unknown-item") for key in answers if key not in known]
    held = relevant_answers(definition, answers, today=today)
    for _section, item in definition.items():
        if item.key in held.relevant:
            found += [Fault(item.key, code) for code in _item_faults(item, held, notes.get(item.key, ""))]
            found += [Fault(f"{item.key}[{row}]", "required") for row in _open_rows(item, held)]
            found += _entry_faults(item, held, answers.get(item.key), notes)
    return found


def raised(definition: Definition, answers: Answers, *, today: str = "") -> list[Raised]:
    """The finding rules that hold, in the order of the instrument."""
    held = relevant_answers(definition, answers, today=today)
    return [
        Raised(item, rule)
        for _section, item in definition.items()
        if item.key in held.relevant
        for rule in item.findings
        if held.holds(rule.when, held.spoken.get(item.key))
    ]


def within_entry(repeat: str, number: int, key: str) -> str:
    """How an item of a repeat is named in one entry, in faults and notes; entries count from 1."""
    return f"{repeat}[{number}].{key}"


def _entry_faults(repeat: Item, held: Held, raw: Value, notes: Mapping[str, str]) -> list[Fault]:
    known = {item.key for item in repeat.items}
    found = []
    for number, entry in enumerate(held.entries(repeat), start=1):
        inner = held.within(repeat, entry)
        assert isinstance(raw, list)
        found += [
            Fault(within_entry(repeat.key, number, key), "unknown-item")
            for key in raw[number - 1].keys() - known
        ]
        for item in repeat.items:
            name = within_entry(repeat.key, number, item.key)
            if inner.asks(item):
                found += [Fault(name, code) for code in _item_faults(item, inner, notes.get(name, ""))]
    return found


def _open_rows(item: Item, held: Held) -> list[str]:
    """The rows still to be answered of a required matrix that was begun."""
    answer = held.get(item.key)
    if not _is_matrix(answer, item) or not _required(item, held):
        return []
    return [row.key for row in item.rows if row.key not in answer]


def _item_faults(item: Item, held: Held, note: str) -> list[str]:
    value = held.get(item.key)
    if value is None:
        return ["required"] if _required(item, held) else []
    if not _right_kind(item, value):
        return ["wrong-kind"]
    codes = []
    if not _within(item, value):
        codes.append("out-of-range")
    if item.constraint and not held.holds(item.constraint, held.spoken.get(item.key)):
        codes.append("constraint")
    if _needs_reason(item, value, held) and not note.strip():
        codes.append("reason-missing")
    return codes


def _required(item: Item, held: Held) -> bool:
    if isinstance(item.required, bool):
        return item.required
    return bool(item.required) and held.holds(item.required)


def _needs_reason(item: Item, value: Value, held: Held) -> bool:
    """Not applicable is to be explained, and so is an answer other than the one that follows from the rest."""
    if item.type in ("yes_no", "score") and value == "na":
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
        case "score" if item.na and value == "na":
            return True
        case "integer" | "scale" | "score":
            return _is_number(value) and float(value).is_integer()
        case "decimal":
            return _is_number(value)
        case "date":
            return is_day(value)
        case _ if item.type in EVIDENCE:
            return _texts_only(value)
        case "matrix":
            return _is_matrix(value, item)
        case "repeat":
            return are_entries(value)
        case "location":
            return isinstance(value, dict) and {"lat", "lng"} <= value.keys()
        case _:
            return isinstance(value, str)


def _is_number(value: Value) -> TypeGuard[float]:
    """A number both sides hold exactly the same; no answer is larger."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < EXACT


def _texts_only(value: Value) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def are_entries(value: Value) -> TypeGuard[list[dict[str, Value]]]:
    return (
        isinstance(value, list) and len(value) <= MOST_ENTRIES and all(isinstance(one, dict) for one in value)
    )


def _is_matrix(value: Value, item: Item) -> TypeGuard[dict[str, str]]:
    rows, choices = [row.key for row in item.rows], [choice.key for choice in item.choices]
    return (
        item.type == "matrix"
        and isinstance(value, dict)
        and all(row in rows and choice in choices for row, choice in value.items())
    )


def _within(item: Item, value: Value) -> bool:
    """Within `min` and `max`; of a repeat, with as many entries."""
    size = len(value) if item.type == "repeat" and isinstance(value, list) else value
    if not _is_number(size):
        return True
    least = {"scale": 1, "score": 0}.get(item.type, item.min)
    return (least is None or size >= least) and (item.max is None or size <= item.max)
