"""The live stream watched by 500 browsers against one: CPU of the server while visits come in, and how soon each is told.

A pair is `SECONDS` with 500 watchers and `SECONDS` with one; a visit is written every `EVERY` seconds by another process.
Figure: CPU seconds of the server process. Bar: at most 3 times. Asserted: every watcher is told of every visit.
SQLite, no worker.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE
from typing import Any

from bench.pairs import collect_pairs, print_line
from bench.server import Server, prepared

WATCHERS = 500
SECONDS = 12.0
EVERY = 3.0
MAKE = """
import json, sys, django
django.setup()
from dudao.cli.preparing import load_data
load_data()
from django.test import Client
from tests import factories
at = factories.place()
client = Client()
client.force_login(at.officer, backend="django.contrib.auth.backends.ModelBackend")
print(json.dumps({one.key: one.value for one in client.cookies.values()}), flush=True)
for _line in sys.stdin:
    print(factories.visit(at).pk, flush=True)
"""


class Tally:
    """What the watchers were told, and when."""

    def __init__(self) -> None:
        self.told: dict[str, list[float]] = {}
        self.open = 0

    async def watch(self, port: int, cookie: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        head = f"GET /visits/live/stream/ HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nAccept: text/event-stream\r\n\r\n"
        writer.write(head.encode())
        try:
            status = await reader.readline()
            assert b"200" in status, status
            self.open += 1
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    now = time.monotonic()
                    for part in line.decode().split("/visits/")[1:]:
                        self.told.setdefault(part[:36], []).append(now)
        finally:
            writer.close()


def main() -> None:
    with prepared("sqlite") as server:
        maker = subprocess.Popen(
            [sys.executable, "-c", MAKE], env=server.environment(), stdin=PIPE, stdout=PIPE, text=True
        )
        assert maker.stdout is not None
        cookies = json.loads(maker.stdout.readline())
        server.start("--no-worker")
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        slowest: list[float] = []
        try:
            result = collect_pairs(
                ours=lambda: asyncio.run(_watched(server, maker, cookie, WATCHERS, slowest)),
                floor=lambda: asyncio.run(_watched(server, maker, cookie, 1, [])),
                unit="CPU s",
            )
            print_line(
                "live", what=f"{WATCHERS} watchers, {SECONDS:.0f} s, a visit every {EVERY:.0f} s", result=result,
                slowest_told_seconds=round(max(slowest), 2), packages=("uvicorn", "httptools",), target="ratio ≤ 3",
            )  # fmt: skip
        finally:
            maker.kill()
            server.stop()


async def _watched(server: Server, maker: Any, cookie: str, count: int, slowest: list[float]) -> float:
    """CPU seconds of the server while `count` watch; opening the lines is not counted."""
    tally = Tally()
    watching = []
    for _one in range(count):
        watching.append(asyncio.create_task(tally.watch(server.port, cookie)))
        await asyncio.sleep(0.002)
    while tally.open < count:
        await asyncio.sleep(0.05)
    await asyncio.sleep(2.5)
    before, written = _cpu_seconds(server), {}
    for _visit in range(int(SECONDS / EVERY)):
        maker.stdin.write("\n")
        maker.stdin.flush()
        pk = (await asyncio.to_thread(maker.stdout.readline)).strip()
        written[pk] = time.monotonic()
        await asyncio.sleep(EVERY)
    spent = _cpu_seconds(server) - before
    await asyncio.sleep(2.5)
    for pk, at in written.items():
        firsts = sorted(tally.told.get(pk, []))[:count]
        assert len(firsts) == count, f"{len(firsts)} of {count} were told of a visit"
        slowest.append(firsts[-1] - at)
    for one in watching:
        one.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return spent


def _cpu_seconds(server: Server) -> float:
    ticks = 0
    for pid in server.tree():
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
