"""What a sheet scores: points times weight over what was relevant, as a share of the most that could be had.

The phone computes the same in `frontend/shared/score.ts`; `tests/vectors/scores.json` holds both to it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from dudao.instruments.definitions import Definition, Item
from dudao.instruments.expressions import rounded
from dudao.instruments.sheets import Held, is_relevant


class Score(NamedTuple):
    """Weighted points had, and the most there were."""

    points: float
    most: float

    @property
    def percent(self) -> float:
        return rounded(self.points / self.most * 100, 1)


class Scores(NamedTuple):
    """Of the whole sheet and of each section, by its key; those without a scored item are not there."""

    whole: Score | None
    sections: dict[str, Score]


def scores(definition: Definition, held: Held) -> Scores:
    relevant = [(section, item) for section, item in definition.items() if is_relevant(section, item, held)]
    parts = {
        section.key: _score((item for home, item in relevant if home is section), held)
        for section in definition.sections
    }
    return Scores(
        whole=_score((item for _section, item in relevant), held),
        sections={key: score for key, score in parts.items() if score},
    )


def _score(items: Iterable[Item], held: Held) -> Score | None:
    """A scored item left open counts as nought, unless none at all is scored yet: then there is no score."""
    scored = [item for item in items if item.type == "score"]
    if not any(_points(item, held) is not None for item in scored):
        return None
    points = sum(((_points(item, held) or 0) * item.weight for item in scored), 0.0)
    return Score(points, sum(((item.max or 0) * item.weight for item in scored), 0.0))


def _points(item: Item, held: Held) -> float | None:
    value = held.get(item.key)
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return value if whole and 0 <= value <= (item.max or 0) else None  # type: ignore[operator, return-value]
