"""What uploads do on the disk and in the database: blocking work, called from the door's threads."""

import hashlib
import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from dudao.intake.errors import ChecksumMismatch, UploadTooLarge
from dudao.intake.evidence_store import EvidenceStore
from dudao.intake.finishing import Record, finish
from dudao.intake.metadata import read_metadata
from dudao.intake.readers import Readers
from dudao.intake.uploads import LIFETIME, UPLOAD_LIMIT, Upload, Uploads
from dudao.kernel import clock
from dudao.kernel.ids import uuid7

if TYPE_CHECKING:
    from hashlib import _Hash

ALGORITHMS: dict[str, Callable[[], "_Hash"]] = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}


class Checksum(NamedTuple):
    """What the bytes of one request must hash to."""

    algorithm: str
    digest: bytes


class Desk:
    """The uploads of one store."""

    def __init__(self, store: EvidenceStore, record: Record, readers: Readers) -> None:
        self.uploads = Uploads(store)
        self._store = store
        self._record = record
        self._readers = readers

    def begin(self, described: str, length: int, user_id: int) -> Upload:
        """A new upload; `done` at once when its file is stored already.

        Raises UploadMetadata, UploadTooLarge, StorageFull.
        """
        declared = read_metadata(described)
        if length > UPLOAD_LIMIT:
            raise UploadTooLarge(UPLOAD_LIMIT)
        with self._readers.one() as ledger:
            stored = ledger.stored([declared.sha256]).get(declared.sha256) == length
        upload = Upload(
            id=uuid7(),
            user_id=user_id,
            sha256=declared.sha256,
            length=length,
            declared_type=declared.filetype,
            name=declared.filename,
            entry_id=declared.entry,
            metadata=declared.header,
            expires_at=clock.now() + LIFETIME,
            done=stored,
        )
        self.uploads.begin(upload)
        return upload

    def look(self, name: str, user_id: int) -> tuple[Upload, int]:
        """The upload and how much of it has arrived. Raises UploadUnknown."""
        upload = self.uploads.find(name, user_id=user_id)
        return upload, self.uploads.offset(upload)

    def resume(self, name: str, user_id: int) -> tuple[Upload, int]:
        """Where to go on. A whole upload that a crash left unfinished is finished now, or dropped for a new start."""
        upload, offset = self.look(name, user_id)
        if offset == upload.length and not upload.done:
            self.finish(upload)
        return upload, offset

    def call_off(self, name: str, user_id: int) -> None:
        self.uploads.drop(self.uploads.find(name, user_id=user_id))

    def finish(self, upload: Upload, digest: str = "") -> None:
        finish(upload, self.uploads, self._store, self._record, digest=digest)


class Receipt:
    """The bytes of one request, taken piece by piece from `start` on."""

    def __init__(self, desk: Desk, upload: Upload, start: int, checksum: Checksum | None) -> None:
        self._desk = desk
        self._upload = upload
        self._start = start
        self._at = start
        self._checksum = checksum
        # A request that carries the whole file has hashed it on the way; otherwise it is read again at the end.
        self._whole = hashlib.sha256() if start == 0 else None
        self._part = ALGORITHMS[checksum.algorithm]() if checksum else None

    def take(self, piece: bytes) -> None:
        """Raises UploadOffset when someone else is writing, UploadTooLarge, StorageFull."""
        if self._at + len(piece) > self._upload.length:
            self._take_back()
            raise UploadTooLarge(self._upload.length)
        self._at = self._desk.uploads.append(self._upload, piece, self._at)
        for digest in (self._whole, self._part):
            if digest is not None:
                digest.update(piece)

    def end(self) -> int:
        """The new offset. Raises ChecksumMismatch (this request's bytes are forgotten), and what finishing raises."""
        part, expected = self._part, self._checksum
        if part and expected and not hmac.compare_digest(part.digest(), expected.digest):
            self._take_back()
            raise ChecksumMismatch
        if self._at == self._upload.length:
            self._desk.finish(self._upload, self._whole.hexdigest() if self._whole else "")
        return self._at

    def _take_back(self) -> None:
        self._desk.uploads.take_back(self._upload, start=self._start, end=self._at)
