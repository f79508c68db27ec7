"""What holds where and when."""

from collections.abc import Iterable, Sequence
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
    candidates = list(_on(levels_of(region).filter(key=key), on))
    return max(candidates, key=_nearest, default=None)


def values_in_force(key: str, regions: Iterable[Region], days: Sequence[date]) -> dict[tuple[int, date], Any]:
    """(region's id, day) → the value of rule `key` there and then, with one query for all. Raises RuleMissing."""
    rows = list(Rule.objects.filter(key=key).select_related("region"))
    found = {}
    for region in regions:
        near = [row for row in rows if row.region is None or region.path.startswith(row.region.path)]
        for on in days:
            holding = [
                row for row in near if row.starts_on <= on and (row.ends_on is None or row.ends_on >= on)
            ]
            if not holding:
                raise RuleMissing(f"no rule in force: {key=} {region=} {on=}")
            found[region.pk, on] = max(holding, key=_nearest).value
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
    value = in_force(key, region=region, on=on)
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


def offered(kind: WordKind) -> list[Word]:
    """The words that may be chosen now."""
    return list(Word.objects.filter(kind=kind, is_active=True))
