"""Where a stored file comes from and whether it is still what it was: for pages that must be believed."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from dudao.intake.kinds import ManifestFile
from dudao.intake.models import Entry, EvidenceFile, ExpectedFile
from dudao.intake.states import Fault, Standing
from dudao.intake.stores import evidence_store
from dudao.people.models import Device


class Origin(NamedTuple):
    """What is known of one file. `captured_at` is by the phone's clock, `received_at` by the server's.

    `masks` is the hash of the photo of which it is the copy with faces covered.
    What came by a page and not from a phone has no capture, no device and no signature.
    """

    sha256: str
    size: int
    received_at: datetime
    captured_at: datetime | None
    accuracy_m: float | None
    device: str
    standing: Standing | None
    fault: Fault | None
    masks: str = ""

    @property
    def is_sound(self) -> bool:
        return self.fault is None


class _Manifest(msgspec.Struct):
    manifest: list[ManifestFile] = []


class _Body(msgspec.Struct):
    payload: _Manifest


_decode = msgspec.json.Decoder(_Body).decode


def origins(hashes: Sequence[str]) -> list[Origin]:
    """The files with these hashes that are stored, in this order; each is hashed again now."""
    files = EvidenceFile.objects.in_bulk(hashes)
    entries = _entries(hashes)
    devices = Device.objects.in_bulk({entry.device_id for entry in entries.values()})
    store = evidence_store()
    found = []
    for sha256 in hashes:
        if (file := files.get(sha256)) is None:
            continue
        entry = entries.get(sha256)
        taken = _taken(entry, sha256)
        device = devices.get(entry.device_id) if entry else None
        fault = store.fault_of(sha256)
        found.append(
            Origin(
                sha256=sha256,
                size=file.size,
                received_at=file.received_at,
                captured_at=taken.captured_at if taken else None,
                accuracy_m=taken.place.accuracy_m if taken and taken.place else None,
                device=device.name if device else "",
                standing=Standing(entry.proof.standing) if entry and hasattr(entry, "proof") else None,
                fault=Fault(fault) if fault else None,
                masks=taken.masks if taken else "",
            )
        )
    return found


def _entries(hashes: Sequence[str]) -> dict[str, Entry]:
    """The first entry whose manifest names each of these."""
    rows = ExpectedFile.objects.filter(sha256__in=hashes).select_related("entry__proof")
    found: dict[str, Entry] = {}
    for row in rows.order_by("entry__received_at", "entry_id"):
        found.setdefault(row.sha256, row.entry)
    return found


def _taken(entry: Entry | None, sha256: str) -> ManifestFile | None:
    if entry is None:
        return None
    listed = _decode(bytes(entry.body)).payload.manifest
    return next((one for one in listed if one.sha256 == sha256), None)
