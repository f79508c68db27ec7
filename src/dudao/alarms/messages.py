"""Who is told of an alarm, following the journal."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.alarms.models import Alarm
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.notify import services as notify
from dudao.people.models import Grant, User
from dudao.people.roles import RIGHTS

KINDS = {
    "alarm.raise": (_("重大隐患，请立即处理"), _("%(unit)s：%(what)s")),
    "alarm.climb": (_("重大隐患超时无人知悉"), _("%(unit)s：%(what)s")),
    "alarm.acknowledge": (_("您上报的重大隐患已有人处理"), _("%(unit)s：%(note)s 正在处理")),
    "alarm.close": (_("您上报的重大隐患已处理"), _("%(unit)s：%(note)s")),
}

URGENT = ("alarm.raise", "alarm.climb")
"""These reach the desk outside the application too, at any hour."""


def register() -> None:
    for kind, (title, body) in KINDS.items():
        notify.register(kind, title, body)


def follow(events: Sequence[Event]) -> None:
    told = [event for event in events if event.kind in KINDS]
    found = Alarm.objects.select_related("unit__region", "inspector").in_bulk([one.object_id for one in told])
    by_id = {str(pk): alarm for pk, alarm in found.items()}
    for event in told:
        alarm = by_id.get(event.object_id)
        if alarm is not None:
            notify.send_once(
                event.kind,
                key=f"{event.kind}:{event.pk}",
                at=event.at,
                to=_recipients(event.kind, alarm),
                urgent=event.kind in URGENT,
                url=_address(event.kind, alarm),
                params={"unit": alarm.unit.name, "what": alarm.what, "note": event.note},
            )


def _recipients(kind: str, alarm: Alarm) -> list[User]:
    if kind == "alarm.raise":
        return _desk(alarm.unit.region.path, above=False)
    if kind == "alarm.climb":
        return _desk(alarm.unit.region.path, above=True)
    return [alarm.inspector]


def _address(kind: str, alarm: Alarm) -> str:
    """The inspector has it on the phone; the office's page is not hers."""
    to_office = kind in ("alarm.raise", "alarm.climb")
    return reverse("alarms:show", args=[alarm.pk]) if to_office else reverse("field:app")


def _desk(path: str, *, above: bool) -> list[User]:
    """Those who deal with alarms in the region of this path, or in the regions it lies in."""
    roles = [role for role, rights in RIGHTS.items() if "alarm.handle" in rights]
    over = [path[: end + 1] for end, mark in enumerate(path) if mark == "/"]
    paths = over[:-1] if above else over[-1:]
    grants = Grant.objects.in_force(clock.today()).filter(role__in=roles, region__path__in=paths)
    return list(User.objects.filter(pk__in=grants.values("user_id"), is_active=True))
