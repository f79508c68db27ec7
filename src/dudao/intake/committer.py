"""Group commit: many callers' rows become durable in one transaction, and each caller is told after it.

Callers hand in a row and wait. While one transaction is on its way, the rows that come gather for the next, so the cost
of a commit is shared by all who are there. A lone caller is committed at once; where there were several, the writer waits
a moment until half of them are there again: one half is written while the other is answered and heard. All of it
happens in the event loop; only the writer decides whether a thread is needed.
"""

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

from dudao.intake.errors import DoorBusy, DoorFailed
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile, Unavailable
from dudao.intake.ledgers.writing import Writer

log = logging.getLogger(__name__)

WAITING_LIMIT = 512  # rows
WAITING_BYTES = 64 * 1024 * 1024  # of bodies
BATCH_LIMIT = 256
GATHER_COMMITS = 2.5  # how long the writer waits for callers to come again, in durations of the last commit
LONGEST_GATHERING_SECONDS = 0.005
TRIES = 3
FIRST_PAUSE_SECONDS = 0.1


class _Ticket:
    """A caller's row, and what wakes the caller."""

    __slots__ = ("answer", "row", "size")

    def __init__(self, row: NewEntry | NewFile, answer: "asyncio.Future[Known | None]") -> None:
        self.row = row
        self.answer = answer
        self.size = len(row.body) if isinstance(row, NewEntry) else 0

    def tell(self, known: Known | None) -> None:
        if not self.answer.done():  # otherwise its caller has gone
            self.answer.set_result(known)

    def fail(self, failure: DoorBusy | DoorFailed) -> None:
        if not self.answer.done():
            self.answer.set_exception(failure)


class Committer:
    """The queue in front of one writer, in the event loop that is running."""

    def __init__(self, writer: Writer, *, limit: int = WAITING_LIMIT) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self._queue: list[_Ticket] = []
        self._bytes = 0  # of the bodies in the queue
        self._expected = 1  # rows to wait for: half as many as there were callers at the last commit
        self._was_alone = True
        self._patience = 0.0  # seconds to wait for as many again
        self._gathered = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self.writing = 0  # rows of the batch in the writer's hands
        self.callers = 0  # who is at the door, whether or not they have handed in yet; the door counts them

    @property
    def waiting(self) -> int:
        """Rows handed in and not yet taken by the writer."""
        return len(self._queue)

    async def commit(self, row: NewEntry | NewFile) -> Known | None:
        """Make `row` durable; returns what was stored under its id before it, or None if it is new.

        Returns only after the commit. Raises DoorBusy when too many wait or the database is out of reach: the row
        may or may not be stored then, and sending it again is harmless.
        """
        # Nobody is there to share a commit with, nor was of late.
        if self._work is None and self.callers == 1 and self._was_alone:
            batch = ([row], []) if isinstance(row, NewEntry) else ([], [row])
            written = self._writer.write_at_once(*batch)
            if written is not None:
                return next(iter(written.values()), None)
        if len(self._queue) >= self._limit or self._bytes > WAITING_BYTES:
            raise DoorBusy
        ticket = _Ticket(row, self._loop.create_future())
        self._queue.append(ticket)
        self._bytes += ticket.size
        if len(self._queue) >= self._expected:
            self._gathered.set()
        if self._work is None:
            self._work = self._loop.create_task(self._write_all())
        return await ticket.answer

    async def _write_all(self) -> None:
        """Write until nobody waits any more."""
        while self._queue:
            if len(self._queue) < self._expected:
                await self._gather()
            begun = self._loop.time()
            batch = self._queue[:BATCH_LIMIT]
            del self._queue[:BATCH_LIMIT]
            self._bytes -= sum(ticket.size for ticket in batch)
            self.writing = len(batch)
            try:
                await self._commit(batch)
            except Unavailable as error:
                log.warning("commit of %s rows gave up: %s", len(batch), error)
                for ticket in batch:
                    ticket.fail(DoorBusy())
            except Exception as error:  # the edge: the rest must live; the rows are tried one by one
                log.error("commit of %s rows failed: %s", len(batch), type(error).__name__)
                await self._one_by_one(batch)
            took = self._loop.time() - begun
            self._patience = min(GATHER_COMMITS * took, LONGEST_GATHERING_SECONDS)
            callers = len(batch) + len(self._queue)
            self._was_alone = callers == 1
            self._expected = min((callers + 1) // 2, BATCH_LIMIT)
        self.writing = 0
        self._work = None

    async def _gather(self) -> None:
        """Give those who were just answered the time to come again: together they wait for one commit, not for two."""
        self._gathered.clear()
        timer = self._loop.call_later(self._patience, self._gathered.set)
        await self._gathered.wait()
        timer.cancel()

    async def _commit(self, batch: Sequence[_Ticket]) -> None:
        """Write and answer. A retry is safe: what an unlucky try did commit is then simply known."""
        entries: dict[UUID, NewEntry] = {}
        files: dict[str, NewFile] = {}
        for ticket in batch:
            if isinstance(ticket.row, NewEntry):
                entries.setdefault(ticket.row.id, ticket.row)
            else:
                files.setdefault(ticket.row.sha256, ticket.row)
        known = await self._write(list(entries.values()), list(files.values()))
        for ticket in batch:
            row = ticket.row
            if not isinstance(row, NewEntry):
                ticket.tell(None)
                continue
            first = entries[row.id]
            same_batch = Known(first.received_at, first.body_sha256) if first is not row else None
            ticket.tell(known.get(row.id) or same_batch)

    async def _write(self, entries: list[NewEntry], files: list[NewFile]) -> dict[UUID, Known]:
        for attempt in range(TRIES):
            try:
                return await self._writer.write(entries, files)
            except Unavailable:
                if attempt == TRIES - 1:
                    raise
                await asyncio.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
        raise AssertionError("unreachable")

    async def _one_by_one(self, batch: Sequence[_Ticket]) -> None:
        """One row that the database cannot take must not fail its neighbours."""
        for ticket in batch:
            try:
                await self._commit([ticket])
            except Unavailable:
                ticket.fail(DoorBusy())
            except Exception as error:  # told to its caller, and logged without the row
                ticket.fail(DoorFailed())
                log.error("row %s refused by the database: %s", ticket.row[0], type(error).__name__)
