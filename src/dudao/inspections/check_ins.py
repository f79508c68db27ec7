"""Checking in (到校亮证): the inspector has shown her certificate, and from now on the unit and the offices may know.

Unannounced visits (四不两直, domain §8.1) are secret until this moment; covert ones (暗访) tell the unit nothing at all.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from dudao.inspections import access
from dudao.inspections.joint import team_of
from dudao.inspections.models import CheckIn, Part, Visit
from dudao.inspections.payloads import CheckInIn
from dudao.inspections.services import Arrival, clock_skew
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.notify import services as notify
from dudao.people.models import Grant, User
from dudao.people.roles import Role
from dudao.places.models import Unit

KIND = "visit.checked_in"
SHOWN_HOURS = 12
"""A visit lasts a working day at most; a phone that is never heard of again does not stay on the stream."""

Arrive = Callable[[CheckIn], None]
_followers: list[Arrive] = []


def on_checked_in(do: Arrive) -> None:
    """Upper rooms register what follows when somebody has arrived (plans are secret no longer), in the same transaction."""
    _followers.append(do)


def receive(arrival: Arrival, told: CheckInIn, *, unit: Unit) -> CheckIn:
    """Write down that an inspector has arrived, and tell the unit who it is. The caller holds the transaction."""
    made = CheckIn.objects.create(
        id=arrival.id,
        visit=told.visit,
        unit=unit,
        inspector=arrival.sender,
        plan=told.plan,
        at=min(told.started_at + clock_skew(arrival, unit), arrival.received_at),
        arrived_at=arrival.received_at,
        unplanned=told.unplanned,
        covert=told.covert,
        lat=told.place.lat if told.place else None,
        lng=told.place.lng if told.place else None,
    )
    journal.record(
        "visit.check_in", by=arrival.sender, obj=made, label=unit.name, region=unit.region.path, unit=unit.pk,
        after={"unplanned": told.unplanned, "covert": told.covert},
    )  # fmt: skip
    if not told.covert:
        _tell_unit(made)
    for do in _followers:
        do(made)
    return made


def under_way(paths: Sequence[str]) -> list[CheckIn]:
    """Who is at a school right now, within the regions of `paths`, the last to arrive first: once for each inspector there,
    until her record comes in."""
    since = clock.now() - timedelta(hours=SHOWN_HOURS)
    rows = CheckIn.objects.filter(access.live_scope(paths), at__gte=since)
    rows = rows.exclude(visit__in=Visit.objects.values("pk")).exclude(visit__in=Part.objects.values("pk"))
    found = {
        (one.inspector_id, one.unit_id): one
        for one in rows.select_related("unit__region", "inspector").order_by("at")
    }
    return sorted(found.values(), key=lambda one: one.at, reverse=True)


def _tell_unit(made: CheckIn) -> None:
    """The unit's people learn who stands at the gate, and how to tell that it is she."""
    team = team_of(made.plan) if made.plan else None
    others = User.objects.filter(pk__in=(team.accepted | {team.lead}) - {made.inspector_id}) if team else []
    notify.send_once(
        KIND,
        key=f"{KIND}:{made.pk}",
        to=_people_of(made.unit),
        at=made.at,
        params={
            "name": made.inspector.name,
            "number": made.inspector.certificate_no or "—",
            "others": "、".join(one.name for one in others) or "—",
        },
    )


def _people_of(unit: Unit) -> list[User]:
    grants = Grant.objects.in_force(clock.today()).filter(role=Role.UNIT, unit=unit)
    return list(User.objects.filter(pk__in=grants.values("user_id"), is_active=True))
