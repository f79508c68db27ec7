"""What holds where and when."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

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


def in_force(key: str, *, region: Region | None, on: date) -> Any:
    """The value of rule `key` on `on`: the nearest region's up the tree, else the one for everywhere."""
    rule = rule_in_force(key, region=region, on=on)
    if rule is None:
        raise RuleMissing(f"no rule in force: {key=} {region=} {on=}")
    return rule.value


def rule_in_force(key: str, *, region: Region | None, on: date) -> Rule | None:
    """The row behind `in_force`, with its source."""
    rows = (
        Rule.objects.filter(key=key, starts_on__lte=on)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
        .select_related("region")
    )
    if region is None:
        candidates = list(rows.filter(region__isnull=True))
    else:
        above = [region.path[: end + 1] for end, mark in enumerate(region.path) if mark == "/"]
        candidates = list(rows.filter(Q(region__isnull=True) | Q(region__path__in=above)))
    if not candidates:
        return None
    return max(candidates, key=lambda row: (len(row.region.path) if row.region else 0, row.starts_on))


def limit(key: str, *, region: Region | None, on: date) -> Limit:
    value = in_force(key, region=region, on=on)
    return Limit(days=value["days"], unit=DayUnit(value["unit"]))


def special_days() -> dict[date, bool]:
    """All days that differ from the plain week: day → works."""
    return dict(SpecialDay.objects.values_list("day", "works"))


def last_day(received_on: date, within: Limit) -> date:
    """The last day of `within`, counted from the day after `received_on` (domain §0.5)."""
    return deadline(received_on, within.days, within.unit, special_days())


def calendar_known_until() -> date | None:
    """The end of the last year whose holidays are published; later deadlines are provisional."""
    last = SpecialDay.objects.order_by("-day").values_list("day", flat=True).first()
    return date(last.year, 12, 31) if last else None


def words(kind: WordKind) -> list[Word]:
    return list(Word.objects.filter(kind=kind, is_active=True))
