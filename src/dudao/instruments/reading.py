"""How answers and scores read, in the language of the moment; documents are made in Chinese."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dudao.instruments.definitions import EVIDENCE, Choice, Item, Words
from dudao.instruments.scores import Score
from dudao.instruments.sheets import Held, within_entry


class Line(NamedTuple):
    """One line of a filled sheet. `within` says how deep it stands below its item: a row or entry 1, in an entry 2."""

    label: str
    answer: str
    note: str
    value: object
    within: int = 0


def said(words: Words) -> str:
    return words.in_language(get_language() or "zh")


def lines(item: Item, held: Held, notes: Mapping[str, str]) -> list[Line]:
    """An item with its answer, and below it the rows of a matrix or the entries of a repeat."""
    value = held.get(item.key)
    line = Line(said(item.label), answer(item, value), notes.get(item.key, ""), value)
    return [line, *_rows(item, value), *_entries(item, held, notes)]


def _rows(item: Item, value: object) -> Iterator[Line]:
    if item.type == "matrix" and isinstance(value, dict):
        for row in item.rows:
            chosen = value.get(row.key)
            yield Line(
                said(row.label), _chosen(item.choices, [chosen]) if chosen else _("未填"), "", chosen, 1
            )


def _entries(repeat: Item, held: Held, notes: Mapping[str, str]) -> Iterator[Line]:
    for number, entry in enumerate(held.entries(repeat), start=1):
        inner = held.within(repeat, entry)
        yield Line(entry_name(repeat, number), "", "", None, 1)
        for item in repeat.items:
            if inner.asks(item):
                value = entry.get(item.key)
                note = notes.get(within_entry(repeat.key, number, item.key), "")
                yield Line(said(item.label), answer(item, value), note, value, 2)


def entry_name(repeat: Item, number: int) -> str:
    return _("%(entry)s %(number)s") % {"entry": said(repeat.entry), "number": number}


def answer(item: Item, value: object) -> str:
    """An answer as a person reads it, in one line; of a matrix and a repeat only how much there is."""
    if value is None:
        return _("未填")
    if item.type == "yes_no" or (item.type == "score" and value == "na"):
        return {"yes": _("是"), "no": _("否"), "na": _("不适用")}.get(str(value), str(value))
    if item.type in ("single", "multiple"):
        return _chosen(item.choices, value if isinstance(value, list) else [value])
    if item.type in ("scale", "score"):
        return f"{_number(value)}/{_number(item.max)}{_end(item, value)}"
    if item.type in ("integer", "decimal"):
        return f"{_number(value)} {said(item.unit)}".strip()
    if item.type == "location" and isinstance(value, dict):
        return f"{value.get('lat')}, {value.get('lng')}"
    if item.type == "matrix" and isinstance(value, dict):
        return f"{len(value)}/{len(item.rows)}"
    if item.type == "repeat" and isinstance(value, list):
        return _("%(entry)s × %(count)s") % {"entry": said(item.entry), "count": len(value)}
    if item.type in EVIDENCE and isinstance(value, list):
        return _("%(count)s 个文件") % {"count": len(value)}
    return str(value)


def _chosen(choices: list[Choice], keys: list[object]) -> str:
    labels = {choice.key: said(choice.label) for choice in choices}
    return _("、").join(labels.get(str(key), str(key)) for key in keys)


def score(held: Score) -> str:
    return _("%(percent)s%%（%(points)s/%(most)s 分）") % {
        "percent": _number(held.percent), "points": _number(round(held.points, 1)), "most": _number(held.most),
    }  # fmt: skip


def _end(item: Item, value: object) -> str:
    """What the step means, where it is one of the two ends."""
    if item.ends is None or value not in (1, item.max):
        return ""
    return _("（%(end)s）") % {"end": said(item.ends.low if value == 1 else item.ends.high)}


def _number(value: object) -> str:
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)
