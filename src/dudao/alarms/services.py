"""Raising alarms, answering them, and letting them climb where nobody answers."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dudao.alarms.models import Alarm, AlarmPhoto
from dudao.alarms.payloads import AlarmIn
from dudao.alarms.states import MOVES, State
from dudao.inspections.services import Arrival, clock_skew
from dudao.intake.covered import covers
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.text import clean
from dudao.people.models import User
from dudao.places.models import Unit
from dudao.rules.queries import in_force


def receive(arrival: Arrival, told: AlarmIn, *, unit: Unit) -> Alarm:
    """Write down an alarm that came through the door. The caller holds the transaction."""
    alarm = Alarm.objects.create(
        id=arrival.id,
        unit=unit,
        inspector=arrival.sender,
        visit=told.visit,
        what=clean(told.what),
        where=clean(told.where),
        lat=told.place.lat if told.place else None,
        lng=told.place.lng if told.place else None,
        accuracy_m=told.place.accuracy_m if told.place else None,
        pressed_at=min(told.pressed_at + clock_skew(arrival, unit), arrival.received_at),
        received_at=arrival.received_at,
    )
    copies = covers(told.manifest)
    AlarmPhoto.objects.bulk_create(
        AlarmPhoto(alarm=alarm, sha256=one.sha256, masks=copies.get(one.sha256, ""), position=position)
        for position, one in enumerate(told.manifest)
    )
    _tell(alarm, "alarm.raise", by=arrival.sender, note=alarm.what)
    return alarm


@transaction.atomic
def acknowledge(alarm: Alarm, *, by: User, handler: str) -> Alarm:
    """Somebody of the desk knows, and says who deals with it."""
    handler = clean(handler)
    if not handler:
        raise Invalid(_("请填写由谁处理。"), field="handler")
    return _move(
        alarm, "acknowledge", by=by, note=handler,
        acknowledged_at=clock.now(), acknowledged_by=by, handler=handler,
    )  # fmt: skip


@transaction.atomic
def close(alarm: Alarm, *, by: User, outcome: str) -> Alarm:
    """The danger is gone, or in other hands; the note says how."""
    outcome = clean(outcome)
    if not outcome:
        raise Invalid(_("请写明处理结果。"), field="outcome")
    return _move(alarm, "close", by=by, note=outcome, closed_at=clock.now(), closed_by=by, outcome=outcome)


def climb() -> int:
    """What nobody has answered within the rule `alarm.climb` goes to the office above. Acts once for each."""
    waiting = Alarm.objects.filter(state=State.RAISED, climbed_at__isnull=True).select_related(
        "unit__region", "inspector"
    )
    return sum(_climb(alarm) for alarm in waiting)


@transaction.atomic
def _climb(alarm: Alarm) -> int:
    now = clock.now()
    patience = in_force("alarm.climb", region=alarm.unit.region, on=clock.today())["minutes"]
    if now < alarm.received_at + timedelta(minutes=patience):
        return 0
    rows = Alarm.objects.filter(pk=alarm.pk, state=State.RAISED, climbed_at__isnull=True)
    if not rows.update(climbed_at=now):
        return 0
    _tell(alarm, "alarm.climb", by=None)
    return 1


def _move(alarm: Alarm, name: str, *, by: User, note: str, **changes: Any) -> Alarm:
    step = MOVES[name]
    if not Alarm.objects.visible_to(by, "alarm.handle").filter(pk=alarm.pk).exists():
        raise Forbidden
    if not Alarm.objects.filter(pk=alarm.pk, state=step.source).update(state=step.target, **changes):
        raise StaleState(_("这条上报已有人处理，请刷新后查看。"), move=name, seen=alarm.state)
    alarm.refresh_from_db()
    _tell(alarm, f"alarm.{name}", by=by, note=note)
    return alarm


def _tell(alarm: Alarm, kind: str, *, by: User | None, note: str = "") -> None:
    journal.record(
        kind,
        by=by,
        obj=alarm,
        region=alarm.unit.region.path,
        unit=alarm.unit_id,
        after={"state": alarm.state},
        note=note,
    )
