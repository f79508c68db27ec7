"""Uploads on their way: one part file and one small description each, both in `.uploads/` of the evidence store.

The size of the part file on disk is the truth about how much has arrived, so a killed server resumes where it was.
The description is a file and not a row: part and description live and die together, and a piece that arrives costs
no database. docs/decisions/002-uploads-on-disk.md.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from dudao.intake.errors import StorageFull, UploadOffset, UploadUnknown
from dudao.intake.evidence_store import EvidenceStore, full_disk_told
from dudao.kernel import clock
from dudao.kernel.ids import uuid7

UPLOAD_LIMIT = 512 * 1024 * 1024  # bytes
RESERVE = 64 * 1024 * 1024  # bytes of the disk no upload may claim: the database lives there too
LIFETIME = timedelta(days=7)
DONE_KEPT = timedelta(days=1)  # so that a phone that missed the last answer can still ask

# How Linux is asked for a file without a name, whose only address is below /proc; 0 elsewhere.
NAMELESS: int = getattr(os, "O_TMPFILE", 0) if Path("/proc/self/fd").is_dir() else 0
_MAKES_NONE = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL}  # says a file system that cannot


class Upload(msgspec.Struct, frozen=True):
    """What the phone said when it began. `done` means stored under its hash."""

    id: UUID
    user_id: int
    sha256: str
    length: int
    declared_type: str
    name: str
    entry_id: UUID
    metadata: str
    expires_at: datetime
    done: bool = False


_decode = msgspec.json.Decoder(Upload).decode
_encode = msgspec.json.Encoder().encode


class Uploads:
    """The uploads of one store. Safe to use from many threads and processes."""

    def __init__(self, store: EvidenceStore) -> None:
        self.folder = store.uploads

    def begin(self, upload: Upload) -> None:
        """Make room for it and remember it. Raises StorageFull while nothing has been sent in vain."""
        if not upload.done:
            self.check_room(upload)
        with full_disk_told():
            if not upload.done:
                self.part(upload.id).touch()
            self._describe(upload)

    def check_room(self, upload: Upload) -> None:
        """Raises StorageFull."""
        space = os.statvfs(self.folder)
        if space.f_bavail * space.f_frsize < upload.length + RESERVE:
            raise StorageFull

    @contextmanager
    def passing(self, upload_id: UUID, lot: Sequence[bytes]) -> Iterator[tuple[int, Path]]:
        """A part with these bytes, open, and where it lies; without a description, so that nobody else can know of it.

        Gone afterwards. Where the disk can make a file without a name, naming and unnaming it is saved.
        """
        with full_disk_told():
            descriptor, part = self._open_nameless() or self._open_named(upload_id)
        try:
            with full_disk_told():
                _write(descriptor, lot, 0)
            yield descriptor, part
        finally:
            os.close(descriptor)
            if part.parent == self.folder:
                part.unlink(missing_ok=True)

    def _open_nameless(self) -> tuple[int, Path] | None:
        if not NAMELESS:
            return None
        try:
            descriptor = os.open(self.folder, os.O_RDWR | NAMELESS, 0o644)
        except OSError as error:
            if error.errno in _MAKES_NONE:
                return None
            raise
        return descriptor, Path(f"/proc/self/fd/{descriptor}")

    def _open_named(self, upload_id: UUID) -> tuple[int, Path]:
        part = self.part(upload_id)
        return os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644), part

    def find(self, text: str, *, user_id: int) -> Upload:
        """The upload named `text` if it is this user's. Raises UploadUnknown otherwise."""
        try:
            upload = _decode(self._description(UUID(text)).read_bytes())
        except (ValueError, FileNotFoundError, msgspec.DecodeError):
            raise UploadUnknown from None
        if upload.user_id != user_id:
            raise UploadUnknown
        return upload

    def every(self) -> Iterator[Upload]:
        for path in sorted(self.folder.glob("*.json")):
            try:
                yield _decode(path.read_bytes())
            except (FileNotFoundError, msgspec.DecodeError):  # ended meanwhile, or lost in a power cut
                continue

    def offset(self, upload: Upload) -> int:
        """How many bytes have arrived."""
        if upload.done:
            return upload.length
        try:
            return self.part(upload.id).stat().st_size
        except FileNotFoundError:  # done or dropped meanwhile
            if self.find(str(upload.id), user_id=upload.user_id).done:
                return upload.length
            raise UploadUnknown from None  # the part was lost: the phone begins anew

    def seconds_at_rest(self, upload: Upload) -> float:
        """How long ago the last byte came. Raises UploadUnknown if the part is gone."""
        try:
            return time.time() - self.part(upload.id).stat().st_mtime
        except FileNotFoundError:
            raise UploadUnknown from None

    @contextmanager
    def locked(self, upload: Upload) -> Iterator[int]:
        """The part file, open for this caller alone; the lock goes with the process. Raises UploadUnknown."""
        try:
            descriptor = os.open(self.part(upload.id), os.O_RDWR)
        except FileNotFoundError:
            raise UploadUnknown from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def append(self, upload: Upload, lot: Sequence[bytes], at: int) -> int:
        """Write the pieces of `lot` at `at` and return the new end.

        Raises UploadOffset when someone else has written there first, and StorageFull. The lock is held for the
        writing only, never while waiting for a slow phone.
        """
        try:
            with self.locked(upload) as descriptor, full_disk_told():
                size = os.fstat(descriptor).st_size
                if size != at:
                    raise UploadOffset(expected=size)
                _write(descriptor, lot, at)
        except UploadUnknown:  # finished by someone faster, or dropped
            raise UploadOffset(expected=self.offset(upload)) from None
        return at + sum(map(len, lot))

    def take_back(self, upload: Upload, *, start: int, end: int) -> None:
        """Forget the bytes from `start` on, if nothing has come after `end`."""
        with self.locked(upload) as descriptor:
            if os.fstat(descriptor).st_size == end:
                os.ftruncate(descriptor, start)

    def mark_done(self, upload: Upload) -> None:
        """The file is stored and recorded: the part goes, the description stays a day for a late question."""
        self._describe(msgspec.structs.replace(upload, done=True, expires_at=clock.now() + DONE_KEPT))
        self.clear(upload)

    def clear(self, upload: Upload) -> bool:
        """Remove the part of a done upload. Returns whether there was one: a crash may have come in between."""
        try:
            self.part(upload.id).unlink()
        except FileNotFoundError:
            return False
        return True

    def drop(self, upload: Upload) -> None:
        self._description(upload.id).unlink(missing_ok=True)
        self.part(upload.id).unlink(missing_ok=True)

    def part(self, upload_id: UUID) -> Path:
        return self.folder / f"{upload_id.hex}.part"

    def _description(self, upload_id: UUID) -> Path:
        return self.folder / f"{upload_id.hex}.json"

    def _describe(self, upload: Upload) -> None:
        """Whole or not at all: written aside, then renamed."""
        aside = self.folder / f"{uuid7().hex}.new"
        aside.write_bytes(_encode(upload))
        os.replace(aside, self._description(upload.id))


def _write(descriptor: int, lot: Sequence[bytes], at: int) -> None:
    written = os.pwritev(descriptor, lot, at)
    rest = memoryview(b"".join(lot))[written:] if written < sum(map(len, lot)) else memoryview(b"")
    while rest:  # a disk nearly full takes a part and refuses the next
        more = os.pwrite(descriptor, rest, at + written)
        rest, written = rest[more:], written + more
