"""Readers of the journal: each sees every sealed event once, in order, in one transaction with its own progress."""

from collections.abc import Callable, Sequence

from django.db import transaction

from dudao.journal.models import Event, Follower, Seal
from dudao.kernel.turns import unheld

Follow = Callable[[Sequence[Event]], None]
_followers: dict[str, Follow] = {}
BATCH = 200


def register(name: str, follow: Follow) -> None:
    """Upper rooms register in `apps.py::ready`. `follow` writes only to the database, so that it acts once."""
    if name in _followers:
        raise ValueError(f"follower registered twice: {name=}")
    _followers[name] = follow


def run() -> int:
    """Let every follower catch up by one batch; returns how many events were read in all."""
    return sum(_advance(name, follow) for name, follow in _followers.items())


def _advance(name: str, follow: Follow) -> int:
    newest = Seal.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    if Follower.objects.get_or_create(name=name)[0].seq >= newest:
        return 0
    with transaction.atomic():
        cursor = unheld(Follower.objects.filter(name=name)).first()
        if cursor is None:
            return 0  # another worker is at it
        seals = list(Seal.objects.filter(seq__gt=cursor.seq).select_related("event").order_by("seq")[:BATCH])
        if not seals:
            return 0  # another worker was
        Follower.objects.filter(name=name).update(seq=seals[-1].seq)
        follow([link.event for link in seals])
    return len(seals)


def rewind(name: str) -> None:
    """Let a follower read the journal again from the start; it must have forgotten what it kept."""
    Follower.objects.filter(name=name).update(seq=0)


def pass_over(seq: int) -> None:
    """Let every follower go on behind event `seq`, without having read what came before."""
    for name in _followers:
        Follower.objects.update_or_create(name=name, defaults={"seq": seq})
