"""Pages behind ASGI: a WSGI application run in a few threads.

The few threads are the point: each keeps one database connection, so their number bounds the connections; and a phone
on a slow line keeps no thread busy while it sends, because a body is complete before its page runs.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import IO, Any, NamedTuple

from dudao.ui import streams

THREADS = 16
BODY_LIMIT = 256 * 1024 * 1024  # bytes; a form with a dozen photos
IN_MEMORY = 1024 * 1024  # bytes of a body; the rest waits on the disk
AT_ONCE = 256 * 1024  # bytes of an answer taken from the page in one go
_LIVE = "text/event-stream"  # sent on as it comes

_NO_BODY = {204, 304}

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class _Page(NamedTuple):
    """An answer whose head is known and whose body may still be made."""

    status: int
    headers: list[tuple[str, str]]
    pieces: Iterator[bytes]
    close: Callable[[], None]

    @property
    def is_live(self) -> bool:
        return any(name == "content-type" and value.startswith(_LIVE) for name, value in self.headers)

    @property
    def stream(self) -> str | None:
        """What the page hands over to the hub (`ui.streams`), instead of a body of its own."""
        return next((value for name, value in self.headers if name == streams.HEADER), None)


class Bridge:
    """One per server process."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")
        self._hub = streams.Hub()

    def end(self) -> None:
        """The server stops: nobody is kept watching."""
        self._hub.end()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        run = asyncio.get_running_loop().run_in_executor
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            told = await _collect(receive, body)
            if told is not None:
                await _begin_answer(send, told, [("content-length", "0")])
                await _go_on(send, b"", more=False)
                return
            page, first = await run(self._threads, self._begin, _environ(scope, body))
            try:
                await self._send(page, first, receive, send)
            finally:
                await run(self._threads, page.close)

    async def _send(self, page: "_Page", first: bytes, receive: Receive, send: Send) -> None:
        if page.stream is None and len(first) < AT_ONCE and not page.is_live:
            has_length = any(name == "content-length" for name, _value in page.headers)
            length = [] if has_length or page.status in _NO_BODY else [("content-length", str(len(first)))]
            await _begin_answer(send, page.status, [*page.headers, *length])
            await _go_on(send, first, more=False)
            return
        await _begin_answer(send, page.status, page.headers)
        gone = asyncio.ensure_future(_gone(receive))
        try:
            if page.stream is not None:
                await self._hub.serve(partial(_go_on, send), gone, page.stream)
            piece = first
            while piece and not gone.done():
                await _go_on(send, piece)
                piece = await asyncio.get_running_loop().run_in_executor(self._threads, _take, page)
            await _go_on(send, b"", more=False)
        finally:
            gone.cancel()

    def _begin(self, environ: dict[str, Any]) -> tuple[_Page, bytes]:
        """Run the page until its head and the first of its body are there."""
        heads: list[tuple[int, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            heads.append((int(status[:3]), [(name.lower(), value) for name, value in headers]))

        made = self._application(environ, start_response)
        code, headers = heads[-1]
        page = _Page(code, headers, iter(made), getattr(made, "close", lambda: None))
        if page.stream is not None:  # it holds nothing while it is watched
            page.close()
            return page._replace(close=lambda: None), b""
        try:
            return page, _take(page)
        except BaseException:
            page.close()
            raise


def _take(page: _Page) -> bytes:
    """The next bytes of the body, b"" at its end. An answer shorter than AT_ONCE comes whole."""
    gathered = bytearray()
    for piece in page.pieces:
        gathered += piece
        if len(gathered) >= AT_ONCE or (page.is_live and gathered):
            break
    return bytes(gathered)


async def _collect(receive: Receive, body: IO[bytes]) -> int | None:
    """Read the request's body; the status to refuse it with, if it is longer than we take or ends before its end."""
    size, more = 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            return 400
        size += len(event["body"])
        if size > BODY_LIMIT:
            return 413
        body.write(event["body"])
        more = event["more_body"]
    body.seek(0)
    return None


async def _gone(receive: Receive) -> None:
    """Until the browser has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _begin_answer(send: Send, status: int, headers: list[tuple[str, str]]) -> None:
    encoded = [
        (name.encode(), value.strip().encode("latin-1")) for name, value in headers if name != streams.HEADER
    ]
    await send({"type": "http.response.start", "status": status, "headers": encoded})


async def _go_on(send: Send, piece: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": more})


def _environ(scope: dict[str, Any], body: IO[bytes]) -> dict[str, Any]:
    """What PEP 3333 asks for. Text that is not ASCII travels as UTF-8 read as Latin-1, as it says."""
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, raw in scope["headers"]:
        if (
            b"_" in name
        ):  # would pass for the header of the same name with a dash, which a proxy may have checked
            continue
        value = raw.decode("latin-1")
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ and key != "HTTP_HOST" else value
    return environ
