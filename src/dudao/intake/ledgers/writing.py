"""How a batch gets into the database without holding up the event loop."""

import asyncio
import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any, Protocol
from uuid import UUID

from dudao.intake.ledgers.rows import Known, NewEntry, NewFile

Batch = tuple[Sequence[NewEntry], Sequence[NewFile]]
Answer = asyncio.Future[dict[UUID, Known]]


class Writer(ABC):
    """One writing connection, opened at first use and after a loss; one batch at a time."""

    @abstractmethod
    async def write(self, entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]:
        """Store all of it in one durable transaction. Returns what was there before, by id; the rest is new.

        `entries` must not name one id twice. Raises Unavailable when the database is out of reach or locked.
        """

    def write_at_once(
        self, entries: Sequence[NewEntry], files: Sequence[NewFile]
    ) -> dict[UUID, Known] | None:
        """As `write`, before this returns; None, and nothing written, where that could hold up the event loop."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Drop the connection, whatever state it is in."""


class Blocking(Protocol):
    """A ledger whose transaction occupies the thread that asks for it."""

    def write(self, entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]: ...
    def close(self) -> None: ...


class ThreadWriter(Writer):
    """Lets a blocking ledger write in a thread of its own."""

    def __init__(self, ledger: Blocking) -> None:
        self._ledger = ledger
        self._work: SimpleQueue[tuple[Batch, Answer] | None] = SimpleQueue()
        threading.Thread(target=self._run, name="writer", daemon=True).start()

    async def write(self, entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]:
        answer: Answer = asyncio.get_running_loop().create_future()
        self._work.put(((entries, files), answer))
        return await answer

    def close(self) -> None:
        self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            batch, answer = work
            try:
                known = self._ledger.write(*batch)
            except Exception as error:  # the edge: it goes to whoever waits, and the thread must live
                _tell(answer, answer.set_exception, error)
            else:
                _tell(answer, answer.set_result, known)
        self._ledger.close()


def _tell(answer: Answer, tell: Callable[[Any], None], outcome: object) -> None:
    def settle() -> None:
        if not answer.done():  # otherwise nobody waits any more
            tell(outcome)

    with contextlib.suppress(RuntimeError):  # the loop is closed: the server ends
        answer.get_loop().call_soon_threadsafe(settle)
