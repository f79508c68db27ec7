"""Looking after uploads: what a crash left whole is finished, what nobody wants any more is removed."""

import asyncio
import logging
import time

from dudao.intake import handing_in
from dudao.intake.errors import HashMismatch, StorageAway, UploadUnknown
from dudao.intake.evidence_store import EvidenceStore
from dudao.intake.finishing import finish
from dudao.intake.ledgers import write_once
from dudao.intake.ledgers.rows import NewFile
from dudao.intake.stores import evidence_store
from dudao.intake.uploads import Upload, Uploads
from dudao.kernel import clock

log = logging.getLogger(__name__)

AT_REST_SECONDS = 2.0  # a part untouched for so long is nobody's work at this moment
STRAY_SECONDS = 24 * 3600.0


def tend() -> int:
    """One look over all uploads; returns how many were finished or removed."""
    store = evidence_store()
    uploads = Uploads(store)
    return (
        sum(_tend_one(upload, uploads, store) for upload in uploads.every())
        + _sweep(uploads)
        + handing_in.forget_old()
    )


def _tend_one(upload: Upload, uploads: Uploads, store: EvidenceStore) -> int:
    if upload.expires_at < clock.now():
        uploads.drop(upload)
        return 1
    if upload.done:
        return uploads.clear(upload)
    try:
        if uploads.offset(upload) != upload.length or uploads.seconds_at_rest(upload) < AT_REST_SECONDS:
            return 0
        finish(upload, uploads, store, _record)
    except (HashMismatch, StorageAway, UploadUnknown):
        return 0  # dropped, ended, or for the next look
    log.warning("upload %s was whole but not recorded; finished now", upload.id)
    return 1


def _record(row: NewFile) -> None:
    asyncio.run(write_once([], [row]))


def _sweep(uploads: Uploads) -> int:
    """Remove parts without a description and descriptions never put in place, both left by a crash."""
    removed = 0
    for path in [*uploads.folder.glob("*.part"), *uploads.folder.glob("*.new")]:
        if path.with_suffix(".json").exists():
            continue
        try:
            if time.time() - path.stat().st_mtime > STRAY_SECONDS:
                path.unlink()
                removed += 1
        except FileNotFoundError:  # ended meanwhile
            continue
    return removed
