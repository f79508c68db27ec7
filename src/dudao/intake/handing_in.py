"""A phone's unsent work, handed in as a file at the office: looked into first, then taken through the door's own checks."""

import asyncio
import hashlib
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from dudao.intake import access, entries
from dudao.intake.entries import manifest_of
from dudao.intake.errors import EntryTooLarge
from dudao.intake.export_reading import Export, ExportedEvidence, Head, Part
from dudao.intake.finishing import row_of
from dudao.intake.ledgers import write_once
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile
from dudao.intake.models import Entry, EvidenceFile, Handover
from dudao.intake.sniff import HEAD_BYTES
from dudao.intake.states import HandoverState
from dudao.intake.stores import evidence_store
from dudao.intake.uploads import LIFETIME, Upload
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Forbidden, Invalid, StaleState
from dudao.kernel.ids import uuid7
from dudao.kernel.text import clean, shorten
from dudao.people.models import Device, User

LARGEST = 4 * 1024 * 1024 * 1024  # bytes


def look_into(file: "UploadedFile[Any]", *, by: User) -> Handover:
    """Keep an uploaded file aside and say what it holds. Raises Invalid for what cannot be taken; nothing is kept then."""
    if (file.size or 0) > LARGEST:
        raise Invalid(_("文件超过 4 GB。请让督学先上报一部分，再重新导出。"))
    handover = Handover(id=uuid7(), name=shorten(clean(file.name or ""), 200), by=by)
    place = path_of(handover)
    try:
        with place.open("wb") as copy:
            for piece in file.chunks():
                copy.write(piece)
        with place.open("rb") as source:
            export = Export(source)
            _must_be_ours(export.head, by)
            handover.user_id, handover.device_id = export.head.user, export.head.device_id
            handover.contents = _contents(export)
        with transaction.atomic():
            handover.save(force_insert=True)
            journal.record("handover.upload", by=by, obj=handover, label=handover.name)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return handover


def take(handover: Handover, *, by: User) -> Handover:
    """Take entries and files under the inspector's name, each exactly once whatever the phone sends later.

    Raises Forbidden, StaleState when it was taken or discarded meanwhile.
    """
    _may(handover, by)
    _move(handover, HandoverState.TAKEN)
    with path_of(handover).open("rb") as source:
        export = Export(source)
        outcome = _take_entries(export.head, by)
        outcome["files"] = _take_files(export, _wanted(export.head))
    with transaction.atomic():
        Handover.objects.filter(pk=handover.pk).update(outcome=outcome)
        taken = {one["id"]: one for one in outcome["entries"]}
        for entry in Entry.objects.filter(
            pk__in=[key for key, one in taken.items() if one["outcome"] == "new"]
        ).defer("body"):
            journal.record("entry.handed_in", by=by, obj=entry, label=handover.name)
        journal.record(
            "handover.take", by=by, obj=handover, label=handover.name, after={"entries": len(taken)}
        )
    path_of(handover).unlink(missing_ok=True)
    handover.refresh_from_db()
    return handover


@transaction.atomic
def discard(handover: Handover, *, by: User) -> None:
    """Forget the file. Raises Forbidden, StaleState."""
    _may(handover, by)
    _move(handover, HandoverState.DISCARDED)
    journal.record("handover.discard", by=by, obj=handover, label=handover.name)
    path_of(handover).unlink(missing_ok=True)


def forget_old() -> int:
    """Files nobody has taken within the lifetime of an upload go; what they held is told still."""
    old = Handover.objects.filter(state=HandoverState.WAITING, at__lt=clock.now() - LIFETIME)
    for handover in list(old):
        path_of(handover).unlink(missing_ok=True)
    return old.update(state=HandoverState.DISCARDED)


def path_of(handover: Handover) -> Path:
    return evidence_store().uploads / f"{handover.pk.hex}.export"


def _may(handover: Handover, by: User) -> None:
    if not Handover.objects.filter(access.scope(by), pk=handover.pk).exists():
        raise Forbidden


def _move(handover: Handover, to: HandoverState) -> None:
    if not Handover.objects.filter(pk=handover.pk, state=HandoverState.WAITING).update(state=to):
        raise StaleState(_("这个文件已被处理，请刷新页面。"))


def _must_be_ours(head: Head, by: User) -> None:
    """Raises Invalid where the work is nobody's that `by` looks after, or of a phone that person never used."""
    sender = User.objects.filter(pk=head.user).first()
    known = sender and Device.objects.filter(pk=head.device_id, user=sender).exists()
    if not known or not access.senders(by).filter(pk=head.user).exists():
        raise Invalid(
            _("文件里的内容不是本督导室督学的，或来自另一个系统，不能读入。请核对后交给督学所在的督导室。")
        )


