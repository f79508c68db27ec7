"""Counting one unit's figures from the ledgers, and keeping the roll-ups at what was counted.

Counted again rather than counted up: whatever happened to a unit, and however often it is told, its rows are right.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from dudao.findings.models import Finding, Report
from dudao.findings.states import AT_OFFICE
from dudao.insight.models import UnitClosing, UnitMonth, UnitStanding
from dudao.inspections.models import Sheet, Visit
from dudao.inspections.states import VisitState
from dudao.places.models import Unit

Values = tuple[Any, ...]
FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    UnitMonth: ("unit_id", "region_id", "month", "visits", "found", "struck_off", "returned", "items"),
    UnitStanding: ("unit_id", "region_id", "state", "severity", "due_on", "is_told", "count"),
    UnitClosing: ("unit_id", "region_id", "month", "days", "count"),
}
"""What a row of each roll-up says; the unit comes first."""


class Difference(NamedTuple):
    """What of one roll-up is not as the ledgers are: rows that should not be there (by id), and rows that are missing."""

    model: type[models.Model]
    surplus: dict[Values, int]
    missing: set[Values]

    @property
    def units(self) -> set[UUID]:
        return {values[0] for values in (*self.surplus, *self.missing)}


def differences(units: Sequence[UUID]) -> list[Difference]:
    """The roll-ups of `units` against the ledgers, which are read first."""
    counted = _counted(units)
    found = []
    for model, wanted in counted.items():
        rows = model._default_manager.filter(unit_id__in=units).values_list("pk", *FIELDS[model])
        stored = {values: pk for pk, *rest in rows if (values := tuple(rest))}
        surplus = {values: pk for values, pk in stored.items() if values not in wanted}
        found.append(Difference(model, surplus, wanted - stored.keys()))
    return found


@transaction.atomic
def recount(units: Sequence[UUID]) -> None:
    """Bring the roll-ups of `units` to what the ledgers say now."""
    if not units:
        return
    for one in differences(units):
        manager = one.model._default_manager
        if one.surplus:
            manager.filter(pk__in=list(one.surplus.values())).delete()
        manager.bulk_create(
            one.model(**dict(zip(FIELDS[one.model], values, strict=True))) for values in one.missing
        )


def _counted(units: Sequence[UUID]) -> dict[type[models.Model], set[Values]]:
    homes = dict(Unit.objects.filter(pk__in=units).order_by().values_list("pk", "region_id"))
    months: dict[tuple[UUID, date], Counter[str]] = {}
    standings: Counter[tuple[UUID, str, str, date | None, bool]] = Counter()
    closings: Counter[tuple[UUID, date, int]] = Counter()

    def count(unit: UUID, when: datetime, what: str, number: int = 1) -> None:
        months.setdefault((unit, _month(when)), Counter())[what] += number

    for unit, started_at in _visits(units):
        count(unit, started_at, "visits")
    for unit, started_at, items in _sheets(units):
        count(unit, started_at, "items", items)
    for unit, verified_at in _returns(units):
        count(unit, verified_at, "returned")
    for unit, state, severity, deadline, notified_at, recorded_at, struck_off_at in _problems(units):
        count(unit, recorded_at, "found")
        standings[unit, state, severity, deadline, state not in AT_OFFICE or notified_at is not None] += 1
        if struck_off_at is not None:
            count(unit, struck_off_at, "struck_off")
            days = (_day(struck_off_at) - _day(recorded_at)).days
            closings[unit, _month(struck_off_at), max(0, days)] += 1
    return {
        UnitMonth: {
            (unit, homes[unit], month, *(sums[name] for name in FIELDS[UnitMonth][3:]))
            for (unit, month), sums in months.items()
        },
        UnitStanding: {(unit, homes[unit], *what, n) for (unit, *what), n in standings.items()},
        UnitClosing: {(unit, homes[unit], *what, n) for (unit, *what), n in closings.items()},
    }


def _visits(units: Sequence[UUID]) -> Iterable[tuple[UUID, datetime]]:
    """A visit belongs to the month it took place in, not to that of its filing."""
    rows = Visit.objects.filter(unit_id__in=units, state=VisitState.FILED)
    return rows.order_by().values_list("unit_id", "started_at").iterator(chunk_size=5000)


def _sheets(units: Sequence[UUID]) -> Iterable[Values]:
    """What the visits asked of the school: the items that applied to it."""
    rows = Sheet.objects.filter(visit__unit_id__in=units, visit__state=VisitState.FILED).order_by()
    return rows.values_list("visit__unit_id", "visit__started_at", "asked").iterator(chunk_size=5000)


def _returns(units: Sequence[UUID]) -> Iterable[Values]:
    rows = Report.objects.filter(finding__unit_id__in=units, passed=False, verified_at__isnull=False)
    return rows.order_by().values_list("finding__unit_id", "verified_at").iterator(chunk_size=5000)


def _problems(units: Sequence[UUID]) -> Iterable[Values]:
    rows = Finding.objects.filter(unit_id__in=units).order_by()
    wanted = ("unit_id", "state", "severity", "runs_out_on", "notified_at", "recorded_at", "struck_off_at")
    return rows.values_list(*wanted).iterator(chunk_size=5000)


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _month(moment: datetime) -> date:
    return _day(moment).replace(day=1)
