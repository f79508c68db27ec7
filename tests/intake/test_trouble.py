"""The database goes away, locks, or falls behind; the door says "busy" and recovers by itself."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dudao.intake.committer import Committer
from dudao.intake.errors import DoorBusy, DoorFailed
from dudao.intake.ledgers.common import Ledger
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile, Unavailable
from dudao.kernel.ids import uuid7
from tests.intake.house import House, built, until
from tests.intake.phone import Phone, entry, sha256

LIMIT = 40


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
            lambda sent=sent: (r := phone.send(sent)).status < 300 and r, what="the door to recover"
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


class SlowLedger(Ledger):
    """A database whose answer the test holds back, or lets fail."""

    def __init__(self) -> None:
        super().__init__({})
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

    def select(self, statement: str, values: Any) -> list[tuple[Any, ...]]:
        return []

    uuid_from = staticmethod(UUID)
    moment_from = staticmethod(datetime.fromisoformat)


def new_entry() -> NewEntry:
    now = datetime.now(UTC)
    return NewEntry(uuid7(), "trial", 1, 7, uuid7(), now, None, now, b"{}", sha256(b"{}"))


def test_a_full_queue_says_busy_and_drops_nothing() -> None:
    ledger = SlowLedger()
    committer = Committer(ledger, limit=LIMIT)
    with ThreadPoolExecutor(LIMIT + 1) as pool:
        first = pool.submit(committer.add, new_entry())
        until(lambda: first.running() and committer.writing, what="the first to be taken")
        others = [pool.submit(committer.add, new_entry()) for _ in range(LIMIT)]
        until(lambda: committer.waiting == LIMIT, what="the queue to fill")
        with pytest.raises(DoorBusy):
            committer.add(new_entry())
        ledger.gate.set()
        assert [one.result(20) for one in (first, *others)] == [None] * (LIMIT + 1)
    assert ledger.batches == [1, LIMIT], "what gathered is written together"


def test_an_unreachable_database_is_tried_again_and_then_told() -> None:
    ledger = SlowLedger()
    ledger.gate.set()
    ledger.failures = [Unavailable("gone")] * 3
    committer = Committer(ledger)
    with pytest.raises(DoorBusy):
        committer.add(new_entry())
    ledger.failures = [Unavailable("gone")]
    assert committer.add(new_entry()) is None


def test_a_row_the_database_refuses_does_not_fail_its_neighbours() -> None:
    ledger = SlowLedger()
    committer = Committer(ledger)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(committer.add, new_entry())
        until(lambda: first.running() and committer.writing, what="the first to be taken")
        others = [pool.submit(committer.add, new_entry()) for _ in range(3)]
        until(lambda: committer.waiting == 3, what="the others to gather")
        fault = ValueError("not a row")
        ledger.failures = [fault, fault, fault]  # the batch of one, again alone; then the batch of three
        ledger.gate.set()
        with pytest.raises(DoorFailed):
            first.result(20)
        assert [one.result(20) for one in others] == [None] * 3


def test_a_file_and_an_entry_share_a_commit() -> None:
    ledger = SlowLedger()
    ledger.gate.set()
    now = datetime.now(UTC)
    row = NewFile("a" * 64, 1, "image/jpeg", "", False, "", "aa/aa/a", now, uuid7(), 7)
    assert Committer(ledger).add(row) is None


def _lock(house: House, holder: Any) -> None:
    if house.is_postgres:
        holder.autocommit = True
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE intake_entry IN ACCESS EXCLUSIVE MODE")
    else:
        holder.execute("BEGIN IMMEDIATE")
