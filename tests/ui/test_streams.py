"""Streams: however many watch, one look; each is told what is new, and leaves when it likes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dudao.ui import streams


class Watcher:
    """Plays the server's side of one browser."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.left: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def send(self, piece: bytes) -> None:
        assert not self.left.done()
        self.told.append(piece.decode())

    @property
    def news(self) -> list[str]:
        return [
            "".join(line[6:] for line in one.splitlines() if line.startswith("data: "))
            for one in self.told
            if "data" in one
        ]


class Source:
    """What is watched, and how often it was looked at and drawn."""

    def __init__(self) -> None:
        self.value, self.looked, self.drawn, self.is_broken = "a", 0, 0, False

    def look(self, key: Any) -> streams.Picture:
        self.looked += 1
        if self.is_broken:
            raise ValueError("no database")
        return streams.Picture(self.value, lambda: self._draw(key))

    def _draw(self, key: Any) -> str:
        self.drawn += 1
        return json.dumps([key, self.value])


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Source:
    made = Source()
    monkeypatch.setitem(streams._looks, "trial", made.look)
    monkeypatch.setattr(streams, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(streams, "close_old_connections", lambda: None)
    return made


def run(story: Callable[[], Awaitable[None]]) -> None:
    with ThreadPoolExecutor(1) as pool:  # the browser's driver may keep a loop running in this thread
        pool.submit(asyncio.run, story()).result(timeout=30)  # type: ignore[arg-type]


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.005)


KEY = json.dumps(["trial", "here"])


def test_many_watch_and_one_looks(source: Source) -> None:
    async def story() -> None:
        hub = streams.Hub()
        watchers = [Watcher() for _one in range(50)]
        serving = [asyncio.create_task(hub.serve(one.send, one.left, KEY)) for one in watchers]
        await until(lambda: all(one.news for one in watchers))
        assert source.drawn == 1
        source.value = "b"
        await until(lambda: all(len(one.news) == 2 for one in watchers))
        assert source.drawn == 2
        late = Watcher()
        serving.append(asyncio.create_task(hub.serve(late.send, late.left, KEY)))
        await until(lambda: bool(late.news))
        assert late.news == ['["here", "b"]']
        assert source.drawn == 2, "who comes later is told what is known"
        for one in (*watchers, late):
            one.left.set_result(None)
        await asyncio.gather(*serving)
        looked = source.looked
        await asyncio.sleep(0.1)
        assert source.looked <= looked + 1, "nobody watches, nobody looks"

    run(story)


def test_keys_are_apart(source: Source) -> None:
    async def story() -> None:
        hub = streams.Hub()
        here, there = Watcher(), Watcher()
        tasks = [
            asyncio.create_task(hub.serve(one.send, one.left, json.dumps(["trial", key])))
            for one, key in ((here, "here"), (there, "there"))
        ]
        await until(lambda: bool(here.news and there.news))
        assert here.news == ['["here", "a"]']
        assert there.news == ['["there", "a"]']
        for one in tasks:
            one.cancel()

    run(story)


def test_a_look_that_fails_is_taken_again(source: Source) -> None:
    async def story() -> None:
        hub, one = streams.Hub(), Watcher()
        source.is_broken = True
        task = asyncio.create_task(hub.serve(one.send, one.left, KEY))
        await until(lambda: source.looked > 2)
        assert not one.news
        source.is_broken = False
        await until(lambda: bool(one.news))
        task.cancel()

    run(story)


def test_after_a_while_the_browser_must_ask_again(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST_SECONDS", 0.2)
    monkeypatch.setattr(streams, "BEAT_SECONDS", 0.05)

    async def story() -> None:
        one = Watcher()
        await streams.Hub().serve(one.send, one.left, KEY)
        assert len(one.news) == 1
        assert ": still here\n\n" in one.told

    run(story)


def test_who_watches_is_let_go_when_the_server_stops(source: Source) -> None:
    async def story() -> None:
        hub, one = streams.Hub(), Watcher()
        serving = asyncio.create_task(hub.serve(one.send, one.left, KEY))
        await until(lambda: bool(one.news))
        hub.end()
        await asyncio.wait_for(serving, timeout=5)

    run(story)


def test_a_text_of_several_lines_arrives_whole() -> None:
    assert streams.event("a\nb").endswith(b"data: a\ndata: b\n\n")
