"""Who may see a photo of an alarm: whoever may see the alarm, and who raised it."""

from django.db.models import Q

from dudao.alarms import access
from dudao.alarms.models import Alarm
from dudao.people.access import Anyone
from dudao.people.models import User


def may_see(user: Anyone, sha256: str) -> bool:
    allowed = access.scope(user)
    if isinstance(user, User):
        allowed |= Q(inspector=user)
    return Alarm.objects.filter(allowed, photos__sha256=sha256).exists()
