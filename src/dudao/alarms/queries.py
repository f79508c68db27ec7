"""Reads about alarms."""

from datetime import timedelta

from dudao.alarms.models import Alarm
from dudao.kernel import clock
from dudao.people.models import User

SHOWN = timedelta(days=7)


def raised_by(user: User) -> list[Alarm]:
    """The person's own alarms of the last days, the newest first."""
    rows = Alarm.objects.filter(inspector=user, received_at__gte=clock.now() - SHOWN)
    return list(rows.order_by("-received_at")[:20])