def _wanted(head: Head) -> dict[str, ExportedEvidence]:
    """The files of entries, by hash; those of drafts stay with the phone."""
    sent = {entry.id for entry in head.entries}
    return {one.sha256: one for one in head.evidence if one.draft in sent}


def _contents(export: Export) -> dict[str, Any]:
    """What the file holds, for the person who decides."""
    head = export.head
    wanted = _wanted(head)
    parts = {part.sha256: part for part in export.parts() if part.sha256 in wanted}
    listed = []
    for entry in head.entries:
        problem = _problem(entry.body)
        files = [] if problem else sorted({one.sha256 for one in manifest_of(entry.body.encode())})
        stored = set(EvidenceFile.objects.filter(pk__in=files).values_list("pk", flat=True))
        here = {sha for sha in files if sha in stored or (sha in parts and parts[sha].is_whole)}
        listed.append(
            {
                "id": entry.id,
                "kind": entry.kind,
                "problem": problem,
                "made_at": _made_at(entry.body),
                "files": len(files),
                "missing": len(files) - len(here),
                "known": Entry.objects.filter(pk=entry.id).exists(),
            }
        )
    return {
        "entries": listed,
        "drafts": len(head.drafts.visits) + len(head.drafts.verifications),
        "files": len(parts),
        "size": sum(part.size for part in parts.values()),
        "damaged": sum(not part.is_whole for part in parts.values()),
        "is_cut_off": export.is_cut_off,
        "exported_at": head.exported_at,
    }


def _problem(body: str) -> str:
    """Why the door would not take this body; "" where it would."""
    if len(body.encode()) > entries.BODY_LIMIT:
        return str(EntryTooLarge(entries.BODY_LIMIT).message)
    try:
        entries.check(body.encode())
    except DudaoError as error:
        return str(error.message)
    return ""


def _made_at(body: str) -> str:
    try:
        return entries.check(body.encode()).made_at.isoformat()
    except DudaoError:
        return ""


def _take_entries(head: Head, by: User) -> dict[str, Any]:
    told = []
    for one in head.entries:
        problem = _problem(one.body)
        if problem:
            told.append({"id": one.id, "kind": one.kind, "outcome": "refused", "reason": problem})
            continue
        raw = one.body.encode()
        envelope, digest = entries.check(raw), hashlib.sha256(raw).hexdigest()
        row = NewEntry(
            id=envelope.entry_id, kind=envelope.kind, schema=envelope.schema, user_id=head.user,
            device_id=head.device_id, made_at=envelope.made_at, device_time=None, received_at=clock.now(),
            body=raw, body_sha256=digest,
        )  # fmt: skip
        known = _written([row], []).get(row.id)
        outcome = "new" if known is None else "known" if known.body_sha256 == digest else "differs"
        told.append({"id": str(row.id), "kind": one.kind, "outcome": outcome, "reason": ""})
    return {"entries": told}


def _take_files(export: Export, wanted: dict[str, ExportedEvidence]) -> dict[str, int]:
    """Store every whole file that an entry names and that is not stored yet."""
    counts = {"stored": 0, "known": 0, "damaged": 0}
    stored = set(EvidenceFile.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    coming: list[Any] = []  # the file whose bytes are coming, once the first of them is here

    def keep(sha256: str, piece: bytes) -> None:
        if sha256 in wanted and sha256 not in stored:
            if not coming:
                coming.append(tempfile.NamedTemporaryFile(dir=evidence_store().uploads, prefix="handed-"))  # noqa: SIM115
            coming[0].write(piece)

    try:
        for part in export.parts(keep):
            if part.sha256 in stored:
                counts["known"] += 1
            elif part.sha256 in wanted and part.is_whole:
                _store(coming[0], part, wanted[part.sha256], export.head)
                counts["stored"] += 1
            elif part.sha256 in wanted:
                counts["damaged"] += 1
            while coming:
                coming.pop().close()
    finally:
        for one in coming:
            one.close()
    return counts


def _store(file: Any, part: Part, about: ExportedEvidence, head: Head) -> None:
    """Under its hash first, then its row, as an upload does."""
    file.flush()
    file.seek(0)
    beginning = file.read(HEAD_BYTES)
    evidence_store().keep(Path(file.name), part.sha256)
    upload = Upload(
        id=uuid7(), user_id=head.user, sha256=part.sha256, length=part.size,
        declared_type=(clean(about.type) or "application/octet-stream")[:100], name=shorten(clean(about.name), 200),
        entry_id=UUID(about.draft), metadata="", expires_at=clock.now(),
    )  # fmt: skip
    _written([], [row_of(upload, evidence_store(), beginning)])


def _written(rows: list[NewEntry], files: list[NewFile]) -> dict[UUID, Known]:
    """Through the door's own writer, which knows what it has already."""
    return asyncio.run(write_once(rows, files))
