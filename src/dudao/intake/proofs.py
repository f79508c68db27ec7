"""Whether an entry is, byte for byte, what the phone signed. The result is kept; nothing is refused for it.

Signed are the entry's id, kind, schema, moment and the bytes of its payload, so its manifest too: hashes, sizes, items,
times and places. docs/field-api.md §3.
"""

from typing import NamedTuple

import msgspec

from dudao.intake.entries import Signed
from dudao.intake.models import Entry, Proof
from dudao.intake.states import Standing
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.people import device_keys

MARK = "dudao-entry-1"


class _Signable(msgspec.Struct):
    id: str
    kind: str
    schema: int
    made_at: str
    payload: msgspec.Raw
    signed: Signed | None = None


class Found(NamedTuple):
    standing: Standing
    reason: str
    key_id: str


_decode = msgspec.json.Decoder(_Signable).decode


def signable(entry_id: str, kind: str, schema: int, made_at: str, payload: bytes) -> bytes:
    """The bytes a phone signs; every field as it stands in the body."""
    return "\n".join((MARK, entry_id, kind, str(schema), made_at, "")).encode() + payload


def look(entry: Entry) -> Found:
    """What the signature in the body proves now."""
    body = _decode(bytes(entry.body))
    if body.signed is None:
        return Found(Standing.UNSIGNED, "", "")
    message = signable(body.id, body.kind, body.schema, body.made_at, bytes(body.payload))
    key_id, value = body.signed.key, body.signed.value
    fault = device_keys.fault(key_id, value, message, device_id=entry.device_id, at=entry.received_at)
    return Found(Standing.BAD if fault else Standing.VERIFIED, fault, key_id)


def keep(entry: Entry) -> Proof:
    """Write down what the signature proves, in the caller's transaction; a bad one also in the journal."""
    found = look(entry)
    if found.standing == Standing.BAD:
        journal.record(
            "entry.unproved", by=None, obj=entry, after={"reason": found.reason, "key": found.key_id}
        )
    return Proof.objects.create(
        entry=entry, standing=found.standing, reason=found.reason, key_id=found.key_id, checked_at=clock.now()
    )
