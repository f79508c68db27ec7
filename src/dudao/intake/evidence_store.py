"""Stored files: addressed by content, written once, never replaced. In a folder (folder_store) or a bucket (bucket_store)."""

import errno
import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import ClassVar

from dudao.intake.errors import StorageFull

READ_BYTES = 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class EvidenceStore(ABC):
    """Where files are kept. What is still coming is always in a folder of this machine, `.uploads/` of `root`.

    Every method that reads raises FileNotFoundError for a file that is not there; every method of a remote store also
    StorageAway while it is out of reach.
    """

    is_remote: ClassVar[bool]

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uploads = root / ".uploads"
        self.uploads.mkdir(parents=True, exist_ok=True)

    def name_of(self, sha256: str) -> str:
        """The path inside the store."""
        return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def keep(self, part: Path, sha256: str) -> None:
        """Give the verified bytes of `part` their lasting name, durably. `part` itself stays. Raises StorageFull."""
        descriptor = os.open(part, os.O_RDONLY)
        try:
            self.keep_open(descriptor, part, sha256)
        finally:
            os.close(descriptor)

    @abstractmethod
    def keep_open(self, descriptor: int, part: Path, sha256: str) -> None:
        """The same for a part that is open already."""

    @abstractmethod
    def size_of(self, sha256: str) -> int: ...

    @abstractmethod
    def pieces(self, sha256: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` to before `end`, piece by piece."""

    @abstractmethod
    def local(self, sha256: str) -> AbstractContextManager[Path]:
        """The file on this machine, for as long as the context lasts; it must not be written to."""

    @abstractmethod
    def check(self) -> None:
        """Write a small object and take it away again. Raises what goes wrong."""

    def read(self, sha256: str) -> bytes:
        return b"".join(self.pieces(sha256))

    def fault_of(self, sha256: str) -> str:
        """Hash the stored file again: "missing", "changed", or "" where it is what it was."""
        digest = hashlib.sha256()
        try:
            for piece in self.pieces(sha256):
                digest.update(piece)
        except FileNotFoundError:
            return "missing"
        return "" if digest.hexdigest() == sha256 else "changed"


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
