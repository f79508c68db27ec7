"""Stored files in a folder of this machine: `ab/<sha256>`, in 256 folders that are made once and kept."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dudao.intake.evidence_store import READ_BYTES, EvidenceStore, digest_of, full_disk_told
from dudao.kernel.ids import uuid7


class FolderStore(EvidenceStore):
    """The folder behind the storage "evidence", and `.uploads/` in it for what is still coming."""

    is_remote = False

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._has_folders = False  # this process has made them, or found them, and synced their entries

    def name_of(self, sha256: str) -> str:
        return f"{sha256[:2]}/{sha256}"

    def path_of(self, sha256: str) -> Path:
        """Where the file lies. Before there were 256 folders for all, nearly every file lay in one of its own below."""
        path, older = self.root / self.name_of(sha256), self.root / super().name_of(sha256)
        return older if not path.exists() and older.exists() else path

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
        """The link comes before the sync, so one sync of the disk carries bytes and name, and that of the folder finds
        little left to do. A name without a row in the database is therefore not yet a promise: after a power cut it may
        hold less, and is checked and healed here.
        """
        final = self.path_of(sha256)
        with full_disk_told():
            self._make_folders(final.parent)
            try:
                _link(descriptor, part, final)
            except FileExistsError:
                if digest_of(final) != sha256:
                    aside = self.uploads / f"{uuid7().hex}.new"
                    _link(descriptor, part, aside)
                    os.replace(aside, final)
                _sync(final)
            os.fsync(descriptor)
            _sync(final.parent)

    def _make_folders(self, wanted: Path) -> None:
        """All at once, with one sync of the folder that names them: a new folder a file cost as much as its bytes."""
        if self._has_folders and wanted.is_dir():
            return
        for number in range(256):
            (self.root / f"{number:02x}").mkdir(exist_ok=True)
        _sync(self.root)
        self._has_folders = True


def _link(descriptor: int, part: Path, name: Path) -> None:
    """`part` may be the address of an open file below /proc, which is to be followed; only with a descriptor, whichever
    it is, does Python ask for that."""
    os.link(part, name, src_dir_fd=descriptor, follow_symlinks=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
