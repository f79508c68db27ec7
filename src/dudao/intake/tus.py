"""Resumable uploads: tus 1.0.0 with creation, creation-with-upload, checksum, expiration and termination.

The protocol is https://tus.io/protocols/resumable-upload; what is ours stands in docs/field-api.md §4.
"""

import base64
import binascii
import hashlib
import hmac
import threading
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from dudao.intake.committer import Committer
from dudao.intake.errors import (
    ChecksumAlgorithm,
    ChecksumMismatch,
    DoorBusy,
    MethodRefused,
    UploadMetadata,
    UploadOffset,
    UploadTooLarge,
    UploadType,
    UploadVersion,
)
from dudao.intake.evidence_store import EvidenceStore
from dudao.intake.finishing import finish
from dudao.intake.guard import Guard, Sender
from dudao.intake.metadata import Declared, read_metadata
from dudao.intake.readers import Readers
from dudao.intake.uploads import LIFETIME, UPLOAD_LIMIT, Upload, Uploads
from dudao.intake.wire import Answer, Environ
from dudao.kernel import clock
from dudao.kernel.ids import uuid7

if TYPE_CHECKING:
    from hashlib import _Hash

VERSION = "1.0.0"
HEADERS = [("Tus-Resumable", VERSION), ("Tus-Version", VERSION), ("Cache-Control", "no-store")]
PIECE = 256 * 1024  # bytes read at a time: the memory an upload costs
AT_ONCE = 96  # half of the request threads: pages keep the other half, however slow the phones are
TURN_SECONDS = 0.5
_OFFSET_STREAM = "application/offset+octet-stream"
_EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
_ALGORITHMS: dict[str, Callable[[], "_Hash"]] = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}


