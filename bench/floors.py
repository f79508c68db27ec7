"""Floors of the door: the least anyone must do to keep rows and files safe, by raw means, in a process of its own."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg

_COLUMNS = "id, kind, schema, user_id, device_id, made_at, device_time, received_at, body, body_sha256, state, reason, detail, attempts, try_at, check_due"  # fmt: skip
Insert = Callable[[], object]


def rows_per_second(database_url: str, *, connections: int, seconds: float, body: bytes) -> float:
    """One INSERT and one durable commit per row, `connections` at a time."""
    request = {"url": database_url, "connections": connections, "seconds": seconds, "body": body.decode()}
    command = [sys.executable, "-m", "bench.floors"]
    told = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, check=True)
    return float(told.stdout)


def _run(url: str, connections: int, seconds: float, body: bytes) -> float:
    opened = _postgres if url.startswith("postgres") else _sqlite
    _table(url)
    callers = [opened(url, body) for _ in range(connections)]
    counts = [0] * connections
    begin = threading.Barrier(connections + 1)
    end: list[float] = []

    def call(number: int) -> None:
        insert = callers[number]
        begin.wait()
        while time.perf_counter() < end[0]:
            insert()
            counts[number] += 1

    threads = [threading.Thread(target=call, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    end.append(time.perf_counter() + seconds)
    start = time.perf_counter()
    begin.wait()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


def _table(url: str) -> None:
    """A table like the real one, with its indexes."""
    if url.startswith("postgres"):
        with psycopg.connect(url, autocommit=True) as link:
            link.execute("CREATE TABLE IF NOT EXISTS floor_entry (LIKE intake_entry INCLUDING ALL)")
        return
    lite = open_sqlite(url)
    if not lite.execute("SELECT 1 FROM sqlite_master WHERE name = 'floor_entry'").fetchall():
        made = lite.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'intake_entry' AND type <> 'trigger' AND sql IS NOT NULL"
        )
        for (statement,) in made.fetchall():
            renamed = statement.replace('"intake_entry"', '"floor_entry"')
            lite.execute(renamed.replace('INDEX "', 'INDEX "floor_'))
    lite.close()


def _row(body: bytes, key: Callable[[UUID], Any], moment: Callable[[datetime], Any]) -> tuple[Any, ...]:
    now = moment(datetime.now(UTC))
    return (
        key(uuid4()),
        "visit",
        1,
        1,
        key(uuid4()),
        now,
        now,
        now,
        body,
        "a" * 64,
        "received",
        "",
        "",
        0,
        now,
        False,
    )


def _postgres(url: str, body: bytes) -> Insert:
    link = psycopg.connect(url, autocommit=True, prepare_threshold=1)
    link.execute("SET synchronous_commit = on")
    marks = ", ".join(["%s"] * 8 + ["%b"] + ["%s"] * 7)
    statement = f"INSERT INTO floor_entry ({_COLUMNS}) VALUES ({marks})"
    return lambda: link.execute(statement, _row(body, lambda key: key, lambda moment: moment))


def _sqlite(url: str, body: bytes) -> Insert:
    link = open_sqlite(url)
    statement = f"INSERT INTO floor_entry ({_COLUMNS}) VALUES ({', '.join('?' * 16)})"
    return lambda: link.execute(
        statement, _row(body, lambda key: key.hex, lambda moment: moment.isoformat(" "))
    )


def open_sqlite(url: str) -> sqlite3.Connection:
    """As durable as the door's own."""
    path = url.removeprefix("sqlite:///")
    link = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    link.execute("PRAGMA journal_mode = WAL")
    link.execute("PRAGMA synchronous = FULL")
    return link


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    print(_run(asked["url"], asked["connections"], asked["seconds"], asked["body"].encode()))
    sys.stdout.flush()
    os._exit(0)  # connections of a hundred threads need not be closed one by one
