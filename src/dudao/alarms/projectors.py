"""An alarm that came through the door."""

from uuid import UUID

from django.urls import reverse

from dudao.alarms import services
from dudao.alarms.models import Alarm
from dudao.alarms.payloads import AlarmIn
from dudao.inspections.services import Arrival
from dudao.intake.kinds import Quarantine
from dudao.intake.models import Entry
from dudao.people.models import User
from dudao.places.models import Unit


def project_alarm(entry: Entry, payload: AlarmIn) -> None:
    unit = Unit.objects.filter(pk=payload.unit).select_related("region").first()
    if unit is None:
        raise Quarantine("unit-unknown", "系统中没有这所学校，请督导室核对后重新处理。")
    sender = User.objects.get(pk=entry.user_id)
    services.receive(Arrival(entry.id, sender, entry.received_at, entry.device_time), payload, unit=unit)


def page_of_entry(entry_id: UUID) -> str | None:
    alarm = Alarm.objects.filter(pk=entry_id).first()
    return reverse("alarms:show", args=[alarm.pk]) if alarm else None