class Tus:
    """The protocol's verbs on one store."""

    def __init__(self, store: EvidenceStore, committer: Committer, readers: Readers) -> None:
        self._store = store
        self._uploads = Uploads(store)
        self._committer = committer
        self._readers = readers
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def answer(self, environ: Environ, method: str, rest: str, guard: Guard) -> Answer:
        method = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", method) if method == "POST" else method
        if method == "OPTIONS":
            return _abilities()
        sender = guard.admit(environ.get("HTTP_AUTHORIZATION", ""), now=clock.now())
        if environ.get("HTTP_TUS_RESUMABLE") != VERSION:
            raise UploadVersion
        if not rest and method == "POST":
            return self._create(environ, sender)
        if rest and method in {"HEAD", "PATCH", "DELETE"}:
            upload = self._uploads.find(rest, user_id=sender.user_id)
            verbs = {"HEAD": self._head, "PATCH": self._patch, "DELETE": self._delete}
            return verbs[method](environ, upload)
        raise MethodRefused(method)

    def _create(self, environ: Environ, sender: Sender) -> Answer:
        declared = read_metadata(environ.get("HTTP_UPLOAD_METADATA", ""))
        length = whole(environ.get("HTTP_UPLOAD_LENGTH", ""), UploadMetadata("Upload-Length"))
        if length > UPLOAD_LIMIT:
            raise UploadTooLarge(UPLOAD_LIMIT)
        with self._readers.one() as ledger:
            stored = ledger.stored([declared.sha256]).get(declared.sha256) == length
        upload = _new_upload(declared, length, sender, done=stored)
        self._uploads.begin(upload)
        place = ("Location", f"/door/files/{upload.id}")
        if stored:
            return _progress(201, upload, length, place)
        if environ.get("CONTENT_TYPE") == _OFFSET_STREAM or length == 0:
            return _progress(201, upload, self._receive(environ, upload, 0), place)
        return _progress(201, upload, 0, place)

    def _head(self, environ: Environ, upload: Upload) -> Answer:
        """Where to go on. A whole upload that a crash left unfinished is finished now, or dropped for a new start."""
        offset = self._uploads.offset(upload)
        if offset == upload.length and not upload.done:
            finish(upload, self._uploads, self._store, self._committer.add)
        return _progress(
            200,
            upload,
            offset,
            ("Upload-Length", str(upload.length)),
            ("Upload-Metadata", upload.metadata),
        )

    def _patch(self, environ: Environ, upload: Upload) -> Answer:
        if environ.get("CONTENT_TYPE") != _OFFSET_STREAM:
            raise UploadType
        at = whole(environ.get("HTTP_UPLOAD_OFFSET", ""), UploadMetadata("Upload-Offset"))
        arrived = self._uploads.offset(upload)
        if at != arrived:
            raise UploadOffset(expected=arrived)
        if upload.done:
            return _progress(204, upload, arrived)
        return _progress(204, upload, self._receive(environ, upload, at))

    def _delete(self, environ: Environ, upload: Upload) -> Answer:
        self._uploads.drop(upload)
        return Answer(204, HEADERS)

    def _receive(self, environ: Environ, upload: Upload, start: int) -> int:
        """Write what comes, check it, and finish the upload if it is whole. Returns the new offset."""
        if int(environ.get("CONTENT_LENGTH") or 0) > upload.length - start:
            raise UploadTooLarge(upload.length)
        if not self._turns.acquire(timeout=TURN_SECONDS):
            raise DoorBusy
        try:
            expected = _read_checksum(environ.get("HTTP_UPLOAD_CHECKSUM", ""))
            end, digest = self._write(environ["wsgi.input"], upload, start, expected)
        finally:
            self._turns.release()
        if end == upload.length:
            finish(upload, self._uploads, self._store, self._committer.add, digest=digest)
        return end

    def _write(
        self, stream: Any, upload: Upload, start: int, expected: tuple[str, bytes] | None
    ) -> tuple[int, str]:
        """The new end, and the SHA-256 of the whole if this request carried the whole (else "").

        A connection that breaks leaves what came: the stream just ends, and the phone asks for the offset.
        """
        whole_digest = hashlib.sha256() if start == 0 else None
        piece_digest = _ALGORITHMS[expected[0]]() if expected else None
        at = start
        while piece := stream.read(PIECE):
            if at + len(piece) > upload.length:
                self._uploads.take_back(upload, start=start, end=at)
                raise UploadTooLarge(upload.length)
            at = self._uploads.append(upload, piece, at)
            for digest in filter(None, (whole_digest, piece_digest)):
                digest.update(piece)
        if expected and piece_digest and not hmac.compare_digest(piece_digest.digest(), expected[1]):
            self._uploads.take_back(upload, start=start, end=at)
            raise ChecksumMismatch
        return at, whole_digest.hexdigest() if whole_digest else ""


def whole(text: str, otherwise: Exception) -> int:
    """A header that must be a whole number from 0; raises `otherwise` if it is not."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise otherwise
    return int(text)


def _new_upload(declared: Declared, length: int, sender: Sender, *, done: bool) -> Upload:
    return Upload(
        id=uuid7(),
        user_id=sender.user_id,
        sha256=declared.sha256,
        length=length,
        declared_type=declared.filetype,
        name=declared.filename,
        entry_id=declared.entry,
        metadata=declared.header,
        expires_at=clock.now() + LIFETIME,
        done=done,
    )


def _abilities() -> Answer:
    return Answer(
        204,
        [
            *HEADERS,
            ("Tus-Extension", _EXTENSIONS),
            ("Tus-Max-Size", str(UPLOAD_LIMIT)),
            ("Tus-Checksum-Algorithm", ",".join(_ALGORITHMS)),
        ],
    )


def _progress(status: int, upload: Upload, offset: int, *more: tuple[str, str]) -> Answer:
    expires = ("Upload-Expires", _http_date(upload.expires_at))
    return Answer(status, [*HEADERS, ("Upload-Offset", str(offset)), expires, *more])


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _read_checksum(header: str) -> tuple[str, bytes] | None:
    """Algorithm and digest. Raises ChecksumAlgorithm for one we do not offer, UploadMetadata for nonsense."""
    if not header:
        return None
    algorithm, _space, text = header.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise ChecksumAlgorithm
    try:
        return algorithm, base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise UploadMetadata("Upload-Checksum") from None
