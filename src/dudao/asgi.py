"""The server's entry: the door before Django, everything else to its pages."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dudao.bridge import Bridge
from dudao.intake.door import PREFIX, Door
from dudao.intake.exchange import Exchange
from dudao.intake.lifeline import die_with_parent
from dudao.kernel.memory import settle
from dudao.wsgi import application as pages

die_with_parent()

HEAD_LIMIT = 64 * 1024  # bytes of a request before its body
FIRST_WORD_SECONDS = 30  # a connection that says nothing for so long is closed
_PREFIX = PREFIX.encode()

application = Bridge(pages)
settle()


class Connection(HttpToolsProtocol):
    """One connection: a request for the door goes straight to it, any other the way of ASGI."""

    door: Door | None = None  # one per process, made in its event loop

    def __init__(self, *what: Any, **more: Any) -> None:
        super().__init__(*what, **more)
        self._unread = 0  # bytes since the last of which we know what they are

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(
            FIRST_WORD_SECONDS, self.timeout_keep_alive_handler
        )

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self._unread > HEAD_LIMIT and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        self._unread = 0
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

    def shutdown(self) -> None:
        """The server stops: what is asked is still answered, what would never end is not waited for."""
        application.end()
        super().shutdown()
