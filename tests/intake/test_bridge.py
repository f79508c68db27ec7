"""Pages behind the server's own interface: what a WSGI application is given and what it answers arrive whole."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dudao.bridge import AT_ONCE, BODY_LIMIT, Bridge
from tests.intake.house import House
from tests.intake.phone import Phone


class Line:
    """Plays the server: gives the body in pieces and notes the answer."""

    def __init__(self, *pieces: bytes, breaks: bool = False, leaves: bool = False) -> None:
        last = len(pieces) - 1
        self._events: list[dict[str, Any]] = [
            {"type": "http.request", "body": piece, "more_body": breaks or number < last}
            for number, piece in enumerate(pieces or [b""])
        ]
        self._goes = breaks or leaves
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.is_whole = False

    async def receive(self) -> dict[str, Any]:
        if self._events:
            return self._events.pop(0)
        if not self._goes:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(self, event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            self.headers = [(name.decode(), value.decode("latin-1")) for name, value in event["headers"]]
        else:
            self.body += event["body"]
            self.is_whole = not event["more_body"]
            await asyncio.sleep(0)


def ask(
    page: Any, *body: bytes, headers: dict[str, str] | None = None, breaks: bool = False, leaves: bool = False
) -> Line:
    scope = {
        "method": "POST", "path": "/学校/", "query_string": b"a=%20b", "http_version": "1.1", "scheme": "http",
        "server": ("127.0.0.1", 8000), "client": ("10.0.0.7", 5555),
        "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
    }  # fmt: skip
    line = Line(*body, breaks=breaks, leaves=leaves)
    answer = Bridge(page)(scope, line.receive, line.send)
    with ThreadPoolExecutor(1) as pool:  # the browser's driver may keep a loop running in this thread
        pool.submit(asyncio.run, answer).result()
    return line


def test_a_page_is_told_everything_about_the_request() -> None:
    seen: dict[str, Any] = {}

    def page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("201 Created", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [b"done"]

    answer = ask(
        page, b"one ", b"two", headers={"content-type": "text/plain", "x-csrftoken": "t", "x_csrftoken": "u"}
    )
    assert (answer.status, answer.body) == (201, b"done")
    assert answer.headers == [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("content-length", "4")]
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/学校/"
    assert (seen["body"], seen["QUERY_STRING"], seen["REMOTE_ADDR"]) == (b"one two", "a=%20b", "10.0.0.7")
    assert (seen["CONTENT_TYPE"], seen["HTTP_X_CSRFTOKEN"]) == ("text/plain", "t")


class Streamed:
    """A body made bit by bit, that must be closed at its end."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("count", [0, 1, 500])
def test_a_long_answer_streams_whole_and_is_closed_once(count: int) -> None:
    body = Streamed(*[bytes([number % 251]) * 4096 for number in range(count)])

    def page(environ: dict[str, Any], start_response: Any) -> Streamed:
        start_response("200 OK", [])
        return body

    assert (count < 500) == (count * 4096 < AT_ONCE)
    answer = ask(page)
    assert (answer.body, answer.is_whole) == (b"".join(body), True)
    assert body.closed == 1


def test_an_answer_that_nobody_hears_any_more_is_not_made_to_its_end() -> None:
    body = Streamed(*[bytes(AT_ONCE)] * 50)

    def page(environ: dict[str, Any], start_response: Any) -> Streamed:
        start_response("200 OK", [])
        return body

    assert len(ask(page, leaves=True).body) < 50 * AT_ONCE
    assert body.closed == 1


def test_a_body_that_breaks_off_never_reaches_its_page() -> None:
    def page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise AssertionError("the page ran")

    assert ask(page, b"half of it", breaks=True).status == 400


def test_an_endless_body_is_refused_before_the_page_runs() -> None:
    def page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise AssertionError("the page ran")

    piece = bytes(BODY_LIMIT // 4)
    assert ask(page, piece, piece, piece, piece, b"x").status == 413


def test_pages_and_the_door_share_one_origin(house: House, phone: Phone) -> None:
    page = phone.ask("GET", "/sign-in/")
    assert (page.status, page.body) == (200, b"sign in")
    head = phone.ask("HEAD", "/sign-in/")
    assert (head.status, head.body) == (200, b"")


def test_a_page_that_hands_its_watcher_over_is_not_made_and_its_key_goes_to_the_hub(monkeypatch) -> None:
    made: list[str] = []
    served: list[str] = []

    async def serve(hub: Any, send: Any, gone: Any, key: str) -> None:
        served.append(key)
        await send(b"data")

    def page(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/event-stream"), ("X-Dudao-Stream", '["visits", 1]')])
        return (made.append("drawn") or b"" for _once in range(1))

    monkeypatch.setattr("dudao.ui.streams.Hub.serve", serve)
    answer = ask(page)
    assert (answer.headers, answer.body, answer.is_whole) == (
        [("content-type", "text/event-stream")],
        b"data",
        True,
    )
    assert served == ['["visits", 1]']
    assert not made
