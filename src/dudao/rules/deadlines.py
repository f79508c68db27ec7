"""The time to rectify (整改期限), by severity and by kind of problem.

A value for a kind, `finding.deadline.<severity>.<category>`, goes before the one for the severity,
`finding.deadline.<severity>`, whatever level set either; among values of one key the nearest level's holds.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from dudao.places.models import Region
from dudao.rules.models import Rule, WordKind
from dudao.rules.queries import Limit, RuleMissing, as_limit, labels, levels_of, nearest_on

PREFIX = "finding.deadline."


class ProblemKind(NamedTuple):
    """Which problems a deadline is for; every category where none is named."""

    severity: str
    category: str = ""

    @property
    def key(self) -> str:
        return PREFIX + self.severity + (f".{self.category}" if self.category else "")


def kind_of_problem(key: str) -> ProblemKind | None:
    """What a rule's key stands for; None where it is not a deadline of a severity or of one of its kinds."""
    severity, _dot, category = key.removeprefix(PREFIX).partition(".")
    found = ProblemKind(severity, category)
    return found if key.startswith(PREFIX) and severity and found.key == key else None


class Deadlines(NamedTuple):
    """What holds in one region on one day: the row behind each kind."""

    rows: Mapping[ProblemKind, Rule]

    def row(self, severity: str, category: str = "") -> Rule:
        """The row that decides for such a problem. Raises RuleMissing."""
        found = self.rows.get(ProblemKind(severity, category)) or self.rows.get(ProblemKind(severity))
        if found is None:
            raise RuleMissing(f"no time to rectify in force: {severity=} {category=}")
        return found

    def limit(self, severity: str, category: str = "") -> Limit:
        return as_limit(self.row(severity, category).value)

    def kinds_of(self, severity: str) -> dict[str, Limit]:
        """Category → limit, where it has one of its own within this severity."""
        return {
            kind.category: as_limit(row.value)
            for kind, row in sorted(self.rows.items())
            if kind.severity == severity and kind.category
        }


def deadlines(*, region: Region | None, on: date) -> Deadlines:
    """Every time to rectify as it holds there and then, with one query."""
    found = nearest_on(levels_of(region).filter(key__startswith=PREFIX), on)
    return Deadlines({kind: row for key, row in found.items() if (kind := kind_of_problem(key))})


def time_to_rectify(severity: str, category: str, *, region: Region | None, on: date) -> Limit:
    """The days such a problem may take. Raises RuleMissing."""
    keys = [ProblemKind(severity, category).key, ProblemKind(severity).key]
    found = nearest_on(levels_of(region).filter(key__in=keys), on)
    for key in keys:
        if key in found:
            return as_limit(found[key].value)
    raise RuleMissing(f"no time to rectify in force: {severity=} {category=} {region=} {on=}")


def coming(*, region: Region | None, after: date) -> list[Rule]:
    """Times to rectify already set that begin later, the next first."""
    rows = levels_of(region).filter(Q(key__startswith=PREFIX), starts_on__gt=after)
    return list(rows.order_by("starts_on", "key"))


def rule_label(rule: Rule, names: Mapping[str, str] | None = None) -> str:
    """What a rule is called, its kind by the words of today. `names`: the labels of the categories, read where not given."""
    kind = kind_of_problem(rule.key)
    if kind is None or not kind.category:
        return rule.label
    known = labels(WordKind.CATEGORY) if names is None else names
    return f"{rule.label} · {known.get(kind.category, kind.category)}"
