"""SQLite: there is no round trip to save, so the batch is one transaction of prepared inserts.

Values travel as Django's SQLite back end writes them: ids as 32 hex digits, moments as naive UTC text.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dudao.intake.ledgers.common import ENTRY_COLUMNS, FILE_COLUMNS, Ledger
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile, Unavailable
from dudao.intake.ledgers.writing import ThreadWriter

LOCK_WAIT_SECONDS = 5
QUICK_SECONDS = 0.001  # a commit that the event loop may wait for
FADING = 0.9  # of the slowest commit, with each later one: a hiccup of 20 ms keeps the loop away for thirty commits
IN_A_ROW = 64  # commits in the loop; then one in the thread, which also tidies up the log


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608


_INSERT_ENTRY = _insert("intake_entry", ENTRY_COLUMNS)
_INSERT_FILE = _insert("intake_evidencefile", FILE_COLUMNS)
_RECEIVED_AT = NewEntry._fields.index("received_at")
_KNOWN = "SELECT received_at, body_sha256 FROM intake_entry WHERE id = ?"

_PATIENT = (f"PRAGMA busy_timeout = {LOCK_WAIT_SECONDS * 1000}", "PRAGMA wal_autocheckpoint = 1000")
_PROMPT = ("PRAGMA busy_timeout = 0", "PRAGMA wal_autocheckpoint = 0")


class SqliteLedger(Ledger):
    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._link: sqlite3.Connection | None = None
        self._manners: tuple[str, ...] = ()
        self.took = 0.0  # seconds of the last transaction, without the wait for its turn

    def write(self, entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]:
        with self._connected() as link:
            self._behave(_PATIENT, link)
            link.execute("BEGIN IMMEDIATE")
            return self._store(entries, files, link)

    def write_at_once(
        self, entries: Sequence[NewEntry], files: Sequence[NewFile]
    ) -> dict[UUID, Known] | None:
        """As `write`, without waiting for other writers, and without tidying up the log. None where somebody else is
        writing, or nothing is connected: nothing was written then."""
        if self._link is None:
            return None
        with self._connected() as link:
            self._behave(_PROMPT, link)
            try:
                link.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                    return None
                raise
            return self._store(entries, files, link)

    def select(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._connected() as link:
            return link.execute(statement.replace("%s", "?"), tuple(map(_adapt, values))).fetchall()

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None

    @staticmethod
    def uuid_from(value: Any) -> UUID:
        return UUID(value)

    @staticmethod
    def moment_from(value: Any) -> datetime:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)

    def _behave(self, manners: tuple[str, ...], link: sqlite3.Connection) -> None:
        if self._manners is not manners:
            for pragma in manners:
                link.execute(pragma)
            self._manners = manners

    def _store(
        self, entries: Sequence[NewEntry], files: Sequence[NewFile], link: sqlite3.Connection
    ) -> dict[UUID, Known]:
        """Fill the transaction just begun, and commit it."""
        begun = time.perf_counter()
        known: dict[UUID, Known] = {}
        for file in files:
            link.execute(_INSERT_FILE, (*map(_adapt, file), False))
        for entry in entries:
            values = tuple(map(_adapt, entry))
            extra = ("received", "", "", 0, values[_RECEIVED_AT], False)
            if not link.execute(_INSERT_ENTRY, values + extra).rowcount:
                received_at, body_sha256 = link.execute(_KNOWN, values[:1]).fetchone()
                known[entry.id] = Known(self.moment_from(received_at), body_sha256)
        link.execute("COMMIT")
        self.took = time.perf_counter() - begun
        return known

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._link is None:
                self._link = self._connect()
            yield self._link
        except sqlite3.OperationalError as error:
            self.close()  # also undoes an open transaction
            raise Unavailable(str(error)) from error
        except BaseException:
            self.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        link = sqlite3.connect(
            self.settings["NAME"], timeout=LOCK_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._manners = ()
        link.execute("PRAGMA journal_mode = WAL")
        link.execute("PRAGMA synchronous = FULL")  # acknowledged means durable, also through a power cut
        return link


class SqliteWriter(ThreadWriter):
    """Writes in a thread, for a commit may wait long: for another writer, for a slow disk. Where it does not, a lone
    row is committed in the event loop: the way to a thread and back costs twice what the commit does."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._lite = SqliteLedger(settings)
        super().__init__(self._lite)
        self._slowest = 2 * QUICK_SECONDS  # commit of late, in seconds
        self._in_a_row = 0

    async def write(self, entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]:
        known = await super().write(entries, files)
        self._in_a_row = 0
        self._learn()
        return known

    def write_at_once(
        self, entries: Sequence[NewEntry], files: Sequence[NewFile]
    ) -> dict[UUID, Known] | None:
        if self._slowest > QUICK_SECONDS or self._in_a_row == IN_A_ROW:
            return None
        try:
            known = self._lite.write_at_once(entries, files)
        except (Unavailable, sqlite3.Error):  # the thread tries again, and tells
            return None
        if known is not None:
            self._in_a_row += 1
            self._learn()
        return known

    def _learn(self) -> None:
        self._slowest = max(self._lite.took, FADING * self._slowest)


def _adapt(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    return value
