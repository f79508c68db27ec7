"""Schools × months of a region, a zone or an inspector: planned day, done, overdue, not planned, against what is asked."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from dudao.inspections.models import Visit
from dudao.inspectors.models import Place, Zone
from dudao.kernel import clock
from dudao.people.access import unit_scope
from dudao.people.models import Assignment, User
from dudao.people.queries import inspector_names
from dudao.places.models import COMPULSORY, Region, Unit
from dudao.plans.lists import standing
from dudao.plans.models import PlanItem
from dudao.plans.periods import MonthPart, Stretch
from dudao.plans.queries import after
from dudao.rules.teaching import visits_asked


@dataclass(frozen=True)
class Whose:
    """Whose plan: an inspector's, else a zone's, else the whole region's. `region` sets terms and themes."""

    region: Region
    zone: Zone | None = None
    inspector: User | None = None

    @property
    def name(self) -> str:
        if self.inspector is not None:
            return self.inspector.name
        return f"{self.region.name} {self.zone.name}" if self.zone else self.region.name


@dataclass(frozen=True)
class Entry:
    """An item of the plan in a cell; `state` is a look of the kind "plan"."""

    item: PlanItem
    state: str


@dataclass(frozen=True)
class Cell:
    """One school in one month: its items, the visits made, and how many are asked for."""

    month: date
    entries: list[Entry]
    visits: int
    needed: int

    @property
    def is_missing(self) -> bool:
        """Asked for, in nobody's plan, and not done."""
        return not self.entries and self.visits < self.needed

    @property
    def is_extra(self) -> bool:
        """Visited without a plan."""
        return not self.entries and self.visits > 0


@dataclass(frozen=True)
class Row:
    unit: Unit
    inspectors: str
    cells: list[Cell]


@dataclass
class Column:
    """A month with its sums. Visits beyond what is asked of a school do not make up for another."""

    part: MonthPart
    needed: int = 0
    planned: int = 0
    dated: int = 0
    done: int = 0
    missing: int = 0


@dataclass
class Matrix:
    rows: list[Row] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)


def matrix(user: User, whose: Whose, over: Stretch) -> Matrix:
    """The plan that `user` may see, with a constant number of queries."""
    items = _items(user, whose, over)
    units = list(_units(user, whose, over, {item.unit_id for item in items}))
    months = [part.first for part in over.months]
    asked = visits_asked({unit.region for unit in units}, months)
    visits = _visits(units, over)
    names = inspector_names([unit.pk for unit in units])
    planned: dict[tuple[UUID, date], list[Entry]] = defaultdict(list)
    for item in items:
        planned[item.unit_id, item.month].append(Entry(item, _state(item)))
    found = Matrix(columns=[Column(part) for part in over.months])
    for unit in units:
        is_asked = unit.is_open and unit.kind in COMPULSORY
        cells = [
            Cell(
                month,
                planned[unit.pk, month],
                visits[unit.pk, month],
                asked[unit.region_id, month] if is_asked else 0,
            )
            for month in months
        ]
        found.rows.append(Row(unit, names.get(unit.pk, ""), cells))
        _add_up(found.columns, cells)
    return found


def _items(user: User, whose: Whose, over: Stretch) -> list[PlanItem]:
    rows = PlanItem.objects.visible_to(user).filter(month__in=[part.first for part in over.months])
    if whose.inspector is not None:
        rows = rows.filter(inspector=whose.inspector)
    elif whose.zone is not None:
        rows = rows.filter(unit__in=_in_zone(whose.zone, over))
    else:
        rows = rows.filter(unit__region__path__startswith=whose.region.path)
    found = rows.with_visits().select_related("inspector").order_by("month", "planned_on", "pk")
    return list(found)


def _units(user: User, whose: Whose, over: Stretch, with_items: Iterable[UUID]) -> QuerySet[Unit]:
    """Schools that must be visited, and whatever else stands in the plan."""
    if whose.inspector is not None:
        theirs = Assignment.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=over.starts_on),
            inspector=whose.inspector,
            starts_on__lte=over.ends_on,
        )
        here = Q(pk__in=theirs.values("unit"))
    elif whose.zone is not None:
        here = Q(pk__in=_in_zone(whose.zone, over))
    else:
        here = Q(region__path__startswith=whose.region.path)
    due = here & Q(is_open=True, kind__in=COMPULSORY) & unit_scope(user, "plan.view", unit="")
    rows = Unit.objects.filter(due | Q(pk__in=list(with_items)))
    return rows.select_related("region").order_by("region__path", "name", "pk")


def _in_zone(zone: Zone, over: Stretch) -> QuerySet[Place, UUID]:
    rows = Place.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=over.starts_on), zone=zone, starts_on__lte=over.ends_on
    )
    return rows.values_list("unit", flat=True)


def _visits(units: list[Unit], over: Stretch) -> Counter[tuple[UUID, date]]:
    """Visits of every inspector, by school and month."""
    first, last = over.months[0].first, over.months[-1]
    rows = (
        Visit.objects.filter(
            unit__in=units, started_at__date__gte=first, started_at__date__lt=after(last.first)
        )
        .order_by()
        .annotate(month=TruncMonth("started_at", tzinfo=timezone.get_current_timezone()))
        .values_list("unit", "month")
        .annotate(n=Count("pk"))
    )
    return Counter({(unit, month.date()): count for unit, month, count in rows})


def _state(item: PlanItem) -> str:
    """As on the list, but what was never dated is overdue too once its month is over."""
    found = standing(item)
    return "late" if found == "undated" and item.month_after <= clock.today() else found


def _add_up(columns: list[Column], cells: list[Cell]) -> None:
    for column, cell in zip(columns, cells, strict=True):
        column.needed += cell.needed
        column.planned += len(cell.entries)
        column.dated += sum(entry.item.planned_on is not None for entry in cell.entries)
        column.done += min(cell.visits, cell.needed)
        column.missing += cell.is_missing
