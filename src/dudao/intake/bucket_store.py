"""Stored files in a bucket that speaks S3 (MinIO, Ceph, a cloud). Uploads on their way stay on this machine until they are whole.

An object is put under its hash only after its bytes have been hashed here, and counts as stored only when its row is
committed: an object without a row is put again, the same bytes under the same name.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from dudao.intake.errors import StorageAway
from dudao.intake.evidence_store import READ_BYTES, EvidenceStore, full_disk_told
from dudao.kernel.ids import uuid7

_GONE = {"404", "NoSuchKey", "NotFound"}


class BucketStore(EvidenceStore):
    """`storage` is django-storages' S3 storage of the settings."""

    is_remote = True

    def __init__(self, storage: Any, root: Path) -> None:
        super().__init__(root)
        self._storage = storage

    def keep_open(self, descriptor: int, part: Path, sha256: str) -> None:
        with _told(sha256):
            self._bucket.upload_file(str(part), self.name_of(sha256))

    def size_of(self, sha256: str) -> int:
        with _told(sha256):
            size: int = self._bucket.Object(self.name_of(sha256)).content_length
            return size

    def pieces(self, sha256: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        with _told(sha256):
            wanted = (
                {}
                if start == 0 and end is None
                else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
            )
            body = self._bucket.Object(self.name_of(sha256)).get(**wanted)["Body"]
            yield from body.iter_chunks(READ_BYTES)

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile(dir=self.uploads, prefix="look-") as copy:
            with full_disk_told():
                for piece in self.pieces(sha256):
                    copy.write(piece)
                copy.flush()
            yield Path(copy.name)

    def check(self) -> None:
        name = f"check/{uuid7().hex}"
        with _told(name):
            self._bucket.put_object(Key=name, Body=b"check")
            assert self._bucket.Object(name).get()["Body"].read() == b"check"
            self._bucket.Object(name).delete()

    @property
    def _bucket(self) -> Any:
        return self._storage.bucket  # of a connection of this thread's own


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What the driver says becomes FileNotFoundError or StorageAway."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            raise FileNotFoundError(name) from error
        raise StorageAway from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageAway from error
