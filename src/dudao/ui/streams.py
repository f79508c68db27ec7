"""Pages that tell the browser by themselves what has changed (server-sent events), for many watchers at the price of one.

A page decides who may watch what, as every page does, and answers `hand_over(name, key)`. The server keeps that connection
in its event loop and looks at each key once in a while, however many watch it. A server without an event loop sends one
picture and ends; the browser then asks again.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from django.db import close_old_connections
from django.http import StreamingHttpResponse

HEADER = "x-dudao-stream"
LOOK_SECONDS = 2.0
BEAT_SECONDS = 15.0  # so that nothing in between takes the line for dead
LONGEST_SECONDS = 300.0  # then the browser asks again, and with it whether the person still may watch
RETRY_MS = 3000

log = logging.getLogger(__name__)


class Picture(NamedTuple):
    """What there is to show. `mark` changes whenever it does, and is cheaper to know."""

    mark: str
    draw: Callable[[], str]


Look = Callable[[Any], Picture]
Send = Callable[[bytes], Awaitable[None]]
_looks: dict[str, Look] = {}


def register(name: str, look: Look) -> None:
    """`look(key)` gives the picture for a key, a value that JSON can hold."""
    if name in _looks:
        raise ValueError(f"stream registered twice: {name=}")
    _looks[name] = look


def hand_over(name: str, key: Any) -> StreamingHttpResponse:
    """The answer of a page whose person may watch `key` of the stream `name`."""
    answer = StreamingHttpResponse(_once(name, key), content_type="text/event-stream")
    answer[HEADER] = json.dumps([name, key], sort_keys=True)
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


def _once(name: str, key: Any) -> Iterator[bytes]:
    yield event(_looks[name](key).draw())


def event(text: str) -> bytes:
    """One event as it travels."""
    lines = "".join(f"data: {line}\n" for line in text.splitlines())
    return f"retry: {RETRY_MS}\n{lines}\n".encode()


class Hub:
    """One per server process: every key that is watched, and who waits for its news."""

    def __init__(self) -> None:
        self._channels: dict[str, _Channel] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="stream")  # one connection to the database

    def end(self) -> None:
        """The server stops: whoever watches asks again, and finds it started anew."""
        for channel in self._channels.values():
            channel.is_over = True
            channel.tell()

    async def serve(self, send: Send, gone: "asyncio.Future[Any]", key: str) -> None:
        """Keep one watcher informed until it has `gone` or its time is over."""
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = _Channel(key, self._thread)
        channel.watchers += 1
        try:
            await _tell(send, channel, gone)
        finally:
            channel.watchers -= 1
            if not channel.watchers:
                channel.stop()
                self._channels.pop(key, None)


class _Channel:
    """One key: looked at by one task, its newest picture kept as bytes."""

    def __init__(self, key: str, thread: ThreadPoolExecutor) -> None:
        self.watchers = 0
        self.is_over = False
        self.number = 0
        self.newest = b""
        self._key, self._thread, self._mark = key, thread, ""
        self._news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._watch())

    @property
    def news(self) -> "asyncio.Future[None]":
        """Done when there is something newer."""
        return self._news

    def tell(self) -> None:
        self._news.set_result(None)
        self._news = asyncio.get_running_loop().create_future()

    def stop(self) -> None:
        self._task.cancel()

    async def _watch(self) -> None:
        run = asyncio.get_running_loop().run_in_executor
        while True:
            try:
                found = await run(self._thread, _look, self._key, self._mark)
            except Exception as error:  # the edge of the loop: told to the log, tried again
                log.error("stream %s: %s", self._key[:40], type(error).__name__)
                found = None
            if found is not None:
                self._mark, self.newest = found
                self.number += 1
                self.tell()
            await asyncio.sleep(LOOK_SECONDS)


async def _tell(send: Send, channel: _Channel, gone: "asyncio.Future[Any]") -> None:
    now = asyncio.get_running_loop().time
    ends, told = now() + LONGEST_SECONDS, 0
    while (left := ends - now()) > 0 and not gone.done() and not channel.is_over:
        if channel.number != told:
            told = channel.number
            await send(channel.newest)
            continue
        done, _waiting = await asyncio.wait(
            (channel.news, gone), timeout=min(BEAT_SECONDS, left), return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            await send(b": still here\n\n")


def _look(key: str, seen: str) -> tuple[str, bytes] | None:
    """The picture if it is not the one already told."""
    close_old_connections()
    name, asked = json.loads(key)
    picture = _looks[name](asked)
    return None if picture.mark == seen else (picture.mark, event(picture.draw()))
