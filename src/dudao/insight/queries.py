"""Coverage: which schools were visited in which month (domain §2.10). Reads roll-ups and places, never the ledgers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, Sum

from dudao.insight.models import UnitMonth
from dudao.kernel import clock
from dudao.people.queries import inspector_names
from dudao.places.models import COMPULSORY, Level, Region, Unit
from dudao.places.queries import within
from dudao.rules.queries import in_force, values_in_force


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
        rate = self.rate or 0
        return "green" if rate >= 1 else "primary" if rate >= 0.6 else "orange"


@dataclass(frozen=True)
class UnitRow:
    """One school: visits by month, and whether this month still needs one."""

    unit: Unit
    inspectors: str
    months: list[int]
    is_due: bool


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
    each part."""
    least = values_in_force("visit.per_month", parts, [month])
    units = Unit.objects.filter(to_visit(around)).order_by().values_list("region__path")
    needed = list(units.annotate(n=Count("pk")))
    rows = UnitMonth.objects.filter(within(around.path), month=month).order_by()
    often = rows.filter(unit__is_open=True, unit__kind__in=COMPULSORY).values_list("region__path", "visits")
    visited = list(often.annotate(n=Count("pk")))
    sums = list(rows.values_list("region__path").annotate(Sum("visits"), Sum("found"), Sum("struck_off")))
    return [
        Coverage(
            part,
            sum(n for path, n in needed if path.startswith(part.path)),
            sum(
                n
                for path, visits, n in visited
                if path.startswith(part.path) and visits >= least[part.pk, month]
            ),
            *(sum(row[column] for row in sums if row[0].startswith(part.path)) for column in (1, 2, 3)),
        )
        for part in parts
    ]


def unit_rows(region: Region, month: date, back: int = 6) -> list[UnitRow]:
    """Every school to visit with its visits of the last `back` months; those still due first."""
    least = in_force("visit.per_month", region=region, on=month)
    months = months_back(month, back)
    units = list(Unit.objects.filter(to_visit(region)).select_related("region"))
    counted: dict[tuple[object, date], int] = {
        (row.unit_id, row.month): row.visits
        for row in UnitMonth.objects.filter(within(region.path), month__in=months)
    }
    names = inspector_names([unit.pk for unit in units])
    rows = [
        UnitRow(
            unit,
            names.get(unit.pk, ""),
            [counted.get((unit.pk, one), 0) for one in months],
            counted.get((unit.pk, month), 0) < least,
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
