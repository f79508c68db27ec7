"""Keys of phones: the public half of the pair a phone makes for itself, and what a signature by it proves.

The private half never leaves the browser (WebCrypto, not exportable). A key that was replaced or revoked stays, so that
what it signed before can be read for ever. docs/field-api.md §1 and §3.
"""

import base64
import binascii
import hashlib
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db.models import Q

from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.people.models import Device, DeviceKey, User

HALF = 32  # bytes of each of the two numbers of a P-256 signature


def register(device: Device, public_key: str, *, by: User) -> str:
    """Keep the key of a phone; returns its id, or "" where it is no P-256 key or may not be used any more.

    A phone that is answered "" makes a new pair. A new key replaces the one before it. The caller holds the transaction.
    """
    try:
        spki = base64.b64decode(public_key, validate=True)
        read = load_der_public_key(spki)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return ""
    if not isinstance(read, ec.EllipticCurvePublicKey) or not isinstance(read.curve, ec.SECP256R1):
        return ""
    key_id = hashlib.sha256(spki).hexdigest()
    known = DeviceKey.objects.filter(pk=key_id).first()
    if known is not None:
        is_usable = known.device_id == device.pk and known.is_live
        return key_id if is_usable else ""
    replaced = DeviceKey.objects.live().filter(device=device).update(replaced_at=clock.now())
    made = DeviceKey.objects.create(id=key_id, device=device, user=by, spki=spki)
    journal.record(
        "device.key",
        by=by,
        obj=by,
        label=f"{by}：{device.name}",
        after={"key": made.pk, "replaced": replaced},
    )
    return key_id


def end_all(devices: Q) -> None:
    """These phones are turned away: what their keys sign from now on proves nothing."""
    DeviceKey.objects.live().filter(device__in=Device.objects.filter(devices)).update(revoked_at=clock.now())


def fault(key_id: str, signature: str, message: bytes, *, device_id: UUID, at: datetime) -> str:
    """Why a signature over `message`, received from this phone `at`, proves nothing; "" where it holds."""
    key = DeviceKey.objects.filter(pk=key_id).first()
    if key is None:
        return "key-unknown"
    if key.device_id != device_id:
        return "key-foreign"
    if key.revoked_at is not None and key.revoked_at < at:
        return "key-revoked"
    return "" if _holds(bytes(key.spki), signature, message) else "signature-wrong"


def _holds(spki: bytes, signature: str, message: bytes) -> bool:
    read = load_der_public_key(spki)
    assert isinstance(read, ec.EllipticCurvePublicKey)
    try:
        raw = base64.b64decode(signature, validate=True)
        numbers = int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big")
        read.verify(encode_dss_signature(*numbers), message, ec.ECDSA(SHA256()))
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return len(raw) == 2 * HALF
