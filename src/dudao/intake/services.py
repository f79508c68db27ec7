"""What a person does about an entry."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dudao.intake import access, repairs
from dudao.intake.models import Entry, Repair
from dudao.intake.states import EntryState
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, StaleState
from dudao.people.models import User


@transaction.atomic
def repair(entry: Entry, new: str, *, by: User) -> Entry:
    """Choose again what the server does not know, and try anew. Raises Forbidden, StaleState."""
    _may(entry, by)
    found = repairs.wrong(entry)
    if found is None:
        raise StaleState(_("这个条目已不在待查中，请刷新。"))
    field, values = found
    Repair.objects.bulk_create(Repair(entry=entry, field=field, old=old, new=new, by=by) for old in values)
    journal.record("entry.repair", by=by, obj=entry, before={field: values}, after={field: new})
    return replay(entry, by=by)


@transaction.atomic
def close(entry: Entry, note: str, *, by: User) -> Entry:
    """Decide that no record comes of an entry; it is kept, and its phone is told why. Raises Forbidden, StaleState."""
    _may(entry, by)
    waiting = Entry.objects.filter(pk=entry.pk, state=EntryState.QUARANTINED)
    if not waiting.update(state=EntryState.CLOSED, detail=note):
        raise StaleState(_("这个条目已不在待查中，请刷新。"))
    journal.record(
        "entry.close", by=by, obj=entry,
        before={"state": EntryState.QUARANTINED, "reason": entry.reason}, after={"state": EntryState.CLOSED}, note=note,
    )  # fmt: skip
    entry.refresh_from_db()
    return entry


@transaction.atomic
def replay(entry: Entry, *, by: User) -> Entry:
    """Put a quarantined entry back for the worker. Raises Forbidden, or StaleState if it no longer waits."""
    _may(entry, by)
    waiting = Entry.objects.filter(pk=entry.pk, state=EntryState.QUARANTINED)
    if not waiting.update(state=EntryState.RECEIVED, reason="", detail="", attempts=0, try_at=clock.now()):
        raise StaleState(_("这个条目已不在待查中，请刷新。"))
    journal.record(
        "entry.replay",
        by=by,
        obj=entry,
        before={"state": EntryState.QUARANTINED, "reason": entry.reason},
        after={"state": EntryState.RECEIVED},
    )
    entry.refresh_from_db()
    return entry


def _may(entry: Entry, by: User) -> None:
    if not Entry.objects.filter(access.scope(by), pk=entry.pk).exists():
        raise Forbidden
