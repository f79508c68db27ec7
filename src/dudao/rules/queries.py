"""What holds where and when."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from dudao.kernel.workdays import DayUnit, deadline
from dudao.places.models import Region
from dudao.rules.models import Rule, SpecialDay, Word, WordKind


class RuleMissing(LookupError):
    """No value of this rule is in force there and then: the deployment's data are incomplete."""


@dataclass(frozen=True)
class Limit:
    """A limit in days, and how it counts."""

    days: int
    unit: DayUnit


@dataclass(frozen=True)
class InForce:
    """The row that holds, and the one of the level above that would hold without it."""

    rule: Rule
    above: Rule | None


def paths_above(region: Region) -> list[str]:
    """The paths of `region` and of every region it lies in."""
    return [region.path[: end + 1] for end, mark in enumerate(region.path) if mark == "/"]


def levels_of(region: Region | None) -> QuerySet[Rule]:
    """The rows of every level that reaches `region`: everywhere, and up the tree."""
    here = Q(region__isnull=True)
    if region is not None:
        here |= Q(region__path__in=paths_above(region))
    return Rule.objects.filter(here).select_related("region", "set_by")


def in_force(key: str, *, region: Region | None, on: date) -> Any:
    """The value of rule `key` on `on`: the nearest region's up the tree, else the one for everywhere."""
    rule = rule_in_force(key, region=region, on=on)
    if rule is None:
        raise RuleMissing(f"no rule in force: {key=} {region=} {on=}")
    return rule.value


def rule_in_force(key: str, *, region: Region | None, on: date) -> Rule | None:
    """The row behind `in_force`, with its source."""
    return nearest_on(levels_of(region).filter(key=key), on).get(key)


def nearest_on(rows: QuerySet[Rule], on: date) -> dict[str, Rule]:
    """Key → of `rows` (see `levels_of`), the one that holds on that day."""
    found: dict[str, Rule] = {}
    for row in _on(rows, on):
        found[row.key] = max(row, found.get(row.key, row), key=_nearest)
    return found


class Rules:
    """Rows of rules read once, by one query, to be asked for many places and days."""

    def __init__(self, rows: QuerySet[Rule]) -> None:
        self._rows: dict[tuple[str, str], list[Rule]] = {}
        for row in rows.select_related("region").order_by("-starts_on"):
            self._rows.setdefault((row.key, row.region.path if row.region else ""), []).append(row)

    def find(self, key: str, *, region: Region | None, on: date) -> Any:
        """The value in force there and then; None if there is none."""
        above = paths_above(region) if region else []
        for path in (*reversed(above), ""):
            for row in self._rows.get((key, path), ()):
                if row.starts_on <= on and (row.ends_on is None or row.ends_on >= on):
                    return row.value
        return None

    def value(self, key: str, *, region: Region | None, on: date) -> Any:
        """The value in force there and then. Raises RuleMissing."""
        found = self.find(key, region=region, on=on)
        if found is None:
            raise RuleMissing(f"no rule in force: {key=} {region=} {on=}")
        return found


def all_in_force(*, region: Region | None, on: date) -> list[InForce]:
    """Every rule as it holds in `region` on `on`, by key."""
    by_key: dict[str, list[Rule]] = {}
    for row in _on(levels_of(region), on):
        by_key.setdefault(row.key, []).append(row)
    found = []
    for _key, rows in sorted(by_key.items()):
        rule = max(rows, key=_nearest)
        others = [row for row in rows if row.region_id != rule.region_id]
        found.append(InForce(rule, max(others, key=_nearest, default=None)))
    return found


def _on(rows: QuerySet[Rule], on: date) -> QuerySet[Rule]:
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


def _nearest(row: Rule) -> tuple[int, date]:
    return (len(row.region.path) if row.region else 0, row.starts_on)


def limit(key: str, *, region: Region | None, on: date) -> Limit:
    return as_limit(in_force(key, region=region, on=on))


def as_limit(value: Any) -> Limit:
    """The value of a rule in days."""
    return Limit(days=value["days"], unit=DayUnit(value["unit"]))


def special_days() -> dict[date, bool]:
    """All days that differ from the plain week: day → works."""
    return dict(SpecialDay.objects.values_list("day", "works"))


def last_day(received_on: date, within: Limit) -> date:
    """The last day of `within`, counted from the day after `received_on` (domain §0.5)."""
    return deadline(received_on, within.days, within.unit, special_days())


def published_years() -> list[int]:
    """The years whose holidays are published: every list has the week of National Day."""
    days = SpecialDay.objects.filter(works=False, day__month=10, day__day__lte=7).values_list(
        "day", flat=True
    )
    return sorted({day.year for day in days})


def words(kind: WordKind) -> list[Word]:
    """Every word of a list, hidden ones too: what old records name."""
    return list(Word.objects.filter(kind=kind))


def labels(kind: WordKind) -> dict[str, str]:
    """Key → label of every word of a list, hidden ones too."""
    return {word.key: word.label for word in words(kind)}


def offered(kind: WordKind) -> list[Word]:
    """The words that may be chosen now."""
    return list(Word.objects.filter(kind=kind, is_active=True))
