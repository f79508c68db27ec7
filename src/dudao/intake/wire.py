"""Requests and answers of the door."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import msgspec
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from dudao.intake.errors import DoorBusy
from dudao.intake.exchange import Exchange, Headers
from dudao.kernel.errors import DudaoError

LOT_LIMIT = 512  # pieces handed on together; the kernel takes twice as many in one write

_encode = msgspec.json.Encoder().encode
_JSON = ("content-type", "application/json; charset=utf-8")


class Answer(NamedTuple):
    status: int
    headers: Headers
    body: bytes = b""


class Request:
    """One request at the door."""

    def __init__(self, exchange: Exchange) -> None:
        self.method = exchange.method
        self.path = exchange.path
        self._exchange = exchange
        self._untouched = True

    def header(self, name: str) -> str:
        """The value of a header by its name in small letters; "" if it was not sent."""
        return self._exchange.headers.get(name.encode(), b"").decode("latin-1")

    def length(self) -> int | None:
        """What Content-Length says, in bytes; None for a body that comes in chunks."""
        text = self.header("content-length")
        return int(text) if text.isascii() and text.isdigit() else None

    async def body(self, limit: int) -> bytes | None:
        """The whole body, or None if it is larger than `limit` bytes; no more than that is read."""
        length = self.length()
        if length is not None and length > limit:
            return None
        if length is not None:
            self._untouched = False
            return await self._exchange.body()
        collected = bytearray()
        async for piece in self._stream():
            collected += piece
            if len(collected) > limit:
                return None
        return bytes(collected)

    async def lots(self, size: int) -> AsyncIterator[list[bytes]]:
        """The body in lots of about `size` bytes, as they came. A connection that breaks just ends it."""
        lot: list[bytes] = []
        left = size
        async for piece in self._stream():
            lot.append(piece)
            left -= len(piece)
            if left <= 0 or len(lot) == LOT_LIMIT:
                yield lot
                lot, left = [], size
        if lot:
            yield lot

    async def hear_out(self, limit: int) -> None:
        """Read what is still coming, up to `limit` bytes: a client that is cut off while it sends never sees why."""
        if self._untouched and self.length() != 0 and self.method in {"POST", "PATCH", "PUT"}:
            read = 0
            async for piece in self._stream():
                read += len(piece)
                if read > limit:
                    return

    def send(self, answer: Answer) -> None:
        self._exchange.respond(answer.status, answer.headers, b"" if self.method == "HEAD" else answer.body)

    def _stream(self) -> Exchange:
        self._untouched = False
        return self._exchange


def json_answer(status: int, value: Any) -> Answer:
    return Answer(status, [_JSON], _encode(value))


def refusal(error: DudaoError, accept_language: str) -> Answer:
    """The one shape of an error, its message in the reader's language."""
    with translation.override(_language(accept_language)):
        body = _encode(error.as_json())
    headers = [_JSON, ("cache-control", "no-store")]
    if isinstance(error, DoorBusy):
        headers.append(("retry-after", str(error.retry_after)))
    return Answer(error.status, headers, body)


def _language(accept: str) -> str:
    for code, _quality in parse_accept_lang_header(accept[:200]):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return "zh-hans"
