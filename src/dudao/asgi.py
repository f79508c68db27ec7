"""The server's entry: the door before Django, everything else to its pages."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dudao.bridge import Bridge
from dudao.intake.door import PREFIX, Door
from dudao.intake.exchange import Exchange
from dudao.kernel.memory import settle
from dudao.wsgi import application as pages

HEAD_LIMIT = 64 * 1024  # bytes of a request before its body
FIRST_WORD_SECONDS = 30  # a connection that says nothing for so long is closed
HEAD_SECONDS = 30  # from the first byte of a request to the last before its body
_PREFIX = PREFIX.encode()

application = Bridge(pages)
settle()


class Connection(HttpToolsProtocol):
    """One connection: a request for the door goes straight to it, any other the way of ASGI."""

    door: Door | None = None  # one per process, made in its event loop

    def __init__(self, *what: Any, **more: Any) -> None:
        super().__init__(*what, **more)
        self._unread = 0  # bytes since the last of which we know what they are
        self._is_in_head = False
        self._head_patience: asyncio.TimerHandle | None = None  # only for a head that does not come at once

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(
            FIRST_WORD_SECONDS, self.timeout_keep_alive_handler
        )

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._unread > HEAD_LIMIT:
            self.send_400_response("The head of the request is too long.")
        elif self._is_in_head and self._head_patience is None:
            self._head_patience = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._unread = 0
        self._end_head()
        if not self.url.startswith(_PREFIX):
            super().on_headers_complete()
            return
        self.scope["method"] = self.parser.get_method().decode("ascii")
        is_kept = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        exchange = Exchange(self, keep_alive=is_kept)
        if Connection.door is None:
            Connection.door = Door()
        before, self.cycle = self.cycle, exchange  # type: ignore[assignment]
        if before is None or before.response_complete:
            self._start_asgi_task(exchange, Connection.door.answer)  # type: ignore[arg-type]
        else:  # sent before the one before it was answered
            self.flow.pause_reading()
            self.pipeline.appendleft((exchange, Connection.door.answer))  # type: ignore[arg-type]

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        if not isinstance(self.cycle, Exchange):
            super().on_body(body)
        elif not self.cycle.response_complete:
            self.cycle.take(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        if not isinstance(self.cycle, Exchange):
            super().on_message_complete()
        else:
            self.cycle.end()

    def _end_head(self) -> None:
        self._is_in_head = False
        if self._head_patience is not None:
            self._head_patience.cancel()
            self._head_patience = None

    def shutdown(self) -> None:
        """The server stops: what is asked is still answered, what would never end is not waited for."""
        application.end()
        super().shutdown()
