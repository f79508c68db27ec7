"""Stored files in a folder of this machine: `ab/cd/<sha256>`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dudao.intake.evidence_store import READ_BYTES, EvidenceStore, digest_of, full_disk_told


class FolderStore(EvidenceStore):
    """The folder behind the storage "evidence", and `.uploads/` in it for what is still coming."""

    is_remote = False

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._safe: set[Path] = set()  # folders whose own entry this process has synced

    def path_of(self, sha256: str) -> Path:
        return self.root / self.name_of(sha256)

    def size_of(self, sha256: str) -> int:
        return self.path_of(sha256).stat().st_size

    def pieces(self, sha256: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        return self.pieces_of(self.path_of(sha256), start, end)

    @staticmethod
    def pieces_of(path: Path, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The same of any file."""
        with path.open("rb", buffering=0) as file:
            left = (os.fstat(file.fileno()).st_size if end is None else end) - start
            file.seek(start)
            while left > 0 and (piece := file.read(min(READ_BYTES, left))):
                left -= len(piece)
                yield piece

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        yield self.path_of(sha256)

    def check(self) -> None:
        part = self.uploads / f"check-{os.getpid()}"
        with full_disk_told():
            part.write_bytes(b"check")
        part.unlink()

    def keep_open(self, descriptor: int, part: Path, sha256: str) -> None:
        """The link comes before the sync, so one sync of the disk carries bytes and name, and those of the folders find
        little left to do; a folder whose own entry is safe is not synced above. A name without a row in the database
        is therefore not yet a promise: after a power cut it may hold less, and is checked and healed here.
        """
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


def _folders(final: Path) -> list[Path]:
    """`ab/cd` and `ab` of a file."""
    return [final.parent, final.parent.parent]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
