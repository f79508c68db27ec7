"""Sending what waits to leave: never twice, later again where a server is down, given up visibly.

A delivery is marked before it is handed over. If the worker dies in that moment nobody knows whether it went out; it is
then not sent again: whoever should know reads it in the application, and tomorrow's digest counts what is unread.
"""

from collections import Counter
from datetime import timedelta

from django.db.models import Q

from dudao.kernel import clock
from dudao.kernel.text import shorten
from dudao.notify import channels, sealing
from dudao.notify.models import Channel, Delivery, State

PORTION = 50
ATTEMPTS = 8
DOWN_AFTER = 3
"""Failures in a row after which a channel is taken to be down: one wrong address must not stop the others."""
LONGEST_WAIT = timedelta(hours=1)
LOST_AFTER = timedelta(minutes=10)


def deliver() -> int:
    """Send what is due, urgent first; returns how many left.

    A channel that is down is left alone for the rest of this portion: a mail server is asked three times, not five
    thousand times.
    """
    _give_up_lost()
    due = Delivery.objects.all().due(clock.now())
    sent, failures = 0, Counter[str]()
    for one in due.select_related("recipient__notified", "robot").order_by("-is_urgent", "pk")[:PORTION]:
        if failures[one.channel] >= DOWN_AFTER:
            _later(one, attempts=one.attempts)
        elif _claim(one):
            fault = _hand_over(one)
            failures[one.channel] = failures[one.channel] + 1 if fault else 0
            if fault:
                _failed(one, fault)
            else:
                _mark(one, State.SENT)
                sent += 1
    return sent


def send_again(one: Delivery) -> bool:
    """A person asks for one more try of what was given up."""
    rows = Delivery.objects.filter(pk=one.pk, state__in=[State.FAILED, State.UNKNOWN])
    now = clock.now()
    return bool(rows.update(state=State.WAITING, attempts=0, next_at=now, changed_at=now, fault=""))


def _claim(one: Delivery) -> bool:
    rows = Delivery.objects.filter(pk=one.pk, state=State.WAITING)
    return bool(rows.update(state=State.SENDING, attempts=one.attempts + 1, changed_at=clock.now()))


def _hand_over(one: Delivery) -> str:
    """What went wrong; empty when it was accepted."""
    try:
        if one.robot is not None:
            channels.to_group(one.channel, sealing.opened(one.robot.address), one.body)
        else:
            channels.to_person(one.channel, _address(one), title=one.title, body=one.body or one.title)
    except channels.Undelivered as error:
        return str(error)
    return ""


def _address(one: Delivery) -> str:
    if one.to or one.recipient is None:
        return one.to
    if one.channel == Channel.SMS:
        return one.recipient.phone
    return one.recipient.notified.mail if hasattr(one.recipient, "notified") else ""


def _failed(one: Delivery, fault: str) -> None:
    attempts = one.attempts + 1
    if attempts >= ATTEMPTS:
        _mark(one, State.FAILED, fault=shorten(fault, 300))
    else:
        _later(one, attempts=attempts, fault=shorten(fault, 300))


def _later(one: Delivery, *, attempts: int, fault: str = "") -> None:
    """Twice as long after each failure."""
    wait = min(timedelta(minutes=2 ** max(attempts - 1, 0)), LONGEST_WAIT)
    Delivery.objects.filter(pk=one.pk).filter(Q(state=State.WAITING) | Q(state=State.SENDING)).update(
        state=State.WAITING, next_at=clock.now() + wait, changed_at=clock.now(), fault=fault
    )


def _mark(one: Delivery, state: State, *, fault: str = "") -> None:
    Delivery.objects.filter(pk=one.pk, state=State.SENDING).update(
        state=state, changed_at=clock.now(), fault=fault
    )


def _give_up_lost() -> None:
    lost = Delivery.objects.filter(state=State.SENDING, changed_at__lt=clock.now() - LOST_AFTER)
    lost.update(state=State.UNKNOWN, changed_at=clock.now())
