"""A few reading connections shared by many request threads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import LifoQueue

from dudao.intake.ledgers.common import Ledger

CONNECTIONS = 4  # per process; PostgreSQL allows about a hundred in all


class Readers:
    def __init__(self, open_one: Callable[[], Ledger]) -> None:
        self._idle: LifoQueue[Ledger] = LifoQueue()
        for _number in range(CONNECTIONS):
            self._idle.put(open_one())

    @contextmanager
    def one(self) -> Iterator[Ledger]:
        """A ledger for this thread alone; waits when all are in use."""
        ledger = self._idle.get()
        try:
            yield ledger
        finally:
            self._idle.put(ledger)
