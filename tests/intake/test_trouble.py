"""The database goes away, locks, or falls behind; the door says "busy" and recovers by itself."""

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest

from dudao.intake.committer import Committer
from dudao.intake.errors import DoorBusy, DoorFailed
from dudao.intake.ledgers import sqlite
from dudao.intake.ledgers.postgres_writer import WAIT_SECONDS
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile, Unavailable
from dudao.intake.ledgers.sqlite import IN_A_ROW, SqliteWriter
from dudao.intake.ledgers.writing import ThreadWriter, Writer
from dudao.kernel.ids import uuid7
from tests.intake.house import House, built, until
from tests.intake.phone import Phone, entry, sha256

LIMIT = 40
T = TypeVar("T")


@pytest.fixture(scope="module")
def own(model: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of its own, so that locking its database troubles no other test."""
    with built(tmp_path_factory.mktemp("trouble"), model) as one:
        one.start()
        yield one
        assert one.stop() == 0


def test_a_lost_database_connection_is_made_again(own: House) -> None:
    if not own.is_postgres:
        pytest.skip("SQLite has no connection to lose")
    phone = Phone(own)
    for _round in range(3):
        assert phone.send(entry()).status == 201
        own.read(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        sent = entry()
        reply = until(
            lambda sent=sent: (r := phone.send(sent)).status < 300 and r,
            what="the door to recover",
            patience=WAIT_SECONDS / 2,  # not by the end of its patience with a network that has gone
        )
        assert reply.status in {200, 201}
        assert phone.told(sent)["id"] == sent["id"]


def test_a_locked_database_makes_phones_wait_and_not_fail(own: House) -> None:
    phone = Phone(own)
    with own.database() as holder, ThreadPoolExecutor(4) as pool:
        _lock(own, holder)
        replies = [pool.submit(phone.send, entry()) for _ in range(4)]
        until(lambda: sum(one.running() for one in replies) == 4, what="the senders to wait")
        holder.execute("ROLLBACK")
        assert [one.result().status for one in replies] == [201] * 4


def test_while_a_projector_works_entries_still_come_in(own: House) -> None:
    phone = Phone(own)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: phone.send(entry(f"note {n}")).status, range(200)))
    assert replies == [201] * 200
    statement = "SELECT count(*) FROM intake_entry WHERE state = 'received'"
    until(lambda: own.read(statement) == [(0,)], what="all of them to be projected")


def test_two_processes_with_the_same_entries_agree(own: House, tmp_path: Path) -> None:
    """A second server on the same database: overlapping batches neither deadlock nor double."""
    second = House(own.home, own.database_url)
    second.start("--no-worker")
    try:
        phones = [Phone(own), Phone(second)]
        bodies = [json.dumps(entry(f"n {number}")).encode() for number in range(60)]
        order = [*bodies, *reversed(bodies)]
        with ThreadPoolExecutor(16) as pool:
            replies = list(pool.map(lambda n: phones[n % 2].send(order[n]), range(len(order))))
        assert sorted(reply.status for reply in replies) == [200] * 60 + [201] * 60
    finally:
        assert second.stop() == 0


class SlowLedger:
    """A database whose answer the test holds back, or lets fail."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.batches: list[int] = []
        self.failures: list[Exception] = []

    def write(self, entries: Any, files: Any) -> dict[UUID, Known]:
        assert self.gate.wait(20)
        self.batches.append(len(entries))
        if self.failures:
            raise self.failures.pop(0)
        return {}

    def close(self) -> None: ...


class Queue:
    """A committer in an event loop of its own; rows are handed in from the test."""

    def __init__(self, ledger: SlowLedger, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ledger = ledger
        self.committer = self.run(self._made()).result(20)

    async def _made(self) -> Committer:
        return Committer(ThreadWriter(self._ledger), limit=LIMIT)

    def run(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def add(self, row: NewEntry | NewFile) -> "Future[Known | None]":
        return self.run(self.committer.commit(row))


@pytest.fixture
def ledger() -> SlowLedger:
    return SlowLedger()


@pytest.fixture
def queue(ledger: SlowLedger) -> Iterator[Queue]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield Queue(ledger, loop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def new_entry() -> NewEntry:
    now = datetime.now(UTC)
    return NewEntry(uuid7(), "trial", 1, 7, uuid7(), now, None, now, b"{}", sha256(b"{}"))


def test_a_full_queue_says_busy_and_drops_nothing(ledger: SlowLedger, queue: Queue) -> None:
    first = queue.add(new_entry())
    until(lambda: queue.committer.writing, what="the first to be taken")
    others = [queue.add(new_entry()) for _ in range(LIMIT)]
    until(lambda: queue.committer.waiting == LIMIT, what="the queue to fill")
    with pytest.raises(DoorBusy):
        queue.add(new_entry()).result(20)
    ledger.gate.set()
    assert [one.result(20) for one in (first, *others)] == [None] * (LIMIT + 1)
    assert ledger.batches == [1, LIMIT], "what gathered is written together"


def test_an_unreachable_database_is_tried_again_and_then_told(ledger: SlowLedger, queue: Queue) -> None:
    ledger.gate.set()
    ledger.failures = [Unavailable("gone")] * 3
    with pytest.raises(DoorBusy):
        queue.add(new_entry()).result(20)
    ledger.failures = [Unavailable("gone")]
    assert queue.add(new_entry()).result(20) is None


def test_a_row_the_database_refuses_does_not_fail_its_neighbours(ledger: SlowLedger, queue: Queue) -> None:
    first = queue.add(new_entry())
    until(lambda: queue.committer.writing, what="the first to be taken")
    others = [queue.add(new_entry()) for _ in range(3)]
    until(lambda: queue.committer.waiting == 3, what="the others to gather")
    fault = ValueError("not a row")
    ledger.failures = [fault, fault, fault]  # the batch of one, again alone; then the batch of three
    ledger.gate.set()
    with pytest.raises(DoorFailed):
        first.result(20)
    assert [one.result(20) for one in others] == [None] * 3


def test_a_file_and_an_entry_share_a_commit(ledger: SlowLedger, queue: Queue) -> None:
    now = datetime.now(UTC)
    queue.add(new_entry())
    until(lambda: queue.committer.writing, what="the first to be taken")
    row = NewFile("a" * 64, 1, "image/jpeg", "", False, "", "aa/aa/a", now, uuid7(), 7)
    both = [queue.add(row), queue.add(new_entry())]
    until(lambda: queue.committer.waiting == 2, what="both to gather")
    ledger.gate.set()
    assert [one.result(20) for one in both] == [None, None]
    assert ledger.batches == [1, 1]


class PromptWriter(Writer):
    """Knows which way each batch came."""

    def __init__(self) -> None:
        self.ways: list[str] = []

    async def write(self, entries: Any, files: Any) -> dict[UUID, Known]:
        self.ways.append("waited for")
        return {}

    def write_at_once(self, entries: Any, files: Any) -> dict[UUID, Known] | None:
        self.ways.append("at once")
        return {}

    def close(self) -> None: ...


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: a browser that another test has open keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def test_only_who_is_alone_at_the_door_is_committed_at_once() -> None:
    async def visit(callers: int) -> list[str]:
        writer = PromptWriter()
        committer = Committer(writer)
        committer.callers = callers
        await asyncio.gather(*[committer.commit(new_entry()) for _ in range(callers)])
        return writer.ways

    assert in_a_loop(visit(1)) == ["at once"]
    assert in_a_loop(visit(3)) == ["waited for"]


@pytest.fixture
def still(model: House, tmp_path: Path) -> Iterator[House]:
    """A database at which nobody works."""
    if model.is_postgres:
        pytest.skip("PostgreSQL is never written at once")
    with built(tmp_path, model) as one:
        yield one


@pytest.fixture
def lite(still: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteWriter]:
    """A writer on a disk that counts as quick; it has written once, so it is connected."""
    writer = SqliteWriter({"NAME": still.home / "dudao.sqlite3"})
    monkeypatch.setattr(sqlite, "QUICK_SECONDS", 60.0)
    assert in_a_loop(writer.write([new_entry()], [])) == {}
    yield writer
    writer.close()


def test_a_lone_row_is_written_at_once_and_exactly_once(still: House, lite: SqliteWriter) -> None:
    row = new_entry()
    assert lite.write_at_once([row], []) == {}
    assert still.read("SELECT body_sha256 FROM intake_entry WHERE id = %s", row.id.hex) == [
        (row.body_sha256,)
    ]
    assert lite.write_at_once([row], []) == {row.id: Known(row.received_at, row.body_sha256)}


def test_the_loop_does_not_wait_for_another_writer(still: House, lite: SqliteWriter) -> None:
    locked, seen = threading.Event(), threading.Event()

    def hold() -> None:
        with still.database() as holder:
            _lock(still, holder)
            locked.set()
            seen.wait(3)  # shorter than the thread's patience: who waits would be let in after all
            holder.execute("ROLLBACK")

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert locked.wait(20)
        assert lite.write_at_once([new_entry()], []) is None
        seen.set()
        holding.result(20)
    assert lite.write_at_once([new_entry()], []) == {}


def test_the_loop_does_not_wait_for_a_slow_disk(lite: SqliteWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lite.write_at_once([new_entry()], []) == {}
    monkeypatch.setattr(sqlite, "QUICK_SECONDS", 0.0)
    assert lite.write_at_once([new_entry()], []) is None


def test_now_and_then_a_lone_row_goes_to_the_thread_which_tidies_up_the_log(lite: SqliteWriter) -> None:
    for _ in range(2):
        for _ in range(IN_A_ROW):
            assert lite.write_at_once([new_entry()], []) == {}
        row = new_entry()
        assert lite.write_at_once([row], []) is None
        assert in_a_loop(lite.write([row], [])) == {}


def _lock(house: House, holder: Any) -> None:
    if house.is_postgres:
        holder.autocommit = True
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE intake_entry IN ACCESS EXCLUSIVE MODE")
    else:
        holder.execute("BEGIN IMMEDIATE")
