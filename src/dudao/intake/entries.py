"""Entries at the door: checked, committed, acknowledged; and asked after. docs/field-api.md §3."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, NoReturn
from uuid import UUID

import msgspec

from dudao.intake import kinds
from dudao.intake.committer import Committer
from dudao.intake.errors import (
    EntryDiffers,
    EntryIdMissing,
    EntryKindUnknown,
    EntryMalformed,
    EntryTooLarge,
    EntryUnknown,
)
from dudao.intake.guard import Sender
from dudao.intake.ledgers.rows import NewEntry
from dudao.intake.readers import Readers
from dudao.intake.wire import Answer, Request, json_answer
from dudao.kernel import clock

BODY_LIMIT = 1024 * 1024  # bytes
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)  # a phone whose clock was lost shows 1970, and is heard
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class Signed(msgspec.Struct, forbid_unknown_fields=True):
    """The phone's signature; what it proves is looked at behind the door (proofs.py)."""

    key: Annotated[str, msgspec.Meta(max_length=64)]
    value: Annotated[str, msgspec.Meta(max_length=200)]


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """What every entry carries, whatever its kind."""

    kind: Annotated[str, msgspec.Meta(max_length=200)]
    schema: int
    made_at: Annotated[datetime, msgspec.Meta(tz=True)]
    payload: msgspec.Raw
    id: UUID | msgspec.UnsetType = msgspec.UNSET
    signed: Signed | msgspec.UnsetType = msgspec.UNSET

    @property
    def entry_id(self) -> UUID:
        """The id. Raises EntryIdMissing."""
        if self.id is msgspec.UNSET:
            raise EntryIdMissing
        return self.id


class _Promised(msgspec.Struct):
    sha256: str
    size: int


class _WithManifest(msgspec.Struct):
    manifest: list[_Promised] = []


class _AnyEntry(msgspec.Struct):
    payload: _WithManifest


_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_manifest = msgspec.json.Decoder(_AnyEntry).decode
_DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


async def accept(request: Request, sender: Sender, committer: Committer) -> Answer:
    """POST /door/entries: 201 new, 200 known; 400, 409, 413 and 503 as errors. Answers after the commit only."""
    body = await request.body(BODY_LIMIT)
    if body is None:
        raise EntryTooLarge(BODY_LIMIT)
    now = clock.now()
    envelope = check(body)
    entry = NewEntry(
        id=envelope.entry_id,
        kind=envelope.kind,
        schema=envelope.schema,
        user_id=sender.user_id,
        device_id=sender.device_id,
        made_at=envelope.made_at,
        device_time=_device_time(request.header("x-device-time")),
        received_at=now,
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
    )
    known = await committer.commit(entry)
    if known is None:
        return _acknowledged(201, entry.id, now, "new")
    if known.body_sha256 != entry.body_sha256:
        raise EntryDiffers(str(entry.id))
    return _acknowledged(200, entry.id, known.received_at, "known")


def tell(text: str, sender: Sender, readers: Readers) -> Answer:
    """GET /door/entries/<id>: where the entry stands and which of its files are stored. Its sender's only."""
    try:
        entry_id = UUID(text)
    except ValueError:
        raise EntryUnknown from None
    with readers.one() as ledger:
        entry = ledger.entry(entry_id)
        if entry is None or entry.user_id != sender.user_id:
            raise EntryUnknown
        promised = manifest_of(entry.body)
        sizes = ledger.stored([file.sha256 for file in promised])
    files = [
        {"sha256": file.sha256, "size": file.size, "stored": sizes.get(file.sha256) == file.size}
        for file in promised
    ]
    return json_answer(
        200,
        {
            "id": entry_id,
            "received_at": entry.received_at,
            "state": entry.state,
            "reason": entry.reason,
            "detail": entry.detail,
            "files": files,
            "complete": all(file["stored"] for file in files),
        },
    )


def check(body: bytes) -> Envelope:
    """The envelope of a body that is sound in all its parts. Raises the errors of the contract's table."""
    try:
        envelope = _decode_envelope(body)
    except _DECODE_ERRORS as error:
        refuse(error, "$")
    _ = envelope.entry_id
    kind = kinds.find(envelope.kind, envelope.schema)
    if kind is None:
        raise EntryKindUnknown(envelope.kind, envelope.schema)
    if not _is_possible(envelope.made_at):
        raise EntryMalformed(at="$.made_at", reason="out of range")
    try:
        kind.decoder.decode(envelope.payload)
    except _DECODE_ERRORS as error:
        refuse(error, "$.payload")
    return envelope


def refuse(error: Exception, root: str) -> NoReturn:
    """Say where and why, in the manner of msgspec: `reason - at `$.path``."""
    reason, _sep, at = str(error).partition(" - at `")
    place = root + at.rstrip("`")[1:]
    if place == "$.id":
        raise EntryIdMissing from error
    raise EntryMalformed(at=place, reason=reason) from error


def manifest_of(body: bytes) -> list[_Promised]:
    """The files an acknowledged body promises; the door has checked their shape."""
    return _decode_manifest(body).payload.manifest


def _acknowledged(status: int, entry_id: UUID, received_at: datetime, outcome: str) -> Answer:
    return json_answer(status, {"id": entry_id, "received_at": received_at, "outcome": outcome})


def _device_time(text: str) -> datetime | None:
    """The phone's clock as it sent. A wrong header costs the correction of clocks, never the entry."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and _is_possible(moment) else None


def _is_possible(moment: datetime) -> bool:
    # The year first: comparing moments of two zones costs as much as hashing the body, and is needed at the edges only.
    return EARLIEST.year < moment.year < LATEST.year - 1 or EARLIEST <= moment <= LATEST
