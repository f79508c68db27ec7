"""When the work calendar changes afterwards: deadlines in working days are counted again, told and journaled."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dudao.findings.models import Finding
from dudao.findings.services import receipt_limit, receipt_rules
from dudao.findings.states import RUNNING, State
from dudao.journal import services as journal
from dudao.journal.models import Event
from dudao.journal.services import Happening
from dudao.kernel import clock
from dudao.kernel.workdays import DayUnit, SpecialDays, deadline
from dudao.rules.queries import special_days


def follow(events: Sequence[Event]) -> None:
    """Read of days added to the calendar, or corrected."""
    if any(event.kind == "calendar.day" for event in events):
        recount()


class Change(NamedTuple):
    finding: Finding
    field: str
    was: date
    now: date


@transaction.atomic
def recount() -> int:
    """Count every running deadline in working days again; returns how many moved. A day that was granted as such stays,
    and so does what has passed unmissed."""
    moved = [change for change in _changes(special_days()) if _swap(change)]
    happenings = [
        Happening(
            one.finding, region=one.finding.unit.region.path, unit=one.finding.unit_id,
            before={one.field: str(one.was)}, after={one.field: str(one.now), "state": one.finding.state},
        )
        for one in moved
    ]  # fmt: skip
    journal.record_many("finding.recount", happenings, by=None)
    return len(moved)


def _changes(special: SpecialDays) -> Iterator[Change]:
    running = Q(state__in=RUNNING, day_unit=DayUnit.WORKING, paused_on=None)
    granted = Q(runs_from__isnull=False, run_days=None)
    rows = Finding.objects.select_related("unit__region")
    for one in rows.filter(running).exclude(granted).iterator(chunk_size=500):
        if one.due_on is None or one.received_at is None:
            continue
        base = one.runs_from or timezone.localtime(one.received_at).date()
        days = one.days if one.run_days is None else one.run_days
        now = deadline(base, days, DayUnit.WORKING, special)
        if now != one.due_on:
            yield Change(one, "due_on", one.due_on, now)
    rules = receipt_rules()
    for one in rows.filter(state=State.NOTIFIED).iterator(chunk_size=500):
        if one.notified_at is None or one.receive_by is None:
            continue
        on = timezone.localtime(one.notified_at).date()
        within = receipt_limit(one, on, rules)
        now = deadline(on, within.days, within.unit, special)
        if now != one.receive_by:
            yield Change(one, "receive_by", one.receive_by, now)


def _swap(change: Change) -> bool:
    """Compare and swap on the day that stood there."""
    one = change.finding
    rows = Finding.objects.filter(pk=one.pk, state=one.state, **{change.field: change.was})
    more = {"climbed": 0} if change.now >= clock.today() else {}
    if not rows.update(**{change.field: change.now}, reminded="", **more):
        return False
    setattr(one, change.field, change.now)
    return True
