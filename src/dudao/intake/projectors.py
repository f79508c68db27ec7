"""Acknowledged entries turned into rows, each in one transaction with its own mark; or set aside for a person."""

import logging
import traceback
from datetime import timedelta
from typing import Any

import msgspec
from django.db import OperationalError, transaction

from dudao.intake import kinds, proofs, repairs
from dudao.intake.entries import Envelope, manifest_of
from dudao.intake.kinds import Kind, Quarantine
from dudao.intake.models import Entry, ExpectedFile
from dudao.intake.states import EntryState
from dudao.kernel import clock
from dudao.kernel.text import clean, shorten
from dudao.kernel.turns import unheld

log = logging.getLogger(__name__)

PORTION = 50  # entries in one call
TRIES = 4
FIRST_WAIT = timedelta(seconds=0.25)  # four times longer after each failure: 0.25, 1 and 4 s


def run() -> int:
    """Project up to PORTION entries; returns how many were dealt with."""
    if not _waiting().exists():
        return 0  # without taking SQLite's only write lock
    done = 0
    while done < PORTION and _one():
        done += 1
    return done


def _waiting() -> Any:
    return Entry.objects.filter(state=EntryState.RECEIVED, try_at__lte=clock.now()).order_by(
        "received_at", "id"
    )


def _one() -> bool:
    """Deal with the next entry nobody else holds; False if there is none."""
    entry: Entry | None = None
    try:
        with transaction.atomic():
            entry = _claimed()
            if entry is None:
                return False
            _project(entry)
    except OperationalError:
        raise  # the database, not the entry: the worker tries again later
    except Quarantine as reason:
        assert entry is not None
        set_aside(entry, code=reason.code, detail=reason.message)
    except (
        Exception
    ) as error:  # whatever a projector trips over, the entry is kept and the next one gets its turn
        assert entry is not None
        _failed(entry, error)
    return True


def _claimed() -> Entry | None:
    """The oldest waiting entry that no other worker is at, held until the transaction ends."""
    found: Entry | None = unheld(_waiting()).first()
    return found


def _project(entry: Entry) -> None:
    kind = kinds.find(entry.kind, entry.schema)
    if kind is None:
        raise Quarantine("kind-unknown", "服务器不再认识这种条目，请联系管理员。")
    proofs.keep(entry)
    kind.project(entry, payload_of(entry, kind))
    promised = {(file.sha256, file.size) for file in manifest_of(bytes(entry.body))}
    ExpectedFile.objects.bulk_create(
        ExpectedFile(entry=entry, sha256=sha256, size=size) for sha256, size in sorted(promised)
    )
    moved = Entry.objects.filter(pk=entry.pk, state=EntryState.RECEIVED).update(
        state=EntryState.PROJECTED,
        projected_at=clock.now(),
        reason="",
        detail="",
        attempts=0,
        try_at=clock.now(),
        check_due=True,
    )
    if not moved:
        raise AssertionError(f"claimed entry moved under us: {entry.pk=}")


def payload_of(entry: Entry, kind: Kind) -> Any:
    """The payload as the kind's closed type. Control characters, which no database takes, are left out here;
    the body keeps them."""
    if b"\\u00" not in bytes(entry.body) and not entry.repairs.exists():
        return kind.decoder.decode(msgspec.json.decode(bytes(entry.body), type=Envelope).payload)
    return kind.decoder.decode(msgspec.json.encode(_cleaned(repairs.plain(entry))))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {clean(key): _cleaned(one) for key, one in value.items()}
    return value


def set_aside(entry: Entry, *, code: str, detail: str) -> bool:
    """Move a received entry into quarantine; False if it is no longer received."""
    rows = Entry.objects.filter(pk=entry.pk, state=EntryState.RECEIVED)
    return bool(
        rows.update(
            state=EntryState.QUARANTINED,
            reason=shorten(code, 60),
            detail=str(detail),
            attempts=entry.attempts + 1,
        )
    )


def _failed(entry: Entry, error: Exception) -> None:
    """Try again later, and in the end set it aside. The log has the place of the fault, never the content."""
    tries = entry.attempts + 1
    place = "".join(traceback.format_tb(error.__traceback__))
    log.error(
        "projecting entry %s failed (%s of %s): %s\n%s", entry.pk, tries, TRIES, type(error).__name__, place
    )
    if tries >= TRIES:
        set_aside(entry, code="projection-failed", detail=type(error).__name__)
        return
    wait = FIRST_WAIT * 4 ** (tries - 1)
    Entry.objects.filter(pk=entry.pk, state=EntryState.RECEIVED).update(
        attempts=tries, try_at=clock.now() + wait
    )
