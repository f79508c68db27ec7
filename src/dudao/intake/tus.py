"""Resumable uploads: tus 1.0.0 with creation, creation-with-upload, checksum, expiration and termination.

The protocol is https://tus.io/protocols/resumable-upload; what is ours stands in docs/field-api.md §4.
"""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import format_datetime
from typing import ParamSpec, TypeVar

from dudao.intake.errors import (
    ChecksumAlgorithm,
    DoorBusy,
    MethodRefused,
    UploadMetadata,
    UploadOffset,
    UploadTooLarge,
    UploadType,
    UploadVersion,
)
from dudao.intake.guard import Sender
from dudao.intake.ledgers.rows import NewFile
from dudao.intake.receiving import ALGORITHMS, Checksum, Desk, Receipt
from dudao.intake.uploads import UPLOAD_LIMIT, Upload
from dudao.intake.wire import Answer, Request

P = ParamSpec("P")
T = TypeVar("T")

VERSION = "1.0.0"
HEADERS = [("tus-resumable", VERSION), ("tus-version", VERSION), ("cache-control", "no-store")]
AT_ONCE = 256  # uploads whose bytes are coming in; slow phones hold no thread, so this is about memory alone
MEMORY = 32 * 1024 * 1024  # bytes gathered in all before they are written
LOT_BYTES = 1024 * 1024  # of one upload, at most
OFFSET_STREAM = "application/offset+octet-stream"

ABILITIES = Answer(
    204,
    [
        *HEADERS,
        ("tus-extension", "creation,creation-with-upload,checksum,expiration,termination"),
        ("tus-max-size", str(UPLOAD_LIMIT)),
        ("tus-checksum-algorithm", ",".join(ALGORITHMS)),
    ],
)


class Tus:
    """The protocol's verbs. Everything that touches the disk or reads the database is the desk's and runs in `threads`;
    the row of a file that came whole is committed from here, which saves its thread a turn to the loop and back.
    """

    def __init__(
        self, desk: Desk, threads: ThreadPoolExecutor, commit: Callable[[NewFile], Awaitable[object]]
    ) -> None:
        self._desk = desk
        self._threads = threads
        self._commit = commit
        self._receiving = 0

    async def answer(self, request: Request, name: str, sender: Sender) -> Answer:
        """`name` is what follows /door/files/, "" for the collection."""
        method = request.method
        if method == "POST":
            method = request.header("x-http-method-override") or method
        if request.header("tus-resumable") != VERSION:
            raise UploadVersion
        if not name and method == "POST":
            return await self._create(request, sender)
        if name and method == "PATCH":
            return await self._patch(request, name, sender)
        if name and method == "HEAD":
            return _told(*await self._in_thread(self._desk.resume, name, sender.user_id))
        if name and method == "DELETE":
            await self._in_thread(self._desk.call_off, name, sender.user_id)
            return Answer(204, HEADERS)
        raise MethodRefused(method)

    async def _create(self, request: Request, sender: Sender) -> Answer:
        length = _whole(request.header("upload-length"), "Upload-Length")
        described = request.header("upload-metadata")
        if request.header("content-type") != OFFSET_STREAM and length > 0:
            return _created(await self._in_thread(self._desk.begin, described, length, sender.user_id))
        checksum = _checksum(request.header("upload-checksum"))
        if (request.length() or 0) > length:
            raise UploadTooLarge(length)
        with self._one_more() as lot_bytes:
            lots = request.lots(lot_bytes)
            if (
                request.length() == length <= lot_bytes
            ):  # at once; nobody could go on after a break, unnamed as it is
                first = [await request.body(lot_bytes) or b""]
            else:
                first = await anext(lots, [])
            if sum(map(len, first)) == length:  # a photo: one visit to the disk
                work = self._desk.take_whole
                upload, row = await self._in_thread(work, described, sender.user_id, first, checksum)
                await self._commit(row)
                return _created(upload, length)
            upload = await self._in_thread(self._desk.begin, described, length, sender.user_id)
            if upload.done:
                return _created(upload)
            receipt = Receipt(self._desk, upload, 0, checksum)
            await self._in_thread(receipt.take, first)
            return _created(upload, await self._take_all(receipt, lots))

    async def _patch(self, request: Request, name: str, sender: Sender) -> Answer:
        upload, arrived = await self._in_thread(self._desk.look, name, sender.user_id)
        if request.header("content-type") != OFFSET_STREAM:
            raise UploadType
        if _whole(request.header("upload-offset"), "Upload-Offset") != arrived:
            raise UploadOffset(expected=arrived)
        if not upload.done:
            arrived = await self._receive(request, upload, arrived)
        return _progress(204, upload, arrived)

    async def _receive(self, request: Request, upload: Upload, start: int) -> int:
        """Write what comes, check it, and finish the upload if it is whole. Returns the new offset.

        A connection that breaks leaves what came: the stream just ends, and the phone asks for the offset.
        """
        checksum = _checksum(request.header("upload-checksum"))
        if (request.length() or 0) > upload.length - start:
            raise UploadTooLarge(upload.length)
        with self._one_more() as lot_bytes:
            receipt = Receipt(self._desk, upload, start, checksum)
            return await self._take_all(receipt, request.lots(lot_bytes))

    async def _take_all(self, receipt: Receipt, lots: AsyncIterator[list[bytes]]) -> int:
        """One lot is written while the next comes in."""
        writing: asyncio.Future[None] | None = None
        try:
            async for lot in lots:
                if writing is not None:
                    await writing
                writing = asyncio.ensure_future(self._in_thread(receipt.take, lot))
        finally:
            if writing is not None:
                await writing
        return await self._in_thread(receipt.end)

    @contextmanager
    def _one_more(self) -> Iterator[int]:
        """Count an upload whose bytes come in; gives the bytes it may gather at a time. Raises DoorBusy."""
        if self._receiving >= AT_ONCE:
            raise DoorBusy
        self._receiving += 1
        try:
            yield min(LOT_BYTES, MEMORY // self._receiving)
        finally:
            self._receiving -= 1

    async def _in_thread(self, work: Callable[P, T], *values: P.args, **_none: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *values)


def _created(upload: Upload, offset: int = 0) -> Answer:
    place = ("location", f"/door/files/{upload.id}")
    return _progress(201, upload, upload.length if upload.done else offset, place)


def _told(upload: Upload, offset: int) -> Answer:
    return _progress(
        200, upload, offset, ("upload-length", str(upload.length)), ("upload-metadata", upload.metadata)
    )


def _progress(status: int, upload: Upload, offset: int, *more: tuple[str, str]) -> Answer:
    expires = ("upload-expires", format_datetime(upload.expires_at, usegmt=True))
    return Answer(status, [*HEADERS, ("upload-offset", str(offset)), expires, *more])


def _whole(text: str, field: str) -> int:
    """A header that must be a whole number from 0. Raises UploadMetadata."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise UploadMetadata(field)
    return int(text)


def _checksum(header: str) -> Checksum | None:
    """Raises ChecksumAlgorithm for one we do not offer, UploadMetadata for nonsense."""
    if not header:
        return None
    algorithm, _space, text = header.partition(" ")
    if algorithm not in ALGORITHMS:
        raise ChecksumAlgorithm
    try:
        return Checksum(algorithm, base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise UploadMetadata("Upload-Checksum") from None
