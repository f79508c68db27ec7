"""A phone's key and what it signs, as a browser does it."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dudao.intake.models import Entry
from dudao.kernel import clock
from dudao.kernel.ids import uuid7


class Key:
    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        spki = self._private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public = base64.b64encode(spki).decode()
        self.id = hashlib.sha256(spki).hexdigest()

    def sign(self, text: str) -> str:
        r, s = decode_dss_signature(self._private.sign(text.encode(), ec.ECDSA(SHA256())))
        return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()


def body(payload: dict[str, Any], *, kind: str = "visit", key: Key | None = None) -> dict[str, Any]:
    """An entry as the phone serialises it, signed where there is a key."""
    made_at = datetime.now(UTC).isoformat()
    schema = 2 if kind == "visit" else 1
    plain = {"id": str(uuid7()), "kind": kind, "schema": schema, "made_at": made_at, "payload": payload}
    if key is None:
        return plain
    text = f"dudao-entry-1\n{plain['id']}\n{kind}\n{schema}\n{made_at}\n{written(payload)}"
    return plain | {"signed": {"key": key.id, "value": key.sign(text)}}


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def arrived(sent: dict[str, Any], *, user: Any, device: UUID) -> Entry:
    """The entry as the door leaves it."""
    raw = written(sent).encode()
    now = clock.now()
    return Entry.objects.create(
        id=sent["id"], kind=sent["kind"], schema=sent["schema"], user_id=user.pk, device_id=device,
        made_at=sent["made_at"], device_time=now, received_at=now, body=raw,
        body_sha256=hashlib.sha256(raw).hexdigest(), try_at=now,
    )  # fmt: skip
