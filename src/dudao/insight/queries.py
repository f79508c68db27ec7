"""Coverage: which schools were visited in which month (domain §2.10). Reads roll-ups and places, never the ledgers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q, Sum

from dudao.insight.models import UnitMonth
from dudao.kernel import clock
from dudao.people.queries import inspector_names
from dudao.places.models import COMPULSORY, Level, Region, Unit
from dudao.places.queries import within
from dudao.rules.teaching import visits_asked


@dataclass(frozen=True)
class Coverage:
    """Monthly coverage 月度覆盖率 = schools visited often enough ÷ schools to visit; numerator and denominator kept."""

    region: Region
    needed: int
    covered: int
    visits: int
    found: int
    struck_off: int

    @property
    def rate(self) -> float | None:
        return self.covered / self.needed if self.needed else None

    @property
    def tone(self) -> str:
        if self.rate is None:
            return "secondary"
        rate = self.rate
        return "green" if rate >= 1 else "primary" if rate >= 0.6 else "orange"


class Visited(NamedTuple):
    """The visits one month brought, and how many it asked for."""

    visits: int
    asked: int

    @property
    def is_due(self) -> bool:
        return self.visits < self.asked


@dataclass(frozen=True)
class UnitRow:
    """One school: visits by month, and whether this month still needs one."""

    unit: Unit
    inspectors: str
    months: list["Visited"]

    @property
    def is_due(self) -> bool:
        return self.months[-1].is_due


def month_of(day: date) -> date:
    return day.replace(day=1)


def months_back(first: date, count: int) -> list[date]:
    """`count` months up to and including `first`, oldest first."""
    months, month = [], first
    for _step in range(count):
        months.append(month)
        month = date(month.year - (month.month == 1), month.month - 1 or 12, 1)
    return months[::-1]


def to_visit(region: Region) -> Q:
    """The units that must be visited every month: open ones with compulsory-stage pupils."""
    return within(region.path) & Q(is_open=True, kind__in=COMPULSORY)


def coverage(region: Region, month: date) -> Coverage:
    """One region in one month."""
    return _coverages(region, [region], month)[0]


def coverage_below(region: Region, month: date) -> list[Coverage]:
    """The regions one level down, in the order of their codes; schools run by the region itself count with it."""
    return _coverages(region, list(Region.objects.filter(parent=region)), month)


def _coverages(around: Region, parts: Sequence[Region], month: date) -> list[Coverage]:
    """Each of `parts`, which lie in `around`, by a constant number of queries. How often is often enough is a rule of
    the region a school lies in; where it asks for no visit, its schools do not count."""
    units = Unit.objects.filter(to_visit(around)).order_by().values_list("region_id")
    needed = Counter(dict(units.annotate(n=Count("pk"))))
    rows = UnitMonth.objects.filter(within(around.path), month=month).order_by()
    often = rows.filter(unit__is_open=True, unit__kind__in=COMPULSORY).values_list("region_id", "visits")
    visited = list(often.annotate(n=Count("pk")))
    sums = rows.values_list("region_id").annotate(Sum("visits"), Sum("found"), Sum("struck_off"))
    happened = {home: tuple(figures) for home, *figures in sums}
    homes = Region.objects.filter(pk__in={*needed, *happened})
    asked = {home: n for (home, _month), n in visits_asked(homes, [month]).items()}
    covered: Counter[int] = Counter()
    for home, visits, n in visited:
        covered[home] += n if visits >= asked[home] else 0
    return [
        Coverage(
            part,
            sum(needed[home.pk] for home in within_part if asked[home.pk]),
            sum(covered[home.pk] for home in within_part if asked[home.pk]),
            *(sum(happened.get(home.pk, (0, 0, 0))[column] for home in within_part) for column in range(3)),
        )
        for part in parts
        for within_part in [[home for home in homes if home.path.startswith(part.path)]]
    ]


def unit_rows(region: Region, month: date, back: int = 6) -> list[UnitRow]:
    """Every school to visit with its visits of the last `back` months; those still due first."""
    months = months_back(month, back)
    units = list(Unit.objects.filter(to_visit(region)).select_related("region"))
    asked = visits_asked({unit.region for unit in units}, months)
    counted: dict[tuple[object, date], int] = {
        (row.unit_id, row.month): row.visits
        for row in UnitMonth.objects.filter(within(region.path), month__in=months)
    }
    names = inspector_names([unit.pk for unit in units])
    rows = [
        UnitRow(
            unit,
            names.get(unit.pk, ""),
            [Visited(counted.get((unit.pk, one), 0), asked[unit.region_id, one]) for one in months],
        )
        for unit in units
    ]
    return sorted(rows, key=lambda row: not row.is_due)


def is_leaf(region: Region) -> bool:
    return region.level == Level.COUNTY or not Region.objects.filter(parent=region).exists()


def this_month() -> date:
    return month_of(clock.today())


def visits_this_month(unit_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Unit id → filed visits of this month."""
    rows = UnitMonth.objects.filter(unit_id__in=unit_ids, month=this_month())
    return dict(rows.values_list("unit_id", "visits"))
