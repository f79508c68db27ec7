"""One request to the door on its connection, with as little as possible between the socket and the door.

uvicorn's connection, which reads and frames HTTP, holds one of these where it holds a cycle of ASGI for a page; the names it calls
are its own. A cycle of ASGI costs a dict and a call for every step, about as much as the door's own work.
docs/decisions/001-the-door.md has the figures.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

HIGH_WATER = 256 * 1024  # bytes of a body that wait to be read before the phone is made to wait

Headers = list[tuple[str, str]]

_NO_BODY = {204, 304}


class Exchange:
    """The body to come and the answer to give. Iteration just ends when the phone goes away."""

    def __init__(self, connection: Any, *, keep_alive: bool) -> None:
        self.method: str = connection.scope["method"]
        self.path: str = connection.url.partition(b"?")[0].decode("latin-1")
        self.headers: dict[bytes, bytes] = dict(connection.headers)
        self.keep_alive = keep_alive
        self.response_complete = False
        self.disconnected = False
        self._connection = connection
        self._asks_first = connection.expect_100_continue
        self._pieces: list[bytes] = []
        self._size = 0
        self._room = HIGH_WATER
        self._is_whole = False
        self._news: asyncio.Future[None] | None = None

    @property
    def message_event(self) -> "Exchange":
        return self

    async def run_asgi(self, answer: Callable[["Exchange"], Awaitable[None]]) -> None:
        try:
            await answer(self)
        finally:
            if not self.response_complete:  # no answer will come; the phone sends again
                self._connection.transport.close()

    def take(self, piece: bytes) -> None:
        """A piece of the body has come."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > self._room:
            self._connection.flow.pause_reading()
        self.set()

    def end(self) -> None:
        """The body has come whole."""
        self._is_whole = True
        self.set()

    def set(self) -> None:
        """Something has come, or nothing will any more."""
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            while self._pieces:
                pieces, self._pieces, self._size = self._pieces, [], 0
                for piece in pieces:
                    yield piece
            if not await self._more():
                return

    async def body(self) -> bytes:
        """The whole body, or what came of it; the caller knows that it is not too long."""
        self._room = sys.maxsize
        pieces = self._pieces
        while not self._is_whole and await self._more():
            pass
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _more(self) -> bool:
        """Wait for what comes; False if that is nothing."""
        if self._is_whole or self.disconnected:
            return False
        if self._asks_first:
            self._asks_first = False
            self._connection.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._connection.flow.resume_reading()
        self._news = self._connection.loop.create_future()
        await self._news
        self._news = None
        return True

    def respond(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer, once; nobody hears it who has gone."""
        if self.disconnected or self.response_complete:
            return
        connection = self._connection
        parts = [STATUS_LINE[status]]
        for name, value in connection.server_state.default_headers:
            parts += (name, b": ", value, b"\r\n")
        lines = [f"{name}: {value}\r\n" for name, value in headers]
        if status not in _NO_BODY:
            lines.append(f"content-length: {len(body)}\r\n")
        lines.append("\r\n" if self.keep_alive else "connection: close\r\n\r\n")
        parts += ("".join(lines).encode("latin-1"), body)
        connection.transport.write(b"".join(parts))
        self.response_complete = True
        if not self.keep_alive:
            connection.transport.close()
        connection.on_response_complete()
