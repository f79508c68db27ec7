"""Telling upper rooms, exactly once, that a file has come and that an entry has all its files.

An entry is checked when it is projected and whenever one of its files arrives. Whoever causes a check commits the
flag `check_due`; whoever checks takes the flag down and looks at the files in one transaction. So a file that arrives
during a check puts the flag up again, and nothing is missed.
"""

import logging
import traceback
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef

from dudao.intake import kinds
from dudao.intake.models import Entry, EvidenceFile, ExpectedFile
from dudao.intake.states import EntryState
from dudao.kernel import clock
from dudao.kernel.turns import unheld

log = logging.getLogger(__name__)

PORTION = 100
FAILED = "completion-failed"
FIRST_WAIT = timedelta(seconds=1)
DOUBLINGS = 9  # the longest wait is some nine minutes


def announce() -> int:
    """Tell of newly stored files; returns how many."""
    if not EvidenceFile.objects.filter(announced=False).exists():
        return 0
    with transaction.atomic():
        files = list(
            unheld(EvidenceFile.objects.filter(announced=False).order_by("received_at", "sha256"))[:PORTION]
        )
        hashes = [file.sha256 for file in files]
        for file in files:
            for react in kinds.stored_reactions():
                react(file)
        expecting = ExpectedFile.objects.filter(sha256__in=hashes).values("entry_id")
        Entry.objects.filter(pk__in=expecting, completed_at=None).update(check_due=True)
        EvidenceFile.objects.filter(pk__in=hashes).update(announced=True)
    return len(files)


def check() -> int:
    """Count the files of entries that are due; returns how many entries were looked at."""
    waiting = Entry.objects.filter(check_due=True, try_at__lte=clock.now()).order_by("try_at")
    done = 0
    for pk in list(waiting.values_list("pk", flat=True)[:PORTION]):
        try:
            with transaction.atomic():
                done += _check(pk)
        except OperationalError:
            raise  # the database, not the entry
        except Exception as error:  # an upper room's fault: said to a person, tried again later
            _failed(pk, error)
            done += 1
    return done


def _check(pk: Any) -> bool:
    """False where another worker took it or is at it: waiting for that one would stop this one too."""
    entry = Entry.objects.filter(pk=pk)
    if not unheld(entry.filter(check_due=True, state=EntryState.PROJECTED)).values_list("pk"):
        return False
    entry.update(check_due=False)
    if _missing(pk):
        return True
    if not entry.filter(completed_at=None).update(completed_at=clock.now(), reason="", detail="", attempts=0):
        return True
    found = entry.get()
    kind = kinds.find(found.kind, found.schema)
    if kind is not None and kind.complete is not None:
        kind.complete(found)
    return True


def _missing(pk: Any) -> bool:
    stored = EvidenceFile.objects.filter(sha256=OuterRef("sha256"), size=OuterRef("size"))
    return ExpectedFile.objects.filter(~Exists(stored), entry_id=pk).exists()


def _failed(pk: Any, error: Exception) -> None:
    entry = Entry.objects.get(pk=pk)
    place = "".join(traceback.format_tb(error.__traceback__))
    log.error("completing entry %s failed: %s\n%s", pk, type(error).__name__, place)
    wait = FIRST_WAIT * 2 ** min(entry.attempts, DOUBLINGS)
    Entry.objects.filter(pk=pk, completed_at=None).update(
        attempts=min(entry.attempts + 1, 1000),
        reason=FAILED,
        detail=type(error).__name__,
        try_at=clock.now() + wait,
        check_due=True,
    )
