"""What uploads do on the disk and in the database: blocking work, called from the door's threads."""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec

from dudao.intake.errors import ChecksumMismatch, UploadTooLarge
from dudao.intake.evidence_store import EvidenceStore
from dudao.intake.finishing import Record, check_hash, finish, row_of
from dudao.intake.ledgers.rows import NewFile
from dudao.intake.metadata import read_metadata
from dudao.intake.readers import Readers
from dudao.intake.sniff import HEAD_BYTES
from dudao.intake.uploads import LIFETIME, UPLOAD_LIMIT, Upload, Uploads
from dudao.kernel import clock
from dudao.kernel.ids import uuid7

if TYPE_CHECKING:
    from hashlib import _Hash

ALGORITHMS: dict[str, Callable[[], "_Hash"]] = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}

REMEMBERED_HASHES = 1024  # of uploads on their way, some hundred bytes each


class Checksum(NamedTuple):
    """What the bytes of one request must hash to."""

    algorithm: str
    digest: bytes


class Desk:
    """The uploads of one store."""

    def __init__(self, store: EvidenceStore, record: Record, readers: Readers) -> None:
        self.uploads = Uploads(store)
        self.hashes = _Hashes()
        self._store = store
        self._record = record
        self._readers = readers

    def begin(self, described: str, length: int, user_id: int) -> Upload:
        """A new upload; `done` at once when its file is stored already.

        Raises UploadMetadata, UploadTooLarge, StorageFull.
        """
        upload = self._declared(described, length, user_id)
        with self._readers.one() as ledger:
            stored = ledger.stored([upload.sha256]).get(upload.sha256) == length
        upload = msgspec.structs.replace(upload, done=stored)
        self.uploads.begin(upload)
        return upload

    def take_whole(
        self, described: str, user_id: int, lot: Sequence[bytes], checksum: Checksum | None
    ) -> tuple[Upload, NewFile]:
        """A new upload whose bytes came with its creation, all of them: kept when this returns, and stored as soon as
        the row is committed that is returned beside it.

        Nobody has been told its name before, and whoever was not told begins anew: so it needs no description on the
        disk, and nothing is left of it when it fails. Whether the file is stored already is not asked first: the answer
        is nearly always no, and bytes that come again mend what the store may have lost of them. Raises what `begin`
        and `finish` raise, and ChecksumMismatch.
        """
        upload = self._declared(described, sum(map(len, lot)), user_id)
        if checksum:
            _compare(_digest(ALGORITHMS[checksum.algorithm](), lot), checksum)
        check_hash(upload, _digest(hashlib.sha256(), lot).hexdigest(), self.uploads)
        self.uploads.check_room(upload)
        with self.uploads.passing(upload.id, lot) as (descriptor, part):
            self._store.keep_open(descriptor, part, upload.sha256)
        return upload, row_of(upload, self._store, b"".join(lot)[:HEAD_BYTES])

    def _declared(self, described: str, length: int, user_id: int) -> Upload:
        declared = read_metadata(described)
        if length > UPLOAD_LIMIT:
            raise UploadTooLarge(UPLOAD_LIMIT)
        return Upload(
            id=uuid7(),
            user_id=user_id,
            sha256=declared.sha256,
            length=length,
            declared_type=declared.filetype,
            name=declared.filename,
            entry_id=declared.entry,
            metadata=declared.header,
            expires_at=clock.now() + LIFETIME,
        )

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
    """The bytes of one request, taken lot by lot from `start` on."""

    def __init__(self, desk: Desk, upload: Upload, start: int, checksum: Checksum | None) -> None:
        self._desk = desk
        self._upload = upload
        self._start = start
        self._at = start
        self._checksum = checksum
        self._whole = desk.hashes.from_(upload, start)
        self._part = ALGORITHMS[checksum.algorithm]() if checksum else None

    def take(self, lot: Sequence[bytes]) -> None:
        """Raises UploadOffset when someone else is writing, UploadTooLarge, StorageFull."""
        if self._at + sum(map(len, lot)) > self._upload.length:
            self._take_back()
            raise UploadTooLarge(self._upload.length)
        self._at = self._desk.uploads.append(self._upload, lot, self._at)
        for digest in (self._whole, self._part):
            if digest is not None:
                _digest(digest, lot)

    def end(self) -> int:
        """The new offset. Raises ChecksumMismatch (this request's bytes are forgotten), and what finishing raises."""
        if self._part and self._checksum:
            try:
                _compare(self._part, self._checksum)
            except ChecksumMismatch:
                self._take_back()
                raise
        if self._at == self._upload.length:
            self._desk.finish(self._upload, self._whole.hexdigest() if self._whole else "")
        elif self._whole is not None:
            self._desk.hashes.keep(self._upload, self._at, self._whole)
        return self._at

    def _take_back(self) -> None:
        self._desk.uploads.take_back(self._upload, start=self._start, end=self._at)


class _Hashes:
    """Hashes of uploads on their way, carried from one request to the next in this process.

    Bytes before an offset that a request has ended at are never written again, so a hash up to there stays true. Where
    none is known (a restart, another process) the file is read again when it is whole.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[UUID, tuple[int, _Hash]] = OrderedDict()

    def from_(self, upload: Upload, start: int) -> "_Hash | None":
        """A hash of all bytes before `start`, to go on with, if there is one."""
        offset, digest = self._known.pop(upload.id, (0, None))
        if start == 0:
            return hashlib.sha256()
        return digest if offset == start else None

    def keep(self, upload: Upload, offset: int, digest: "_Hash") -> None:
        self._known[upload.id] = offset, digest
        while len(self._known) > REMEMBERED_HASHES:
            self._known.popitem(last=False)


def _digest(digest: "_Hash", lot: Sequence[bytes]) -> "_Hash":
    for piece in lot:
        digest.update(piece)
    return digest


def _compare(digest: "_Hash", expected: Checksum) -> None:
    """Raises ChecksumMismatch."""
    if not hmac.compare_digest(digest.digest(), expected.digest):
        raise ChecksumMismatch
