"""Stored files: addressed by content, written once, never replaced."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.core.files.storage import FileSystemStorage, storages

from dudao.intake.errors import StorageFull

READ_BYTES = 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class EvidenceStore:
    """The folder behind the storage "evidence": `ab/cd/<sha256>`, and `.uploads/` for what is still coming."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uploads = root / ".uploads"
        self.uploads.mkdir(parents=True, exist_ok=True)
        self._safe: set[Path] = set()  # folders whose own entry this process has synced

    @classmethod
    @cache
    def of_settings(cls) -> "EvidenceStore":
        storage = storages["evidence"]
        assert isinstance(storage, FileSystemStorage)
        return cls(Path(storage.location))

    def name_of(self, sha256: str) -> str:
        """The path inside the storage."""
        return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def path_of(self, sha256: str) -> Path:
        return self.root / self.name_of(sha256)

    def fault_of(self, sha256: str) -> str:
        """Hash the stored file again: "missing", "changed", or "" where it is what it was."""
        try:
            return "" if digest_of(self.path_of(sha256)) == sha256 else "changed"
        except FileNotFoundError:
            return "missing"

    def keep(self, part: Path, sha256: str) -> None:
        """Give the verified bytes of `part` their lasting name, durably. `part` itself stays.

        The link comes before the sync, so one sync of the disk carries bytes and name, and those of the folders find
        little left to do; a folder whose own entry is safe is not synced above. A name without a row in the database
        is therefore not yet a promise: after a power cut it may hold less, and is checked and healed here. Raises
        StorageFull.
        """
        descriptor = os.open(part, os.O_RDONLY)
        try:
            self.keep_open(descriptor, part, sha256)
        finally:
            os.close(descriptor)

    def keep_open(self, descriptor: int, part: Path, sha256: str) -> None:
        """The same for a part that is open already."""
        final = self.path_of(sha256)
        with full_disk_told():
            if not final.parent.is_dir():
                final.parent.mkdir(parents=True, exist_ok=True)
                self._safe.difference_update(_folders(final))
            try:
                os.link(part, final)
            except FileExistsError:
                if digest_of(final) != sha256:
                    os.replace(part, final)
                _sync(final)
            os.fsync(descriptor)
            for folder in (final.parent, *self._holding_new(final)):
                _sync(folder)
            self._safe.update(_folders(final))

    def _holding_new(self, final: Path) -> list[Path]:
        """The folders above that hold an entry this process has not synced yet."""
        return [folder.parent for folder in _folders(final) if folder not in self._safe]


def digest_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


@contextmanager
def full_disk_told() -> Iterator[None]:
    """A full disk, quota or size limit becomes StorageFull; every other fault passes."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        raise


def _folders(final: Path) -> list[Path]:
    """`ab/cd` and `ab` of a file."""
    return [final.parent, final.parent.parent]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
