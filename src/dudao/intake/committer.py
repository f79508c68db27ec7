"""Group commit: one writer thread per process makes many callers' work durable in one transaction.

Callers hand in a row and wait. The writer takes whatever has gathered, writes it as one durable transaction and wakes
them all, so that the cost of a commit is shared. A lone caller is committed at once: the writer waits for others only
when the batch before shows that there are others, and never longer than `GATHER_SECONDS`.
"""

import asyncio
import contextlib
import logging
import threading
import time
from _thread import LockType, allocate_lock
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from uuid import UUID

from dudao.intake.errors import DoorBusy, DoorFailed
from dudao.intake.ledgers.common import Ledger
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile, Unavailable

log = logging.getLogger(__name__)

WAITING_LIMIT = 512  # rows
WAITING_BYTES = 64 * 1024 * 1024  # of bodies
BATCH_LIMIT = 256
GATHER_SECONDS = 0.001
PATIENCE_SECONDS = 60.0  # longest sleep of a thread; the ledger's own limits of time end sooner
TRIES = 3
FIRST_PAUSE_SECONDS = 0.1


class _Ticket:
    """A caller's row, and what wakes the caller: a bell for a thread, a future for the event loop."""

    __slots__ = ("bell", "failure", "future", "known", "row")

    def __init__(self, row: NewEntry | NewFile) -> None:
        self.row = row
        self.known: Known | None = None
        self.failure: type[DoorBusy | DoorFailed] | None = None
        self.bell: LockType | None = None
        self.future: asyncio.Future[Known | None] | None = None


class Committer:
    """The queue in front of one writing ledger. `loop` is where `commit` is awaited."""

    def __init__(
        self, ledger: Ledger, loop: asyncio.AbstractEventLoop | None = None, *, limit: int = WAITING_LIMIT
    ) -> None:
        self._ledger = ledger
        self._loop = loop
        self._limit = limit
        self._queue: SimpleQueue[_Ticket] = SimpleQueue()
        self._bytes_in = 0  # counted by the loop alone
        self._bytes_out = 0  # counted by the writer alone
        self._last = 1  # rows of the batch before
        self.writing = 0  # rows of the batch in the writer's hands
        threading.Thread(target=self._run, name="committer", daemon=True).start()

    @property
    def waiting(self) -> int:
        """Rows handed in and not yet taken by the writer."""
        return self._queue.qsize()

    async def commit(self, row: NewEntry) -> Known | None:
        """Make `row` durable; returns what was stored under its id before it, or None if it is new.

        Returns only after the commit. Raises DoorBusy when too many wait or the database is out of reach: the row
        may or may not be stored then, and sending it again is harmless.
        """
        assert self._loop is not None
        if self.waiting >= self._limit or self._bytes_in - self._bytes_out > WAITING_BYTES:
            raise DoorBusy
        ticket = _Ticket(row)
        ticket.future = self._loop.create_future()
        self._bytes_in += len(row.body)
        self._queue.put(ticket)
        return await ticket.future

    def add(self, row: NewEntry | NewFile) -> Known | None:
        """The same for a thread that may sleep."""
        if self.waiting >= self._limit:
            raise DoorBusy
        ticket = _Ticket(row)
        ticket.bell = allocate_lock()
        ticket.bell.acquire()
        self._queue.put(ticket)
        if not ticket.bell.acquire(timeout=PATIENCE_SECONDS):
            raise DoorBusy
        if ticket.failure is not None:
            raise ticket.failure
        return ticket.known

    def _run(self) -> None:
        while True:
            batch = self._gather()
            self.writing = len(batch)
            try:
                self._commit(batch)
            except Unavailable as error:
                log.warning("commit of %s rows gave up: %s", len(batch), error)
                _fail(batch, DoorBusy)
            except Exception as error:  # the edge: the thread must live; the rows are tried one by one
                log.error("commit of %s rows failed: %s", len(batch), type(error).__name__)
                self._one_by_one(batch)
            self._last, self.writing = len(batch), 0
            self._wake(batch)

    def _wake(self, batch: Sequence[_Ticket]) -> None:
        awaited = []
        for ticket in batch:
            if ticket.bell is not None:
                ticket.bell.release()
            elif isinstance(ticket.row, NewEntry):
                self._bytes_out += len(ticket.row.body)
                awaited.append(ticket)
        if awaited and self._loop is not None:
            with contextlib.suppress(
                RuntimeError
            ):  # the loop is closed: the server ends, nobody listens any more
                self._loop.call_soon_threadsafe(_answer, awaited)

    def _gather(self) -> list[_Ticket]:
        take = self._queue.get
        batch = [take()]
        deadline = time.monotonic() + GATHER_SECONDS if self._last > 1 else 0.0
        while len(batch) < BATCH_LIMIT:
            try:
                batch.append(take(block=False))
            except Empty:
                left = deadline - time.monotonic()
                if left <= 0 or len(batch) >= self._last:
                    break
                try:
                    batch.append(take(timeout=left))
                except Empty:
                    break
        return batch

    def _commit(self, batch: Sequence[_Ticket]) -> None:
        """Write and note the answers. A retry is safe: what an unlucky try did commit is then simply known."""
        entries: dict[UUID, NewEntry] = {}
        files: dict[str, NewFile] = {}
        for ticket in batch:
            if isinstance(ticket.row, NewEntry):
                entries.setdefault(ticket.row.id, ticket.row)
            else:
                files.setdefault(ticket.row.sha256, ticket.row)
        known = self._write(list(entries.values()), list(files.values()))
        for ticket in batch:
            row = ticket.row
            if isinstance(row, NewEntry):
                first = entries[row.id]
                same_batch = Known(first.received_at, first.body_sha256) if first is not row else None
                ticket.known = known.get(row.id) or same_batch

    def _write(self, entries: list[NewEntry], files: list[NewFile]) -> dict[UUID, Known]:
        for attempt in range(TRIES):
            try:
                return self._ledger.write(entries, files)
            except Unavailable:
                if attempt == TRIES - 1:
                    raise
                time.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
        raise AssertionError("unreachable")

    def _one_by_one(self, batch: Sequence[_Ticket]) -> None:
        """One row that the database cannot take must not fail its neighbours."""
        for ticket in batch:
            try:
                self._commit([ticket])
            except Unavailable:
                ticket.failure = DoorBusy
            except Exception as error:  # told to its caller, and logged without the row
                ticket.failure = DoorFailed
                log.error("row %s refused by the database: %s", ticket.row[0], type(error).__name__)


def _answer(batch: Sequence[_Ticket]) -> None:
    for ticket in batch:
        assert ticket.future is not None
        if ticket.future.done():  # its caller has gone
            continue
        if ticket.failure is None:
            ticket.future.set_result(ticket.known)
        else:
            ticket.future.set_exception(ticket.failure())


def _fail(batch: Sequence[_Ticket], failure: type[DoorBusy | DoorFailed]) -> None:
    for ticket in batch:
        ticket.failure = failure
