"""One digest a person and working day instead of thirty messages; a line a day for an office's chat group.

When it goes out and when nothing may disturb are rules (`notify.digest_hour`, `notify.quiet_from`), by region.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dudao.kernel import clock
from dudao.kernel.text import shorten
from dudao.kernel.workdays import is_working
from dudao.notify import services
from dudao.notify.channels import is_open
from dudao.notify.models import Channel, Delivery, Message, Preference, Robot, State
from dudao.people.models import Assignment, Grant, User
from dudao.places.models import Region
from dudao.rules.queries import in_force, special_days

PORTION = 200
LINES = 30
"""A digest of more lines says how many it leaves out: nobody reads a hundred."""


def write_due() -> int:
    """Write the digests whose hour has come today; returns for how many people and groups."""
    today = clock.today()
    if not is_working(today, special_days()):
        return 0
    hours = _Hours(today)
    return _people(today, hours) + _groups(today, hours)


class _Hours:
    """Whether digests go out now, region by region; each rule read once a run."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._hour = timezone.localtime(clock.now()).hour
        self._open: dict[int | None, bool] = {}

    def are_open(self, region: Region | None) -> bool:
        key = region.pk if region else None
        if key not in self._open:
            first, last = (
                in_force(rule, region=region, on=self._today)
                for rule in ("notify.digest_hour", "notify.quiet_from")
            )
            self._open[key] = first <= self._hour < last
        return self._open[key]


def _people(today: date, hours: _Hours) -> int:
    not_yet = Q(digested_on__isnull=True) | Q(digested_on__lt=today)
    waiting = Preference.objects.all().reached().filter(not_yet).select_related("user").order_by("pk")
    written = 0
    for portion in _portions(waiting):
        homes = homes_of([one.user for one in portion])
        due = [one for one in portion if hours.are_open(homes.get(one.user_id))]
        written += _write(due, today)
    return written


def _portions(rows: Any) -> Iterable[list[Preference]]:
    """All of them, some at a time; a row that is not yet due is passed over, not read again."""
    last = 0
    while portion := list(rows.filter(pk__gt=last)[:PORTION]):
        yield portion
        last = portion[-1].pk


@transaction.atomic
def _write(due: Sequence[Preference], today: date) -> int:
    """One digest each for those who have something unread since their last one."""
    until = clock.now()
    news = _unread(due)
    written = []
    for one in due:
        taken = Preference.objects.filter(pk=one.pk, digested_on=one.digested_on)
        if not taken.update(digested_on=today, digested_until=until):
            continue  # another worker has this person's day
        told = [message for message in news.get(one.user_id, []) if message.sent_at > one.digested_until]
        if told:
            written += _deliveries(one, told, today)
    _replace_waiting([one.recipient_id for one in written])
    Delivery.objects.bulk_create(written, ignore_conflicts=True)
    return len({one.recipient_id for one in written})


def _unread(due: Sequence[Preference]) -> dict[int, list[Message]]:
    since = min((one.digested_until for one in due), default=clock.now())
    rows = Message.objects.filter(
        recipient__in=[one.user_id for one in due], read_at__isnull=True, sent_at__gt=since
    )
    news: dict[int, list[Message]] = {}
    for message in rows.order_by("sent_at"):
        news.setdefault(message.recipient_id, []).append(message)
    return news


def _deliveries(one: Preference, told: Sequence[Message], today: date) -> list[Delivery]:
    key = f"digest:{today}"
    with translation.override(one.language):
        title = ngettext("督导：%(n)s 条新消息", "督导：%(n)s 条新消息", len(told)) % {"n": len(told)}
        body = _body(told)
    return [
        Delivery(
            channel=channel,
            recipient=one.user,
            key=key,
            title=title,
            body=body if channel == Channel.MAIL else "",
            is_digest=True,
        )
        for channel in open_to(one)
    ]


def open_to(one: Preference) -> list[Channel]:
    """The channels through which this person is reached now."""
    wanted = {
        Channel.MAIL: one.by_mail and bool(one.mail_confirmed_at),
        Channel.SMS: one.by_sms and bool(one.user.phone),
    }
    return [channel for channel, is_wanted in wanted.items() if is_wanted and is_open(channel)]


def _body(told: Sequence[Message]) -> str:
    lines = [f"· {as_line(message)}" for message in told[:LINES]]
    if len(told) > LINES:
        lines.append(_("…… 另有 %(n)s 条") % {"n": len(told) - LINES})
    address = f"{settings.PUBLIC_URL}/messages/"
    return "\n".join([*lines, "", _("登录查看和处理：%(address)s") % {"address": address}])


def as_line(message: Message) -> str:
    return shorten(" ".join(services.words_of(message)), 120)


def _replace_waiting(people: Iterable[int | None]) -> None:
    """A digest that could not leave yesterday is not sent beside today's."""
    Delivery.objects.filter(recipient__in=list(people), is_digest=True, state=State.WAITING).update(
        state=State.DROPPED, changed_at=clock.now()
    )


def homes_of(users: Iterable[User]) -> dict[int, Region]:
    """Each person's region, whose rules say when to be told: of a grant, else of a school they are responsible for."""
    today, ids = clock.today(), [user.pk for user in users]
    assigned = Assignment.objects.in_force(today).filter(inspector__in=ids).select_related("unit__region")
    homes = {row.inspector_id: row.unit.region for row in assigned.order_by("-pk")}
    grants = Grant.objects.in_force(today).filter(user__in=ids, assigned=False)
    for grant in grants.select_related("region", "unit__region").order_by("-pk"):
        home = grant.region or (grant.unit.region if grant.unit else None)
        if home is not None:
            homes[grant.user_id] = home
    return homes


def _groups(today: date, hours: _Hours) -> int:
    written = 0
    for robot in Robot.objects.filter(is_on=True).exclude(digested_on=today).select_related("region"):
        if hours.are_open(robot.region):
            written += _tell_group(robot, today)
    return written


@transaction.atomic
def _tell_group(robot: Robot, today: date) -> int:
    """How much is unread at the office since the last line, by kind; no names, no content."""
    until: datetime = clock.now()
    taken = Robot.objects.filter(pk=robot.pk, digested_on=robot.digested_on)
    if not taken.update(digested_on=today, digested_until=until):
        return 0
    people = Grant.objects.in_force(today).filter(region=robot.region).values("user_id")
    unread = Message.objects.filter(
        recipient__in=people, read_at__isnull=True, sent_at__gt=robot.digested_until
    )
    kinds = Counter(kind for kind, _key in unread.values_list("kind", "key").distinct())
    if not kinds:
        return 0
    parts = [
        _("%(what)s %(n)s 条") % {"what": services.title_of(kind), "n": n} for kind, n in kinds.most_common()
    ]
    text = _("督导：%(office)s有新的待办。%(parts)s。请登录处理：%(address)s") % {
        "office": robot.region.office or robot.region.name,
        "parts": _("、").join(parts),
        "address": settings.PUBLIC_URL,
    }
    Delivery.objects.bulk_create(
        [Delivery(channel=robot.channel, robot=robot, key=f"digest:{today}", title=text[:200], body=text)],
        ignore_conflicts=True,
    )
    return 1
