"""What a sheet scores: points times weight over what was relevant, as a share of the most that could be had.

The phone computes the same in `frontend/shared/score.ts`; `tests/vectors/scores.json` holds both to it.
"""

from collections.abc import Iterable
from math import prod
from typing import NamedTuple

from dudao.instruments.definitions import Definition, Item, Number
from dudao.instruments.expressions import rounded
from dudao.instruments.sheets import Held


class Score(NamedTuple):
    """Weighted points had, and the most there were."""

    points: float
    most: float

    @property
    def percent(self) -> float:
        return rounded(self.points / self.most * 100, 1)


class Scores(NamedTuple):
    """Of the whole sheet and of each section with those below it, by its key; those without any score are not there."""

    whole: Score | None
    sections: dict[str, Score]


class Marked(NamedTuple):
    """A scored item that counts, how often, and the sections it counts in."""

    item: Item
    weight: Number
    sections: list[str]


def scores(definition: Definition, held: Held) -> Scores:
    marked = _marked(definition, held)
    parts = {
        section.key: _score((one for one in marked if section.key in one.sections), held)
        for section in definition.sections
    }
    return Scores(
        whole=_score(marked, held),
        sections={key: score for key, score in parts.items() if score},
    )


def _marked(definition: Definition, held: Held) -> list[Marked]:
    """The relevant scored items; one that was said not to apply counts in nothing."""
    marked = []
    for section, item in definition.items():
        if item.type != "score" or item.key not in held.relevant or (item.na and held.get(item.key) == "na"):
            continue
        line = definition.lineage(section)
        weight = prod((one.weight for one in line), start=item.weight)
        marked.append(Marked(item, weight, [one.key for one in line]))
    return marked


def _score(marked: Iterable[Marked], held: Held) -> Score | None:
    """A scored item left open counts as nought, unless none at all is scored yet: then there is no score."""
    counted = list(marked)
    if not any(_points(one.item, held) is not None for one in counted):
        return None
    points = most = 0.0
    for one in counted:  # not sum(), which carries the lost digits along, as the phone does not
        points += (_points(one.item, held) or 0) * one.weight
        most += (one.item.max or 0) * one.weight
    return Score(points, most)


def _points(item: Item, held: Held) -> float | None:
    value = held.get(item.key)
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return value if whole and 0 <= value <= (item.max or 0) else None  # type: ignore[operator, return-value]
