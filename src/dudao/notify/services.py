"""Sending messages once. Rooms register the kinds they send in `apps.py::ready`."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.functional import Promise

from dudao.kernel import clock
from dudao.notify.models import Message
from dudao.people.models import User


class MessageKind(NamedTuple):
    """How a message reads: both texts are filled from its params, in the reader's language.

    `worded` turns params that have words of their own, such as a term, into those of the reader.
    """

    title: str | Promise
    body: str | Promise
    worded: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict


_kinds: dict[str, MessageKind] = {}


def register(
    kind: str,
    title: str | Promise,
    body: str | Promise,
    worded: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> None:
    if kind in _kinds:
        raise ValueError(f"message kind registered twice: {kind=}")
    _kinds[kind] = MessageKind(title, body, worded)


def words_of(message: Message) -> tuple[str, str]:
    """Title and body in the reader's language."""
    kind = _kinds[message.kind]
    return str(kind.title), str(kind.body) % kind.worded(message.params)


def title_of(kind: str) -> str:
    return str(_kinds[kind].title)


def send_once(
    kind: str,
    *,
    key: str,
    to: Iterable[User],
    url: str = "",
    params: dict[str, Any] | None = None,
    at: datetime | None = None,
    urgent: bool = False,
) -> int:
    """Send to each recipient unless the same `key` was sent before; returns how many were new.

    `at` is the moment of its cause, when that was earlier. What is `urgent` also leaves the application at once, day
    and night; all else waits for the digest (`digests.py`).
    """
    if kind not in _kinds:
        raise ValueError(f"message kind not registered: {kind=}")
    sent_at = at or clock.now()
    rows = [
        Message(
            recipient=person,
            kind=kind,
            key=key,
            url=url,
            params=params or {},
            sent_at=sent_at,
            is_urgent=urgent,
        )
        for person in to
    ]
    before = Message.objects.filter(key=key).count()
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return Message.objects.filter(key=key).count() - before


class Sending(NamedTuple):
    """One message of many: its key, whom it goes to, where it leads, what fills it."""

    key: str
    to: Sequence[User]
    url: str
    params: dict[str, Any]


def send_many(kind: str, sendings: Iterable[Sending]) -> None:
    """The same for many things at once, in few statements: a night's reminders."""
    if kind not in _kinds:
        raise ValueError(f"message kind not registered: {kind=}")
    now = clock.now()
    rows = [
        Message(recipient=person, kind=kind, key=one.key, url=one.url, params=one.params, sent_at=now)
        for one in sendings
        for person in one.to
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


@transaction.atomic
def mark_read(user: User, *, only: Collection[int] | None = None) -> int:
    """Mark messages read: these, or all of this person's."""
    unread = Message.objects.filter(recipient=user, read_at__isnull=True)
    if only is not None:
        unread = unread.filter(pk__in=only)
    return unread.update(read_at=clock.now())
