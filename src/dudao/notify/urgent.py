"""What cannot wait for the digest leaves at once, at any hour: to each person's channels and to their office's group."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dudao.kernel import clock
from dudao.notify import services
from dudao.notify.digests import as_line, open_to
from dudao.notify.models import Channel, Delivery, Message, Preference, Robot
from dudao.people.models import Grant

PORTION = 200


@transaction.atomic
def write_due() -> int:
    """Write the deliveries of urgent messages that have not left yet; returns how many messages."""
    waiting = Message.objects.filter(is_urgent=True, left_at__isnull=True).order_by("sent_at", "pk")
    told = list(waiting.select_related("recipient")[:PORTION])
    if not told:
        return 0
    Delivery.objects.bulk_create([*_to_people(told), *_to_groups(told)], ignore_conflicts=True)
    Message.objects.filter(pk__in=[one.pk for one in told]).update(left_at=clock.now())
    return len(told)


def _to_people(told: Sequence[Message]) -> list[Delivery]:
    reached = Preference.objects.all().reached().filter(user__in=[one.recipient_id for one in told])
    wants = {one.user_id: one for one in reached.select_related("user")}
    found = []
    for message in told:
        one = wants.get(message.recipient_id)
        for channel in open_to(one) if one else []:
            with translation.override(one.language if one else None):
                body = f"{as_line(message)}\n\n{settings.PUBLIC_URL}{message.url}"
                found.append(
                    Delivery(
                        channel=channel,
                        recipient=message.recipient,
                        key=message.key,
                        title=_short(message.kind),
                        body=body if channel == Channel.MAIL else "",
                        is_urgent=True,
                    )
                )
    return found


def _to_groups(told: Sequence[Message]) -> list[Delivery]:
    people = Grant.objects.in_force(clock.today()).filter(user__in=[one.recipient_id for one in told])
    offices: dict[int, set[int]] = {}  # region → who of those told sits there
    for user_id, region_id in people.filter(region__isnull=False).values_list("user_id", "region_id"):
        offices.setdefault(region_id, set()).add(user_id)
    robots = Robot.objects.filter(is_on=True, region__in=offices)
    return [
        Delivery(
            channel=robot.channel,
            robot=robot,
            key=message.key,
            title=_short(message.kind),
            body=f"{_short(message.kind)} {settings.PUBLIC_URL}",
            is_urgent=True,
        )
        for robot in robots
        for message in told
        if message.recipient_id in offices[robot.region_id]
    ]


def _short(kind: str) -> str:
    """What may be read on a locked screen and in a group: that something is urgent, not what."""
    return _("督导：%(what)s。请登录查看。") % {"what": services.title_of(kind)}
