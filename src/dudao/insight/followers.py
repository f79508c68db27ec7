"""Keeping the roll-ups: one follower of the journal, and a nightly look whether they are as the ledgers are."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dudao.insight import counting
from dudao.insight.models import Check
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.journal.models import Event, Follower, Seal, Unsealed
from dudao.kernel import clock
from dudao.places.models import Unit

NAME = "insight.units"
AT_ONCE = 200
CHECKED_FROM_HOUR = 2  # when offices sleep
TOLD = 20  # units named in the journal


def follow(events: Sequence[Event]) -> None:
    """Count every unit again to which something happened. Told twice, it counts once."""
    touched = {event.unit_id for event in events} | {event.after.get("from_unit", "") for event in events}
    counting.recount(sorted(UUID(one) for one in touched if one))


def rebuild() -> int:
    """Count every unit again from the ledgers, a few at a time; returns how many. The follower goes on from here."""
    newest = Seal.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    Follower.objects.get_or_create(name=NAME)
    done = 0
    for units in _all_units():
        with transaction.atomic():
            _hold_the_follower()
            counting.recount(units)
        done += len(units)
    Follower.objects.filter(name=NAME, seq__lt=newest).update(seq=newest)
    return done


def behind_since() -> datetime | None:
    """Since when something has happened that the roll-ups do not know yet; nothing when they know all."""
    cursor = Follower.objects.filter(name=NAME).values_list("seq", flat=True).first() or 0
    sealed = Seal.objects.filter(seq__gt=cursor).order_by("seq").values_list("event__at", flat=True).first()
    if sealed is not None:
        return sealed
    return Unsealed.objects.order_by("pk").values_list("event__at", flat=True).first()


def check_at_night() -> int:
    """Once a night; a step of the worker. Returns 0: there is no more to do at once."""
    if (
        timezone.localtime(clock.now()).hour >= CHECKED_FROM_HOUR
        and not Check.objects.filter(on=clock.today()).exists()
    ):
        check()
    return 0


def check() -> list[UUID]:
    """Compare with the ledgers, mend what differs and journal it; returns the units that differed.

    What differs only because its event is still on its way is no fault.
    """
    suspects, looked_at = [], 0
    for units in _all_units():
        looked_at += len(units)
        suspects += sorted(_differing(units))
    wrong = [unit for unit in suspects if _is_wrong(unit)]
    with transaction.atomic():
        row, is_first = Check.objects.get_or_create(
            on=clock.today(), defaults={"units": looked_at, "wrong": len(wrong)}
        )
        if not is_first:  # another worker was faster, or a person asks again
            Check.objects.filter(pk=row.pk).update(units=looked_at, wrong=len(wrong))
            row.refresh_from_db()
        if is_first or wrong:
            _hold_the_follower()
            counting.recount(wrong)
            after = {
                "units": looked_at,
                "wrong": len(wrong),
                "examples": [str(unit) for unit in wrong[:TOLD]],
            }
            journal.record("rollup.differs" if wrong else "rollup.agrees", by=None, obj=row, after=after)
    return wrong


def _is_wrong(unit: UUID) -> bool:
    """Differs although the follower has read all that happened to this unit."""
    while journal.seal() + followers.run():
        pass
    with transaction.atomic():
        _hold_the_follower()
        return bool(_differing([unit])) and not _is_on_its_way(unit)


def _is_on_its_way(unit: UUID) -> bool:
    """Something happened to it that the follower has yet to read; asked after looking, or it could come in between."""
    cursor = Follower.objects.filter(name=NAME).values_list("seq", flat=True).first() or 0
    own = {"event__unit_id": str(unit)}
    return Unsealed.objects.filter(**own).exists() or Seal.objects.filter(seq__gt=cursor, **own).exists()


def _differing(units: Sequence[UUID]) -> set[UUID]:
    return {unit for one in counting.differences(units) for unit in one.units}


def _hold_the_follower() -> None:
    """The follower waits until this transaction ends, so that nobody counts the same unit at once."""
    Follower.objects.filter(name=NAME).update(seq=F("seq"))


def _all_units() -> Iterator[list[UUID]]:
    last: UUID | None = None
    while True:
        rows = (
            Unit.objects.order_by("pk") if last is None else Unit.objects.filter(pk__gt=last).order_by("pk")
        )
        units = list(rows.values_list("pk", flat=True)[:AT_ONCE])
        if not units:
            return
        yield units
        last = units[-1]
