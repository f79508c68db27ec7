"""The last step of an upload: verify, keep, record, in an order that a crash at any point leaves repairable.

1. the bytes are hashed; a mismatch drops them (the phone has its own copy);
2. they get their lasting name and are synced to the disk;
3. their row is committed: from here on the file counts as stored;
4. the description is marked done and the part removed.
After a crash the part is still whole, and the same steps run again: at the phone's next question or by the worker.
"""

import logging
import os
from collections.abc import Callable

from dudao.intake.errors import HashMismatch, UploadUnknown
from dudao.intake.evidence_store import EvidenceStore, digest_of
from dudao.intake.ledgers.rows import NewFile
from dudao.intake.sniff import HEAD_BYTES, agrees, sniff
from dudao.intake.uploads import Upload, Uploads
from dudao.kernel import clock

log = logging.getLogger(__name__)

Record = Callable[[NewFile], object]


def finish(
    upload: Upload, uploads: Uploads, store: EvidenceStore, record: Record, *, digest: str = ""
) -> None:
    """Store a whole upload. `digest` is the hash if the caller has just computed it. Does nothing the second time.

    Raises HashMismatch (the upload is dropped then), StorageFull, and what `record` raises (it can be repeated then).
    """
    with uploads.locked(upload) as descriptor:
        try:
            current = uploads.find(str(upload.id), user_id=upload.user_id)
        except UploadUnknown:
            return  # dropped while we waited for the lock
        if current.done or os.fstat(descriptor).st_size != upload.length:
            return
        part = uploads.part(upload.id)
        check_hash(upload, digest or digest_of(part), uploads)
        head = os.pread(descriptor, HEAD_BYTES, 0)
        store.keep_open(descriptor, part, upload.sha256)
        record(row_of(upload, store, head))
        uploads.mark_done(upload)


def check_hash(upload: Upload, found: str, uploads: Uploads) -> None:
    """Raises HashMismatch; the upload is dropped then."""
    if found != upload.sha256:
        uploads.drop(upload)
        log.warning("upload %s dropped: its bytes do not have the hash it named", upload.id)
        raise HashMismatch(expected=upload.sha256, found=found)


def row_of(upload: Upload, store: EvidenceStore, head: bytes) -> NewFile:
    sniffed = sniff(head)
    return NewFile(
        sha256=upload.sha256,
        size=upload.length,
        declared_type=upload.declared_type,
        sniffed_type=sniffed,
        trusted=agrees(upload.declared_type, sniffed),
        name=upload.name,
        path=store.name_of(upload.sha256),
        received_at=clock.now(),
        entry_id=upload.entry_id,
        user_id=upload.user_id,
    )
