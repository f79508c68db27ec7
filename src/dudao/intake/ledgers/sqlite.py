"""SQLite: there is no round trip to save, so the batch is one transaction of prepared inserts.

Values travel as Django's SQLite back end writes them: ids as 32 hex digits, moments as naive UTC text.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dudao.intake.ledgers.common import ENTRY_COLUMNS, FILE_COLUMNS, Ledger
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile, Unavailable

LOCK_WAIT_SECONDS = 5


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608


_INSERT_ENTRY = _insert("intake_entry", ENTRY_COLUMNS)
_INSERT_FILE = _insert("intake_evidencefile", FILE_COLUMNS)
_KNOWN = "SELECT received_at, body_sha256 FROM intake_entry WHERE id = ?"


class SqliteLedger(Ledger):
    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._link: sqlite3.Connection | None = None

    def write(self, entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]:
        known: dict[UUID, Known] = {}
        with self._connected() as link:
            link.execute("BEGIN IMMEDIATE")
            for file in files:
                link.execute(_INSERT_FILE, (*map(_adapt, file), False))
            for entry in entries:
                values = tuple(map(_adapt, entry))
                extra = ("received", "", "", 0, _adapt(entry.received_at), False)
                if not link.execute(_INSERT_ENTRY, values + extra).rowcount:
                    received_at, body_sha256 = link.execute(_KNOWN, values[:1]).fetchone()
                    known[entry.id] = Known(self.moment_from(received_at), body_sha256)
            link.execute("COMMIT")
        return known

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
        link.execute("PRAGMA journal_mode = WAL")
        link.execute("PRAGMA synchronous = FULL")  # acknowledged means durable, also through a power cut
        return link


def _adapt(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    return value
