"""What a person does about an entry."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dudao.intake import access
from dudao.intake.models import Entry
from dudao.intake.states import EntryState
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, StaleState
from dudao.people.models import User


@transaction.atomic
def replay(entry: Entry, *, by: User) -> Entry:
    """Put a quarantined entry back for the worker. Raises Forbidden, or StaleState if it no longer waits."""
    if not Entry.objects.filter(access.scope(by), pk=entry.pk).exists():
        raise Forbidden()
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
