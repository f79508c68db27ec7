"""Pages behind granian's own interface: a WSGI application run in a few threads.

The few threads are the point: each keeps one database connection, so their number bounds the connections; and a phone
on a slow line keeps no thread busy while it sends, because a body is complete before its page runs.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, NamedTuple

from dudao.ui import streams

THREADS = 16
BODY_LIMIT = 256 * 1024 * 1024  # bytes; a form with a dozen photos
IN_MEMORY = 1024 * 1024  # bytes of a body; the rest waits on the disk
AT_ONCE = 256 * 1024  # bytes of an answer taken from the page in one go
_LIVE = "text/event-stream"  # sent on as it comes

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


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

    def without_stream(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.headers if name != streams.HEADER]


class Bridge:
    """One per server process."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")
        self._hub = streams.Hub()

    async def answer(self, scope: Any, exchange: Any) -> None:
        run = asyncio.get_running_loop().run_in_executor
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            if not await _collect(exchange, body):
                exchange.response_empty(413, [])
                return
            page, first = await run(self._threads, self._begin, _environ(scope, body))
            if page.stream is not None:
                await run(self._threads, page.close)
                await self._hub.serve(exchange, page.without_stream(), page.stream)
                return
            try:
                if len(first) < AT_ONCE and not page.is_live:
                    _send_whole(scope, exchange, page, first)
                    return
                transport = exchange.response_stream(page.status, page.headers)
                piece = first
                while piece:
                    await transport.send_bytes(piece)
                    piece = await run(self._threads, _take, page)
            finally:
                await run(self._threads, page.close)

    def _begin(self, environ: dict[str, Any]) -> tuple[_Page, bytes]:
        """Run the page until its head and the first of its body are there."""
        heads: list[tuple[int, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            heads.append((int(status[:3]), [(name.lower(), value) for name, value in headers]))

        made = self._application(environ, start_response)
        code, headers = heads[-1]
        page = _Page(code, headers, iter(made), getattr(made, "close", lambda: None))
        if page.stream is not None:
            return page, b""
        try:
            return page, _take(page)
        except BaseException:
            page.close()
            raise


def _send_whole(scope: Any, exchange: Any, page: _Page, body: bytes) -> None:
    if scope.method == "HEAD" or not body:
        exchange.response_empty(page.status, page.headers)
    else:
        exchange.response_bytes(page.status, page.headers, body)


def _take(page: _Page) -> bytes:
    """The next bytes of the body, b"" at its end. An answer shorter than AT_ONCE comes whole."""
    gathered = bytearray()
    for piece in page.pieces:
        gathered += piece
        if len(gathered) >= AT_ONCE or (page.is_live and gathered):
            break
    return bytes(gathered)


async def _collect(exchange: Any, body: IO[bytes]) -> bool:
    """Read the request's body; False if it is larger than we take."""
    size = 0
    async for piece in exchange:
        size += len(piece)
        if size > BODY_LIMIT:
            return False
        body.write(piece)
    body.seek(0)
    return True


def _environ(scope: Any, body: IO[bytes]) -> dict[str, Any]:
    """What PEP 3333 asks for. Text that is not ASCII travels as UTF-8 read as Latin-1, as it says."""
    host, _colon, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ and key != "HTTP_HOST" else value
    return environ
