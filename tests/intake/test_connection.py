"""What comes over one connection: several requests, slow ones, odd ones, and ones that never end."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from dudao import asgi
from dudao.asgi import HEAD_LIMIT
from tests.intake.house import House
from tests.intake.phone import STREAM, TUS, Phone, described, entry


class Line:
    """A socket with so much of HTTP that answers can be told apart."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self._heard = b""

    def say(self, data: bytes) -> None:
        self.link.sendall(data)

    def answer(self) -> tuple[int, bytes]:
        """Status and body of the next answer."""
        while b"\r\n\r\n" not in self._heard:
            self._hear()
        head, _gap, self._heard = self._heard.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(one[15:]) for one in lines if one.startswith(b"content-length:")), 0)
        while len(self._heard) < length:
            self._hear()
        body, self._heard = self._heard[:length], self._heard[length:]
        return int(lines[0].split()[1]), body

    def is_closed(self) -> bool:
        """Whether nothing more comes and the other side has hung up."""
        try:
            return self._heard == b"" and self.link.recv(1) == b""
        except ConnectionResetError:
            return True

    def is_cut_off(self) -> bool:
        """Whether saying more and more of the same line is ended by the other side."""
        try:
            for _time in range(400):
                self.say(b"x" * HEAD_LIMIT)
        except (ConnectionResetError, BrokenPipeError):
            return True
        return False

    def _hear(self) -> None:
        piece = self.link.recv(65536)
        assert piece, self._heard
        self._heard += piece


@contextmanager
def line_to(house: House) -> Iterator[Line]:
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as link:
        yield Line(link)


def written(phone: Phone, method: str, path: str, body: bytes | None = b"", **headers: str) -> bytes:
    """A request; without a body to count its headers say how it comes."""
    sent = {"Host": "localhost", "Authorization": f"Bearer {phone.token}"} | headers
    if body is not None:
        sent["Content-Length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


def sheet(text: str) -> tuple[dict[str, Any], bytes]:
    one = entry(text)
    return one, json.dumps(one).encode()


def test_requests_sent_in_a_row_are_answered_in_their_order(house: House, phone: Phone) -> None:
    sheets = [sheet(f"{number}") for number in range(3)]
    door = [written(phone, "POST", "/door/entries", body) for _one, body in sheets]
    page = written(phone, "GET", "/sign-in/")
    with line_to(house) as line:
        line.say(door[0] + page + door[1] + door[2] + page)
        answers = [line.answer() for _one in range(5)]
    assert [status for status, _body in answers] == [201, 200, 201, 201, 200]
    told = [json.loads(answers[at][1])["id"] for at in (0, 2, 3)]
    assert told == [one["id"] for one, _body in sheets]
    assert answers[1][1] == answers[4][1] == b"sign in"


def test_a_sheet_that_comes_in_chunks_and_slowly_is_taken(house: House, phone: Phone) -> None:
    one, body = sheet("x" * 3000)
    with line_to(house) as line:
        line.say(written(phone, "POST", "/door/entries", None, **{"Transfer-Encoding": "chunked"}))
        for at in range(0, len(body), 700):
            piece = body[at : at + 700]
            line.say(b"%x\r\n" % len(piece) + piece + b"\r\n")
            time.sleep(0.02)
        line.say(b"0\r\n\r\n")
        assert line.answer()[0] == 201
    assert phone.told(one)["id"] == one["id"]


def test_who_asks_first_is_told_to_go_on(house: House, phone: Phone) -> None:
    _one, body = sheet("asks first")
    head = written(
        phone, "POST", "/door/entries", None, Expect="100-continue", **{"Content-Length": str(len(body))}
    )
    with line_to(house) as line:
        line.say(head)
        assert line.answer() == (100, b"")
        line.say(body)
        assert line.answer()[0] == 201


def test_a_photo_larger_than_what_is_held_comes_whole_in_one_request(house: House, phone: Phone) -> None:
    photo = b"\xff\xd8\xff" + bytes(3_000_000)
    headers = {**TUS, **STREAM, "Upload-Length": str(len(photo)), "Upload-Metadata": described(photo)}
    with line_to(house) as line:
        line.say(written(phone, "POST", "/door/files", photo, **headers))
        assert line.answer()[0] == 201
        line.say(written(phone, "GET", "/sign-in/"))
        assert line.answer() == (200, b"sign in")


def test_what_follows_a_refusal_is_never_read_as_a_request(house: House, phone: Phone) -> None:
    """The body of a refused entry may look like one itself."""
    _one, body = sheet("smuggled")
    inner = written(phone, "POST", "/door/entries", body)
    with line_to(house) as line:
        line.say(written(phone, "PUT", "/door/entries", inner))
        assert line.answer()[0] == 405
        line.say(written(phone, "GET", "/sign-in/"))
        assert line.answer() == (200, b"sign in")
    with line_to(house) as line:
        both = {"Transfer-Encoding": "chunked", "Content-Length": "4"}
        line.say(written(phone, "POST", "/door/entries", None, **both) + b"0\r\n\r\n")
        assert line.answer()[0] == 400
        assert line.is_closed()


@pytest.mark.parametrize("path", ["/door/entries", "/sign-in/"])
def test_a_head_without_end_is_cut_off(house: House, phone: Phone, path: str) -> None:
    with line_to(house) as line:
        line.say(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Long: ".encode())
        assert line.is_cut_off()
    assert phone.ask("GET", "/sign-in/").status == 200


@pytest.mark.parametrize("said", [b"", b"GET /sign-in/ HTTP/1.1\r\nHost: local"])
def test_who_does_not_come_to_the_point_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """Half a head would hold a connection as well as silence."""
    monkeypatch.setattr(asgi, "FIRST_WORD_SECONDS", 1)
    monkeypatch.setattr(asgi, "HEAD_SECONDS", 1)

    async def listen() -> bytes:
        config, state = Config(asgi.application, log_config=None), ServerState()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: asgi.Connection(config, state, {}), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            for part in (said[:9], said[9:]):
                writer.write(part)
                await asyncio.sleep(0.01)
            return await asyncio.wait_for(reader.read(), 20)

    with ThreadPoolExecutor(1) as thread:  # a browser of another test keeps a loop in this one
        assert thread.submit(asyncio.run, listen()).result() == b""


@pytest.mark.parametrize("path", ["/door/entries", "/sign-in/"])
def test_trailers_without_end_are_cut_off(house: House, phone: Phone, path: str) -> None:
    with line_to(house) as line:
        line.say(
            written(phone, "POST", path, None, **{"Transfer-Encoding": "chunked"})
            + b"1\r\nx\r\n0\r\nX-Long: "
        )
        assert line.is_cut_off()
    assert phone.ask("GET", "/sign-in/").status == 200


def test_an_old_client_is_answered_and_hung_up_on(house: House, phone: Phone) -> None:
    _one, body = sheet("old")
    with line_to(house) as line:
        line.say(written(phone, "POST", "/door/entries", body).replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        assert line.answer()[0] == 201
        assert line.is_closed()


def test_a_phone_that_leaves_half_way_holds_up_nobody(house: House, phone: Phone) -> None:
    _one, body = sheet("half")
    for _time in range(20):
        with line_to(house) as line:
            line.say(written(phone, "POST", "/door/entries", body)[:-10])
    with line_to(house) as line:
        line.say(written(phone, "POST", "/door/entries", body)[:-10])
        assert phone.send(entry("after")).status == 201
