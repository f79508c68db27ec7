"""PostgreSQL: the whole batch travels as arrays, so the statement is the same for any number of rows."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from uuid import UUID

import psycopg

from dudao.intake.ledgers.common import Ledger
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile, Unavailable

_INSERT_ENTRIES = """
    INSERT INTO intake_entry (id, kind, schema, user_id, device_id, made_at, device_time, received_at, body,
        body_sha256, state, reason, detail, attempts, try_at, check_due)
    SELECT id, kind, schema, user_id, device_id, made_at, device_time, received_at, body, body_sha256,
        'received', '', '', 0, received_at, false
    FROM unnest(%b::uuid[], %b::text[], %b::int[], %b::bigint[], %b::uuid[], %b::timestamptz[],
        %b::timestamptz[], %b::timestamptz[], %b::bytea[], %b::text[])
        AS sent (id, kind, schema, user_id, device_id, made_at, device_time, received_at, body, body_sha256)
    ON CONFLICT (id) DO NOTHING RETURNING id
"""
_INSERT_FILES = """
    INSERT INTO intake_evidencefile (sha256, size, declared_type, sniffed_type, trusted, name, path,
        received_at, entry_id, user_id, announced)
    SELECT sent.*, false
    FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::text[], %b::boolean[], %b::text[], %b::text[],
        %b::timestamptz[], %b::uuid[], %b::bigint[]) AS sent
    ON CONFLICT (sha256) DO NOTHING
"""
_KNOWN = "SELECT id, received_at, body_sha256 FROM intake_entry WHERE id = ANY(%s)"
_NOT_OURS = {"pool", "isolation_level", "assume_role", "server_side_binding"}  # Django's, not the driver's


class PostgresLedger(Ledger):
    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._link: psycopg.Connection[tuple[Any, ...]] | None = None

    def write(self, entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]:
        # Sorted, so that two processes with overlapping batches wait for each other in one order, never in a ring.
        with self._connected() as link, _one_transaction(link, bool(entries) and bool(files)):
            if files:
                link.execute(_INSERT_FILES, _columns(sorted(files)))
            if not entries:
                return {}
            new = {row[0] for row in link.execute(_INSERT_ENTRIES, _columns(sorted(entries)))}
            old = [entry.id for entry in entries if entry.id not in new]
            # What stood in the way is committed and never changes, so it may be read after our own commit.
            found = link.execute(_KNOWN, (old,)).fetchall() if old else []
            return {row[0]: Known(row[1], row[2]) for row in found}

    def select(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._connected() as link:
            return link.execute(statement, values).fetchall()

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None

    uuid_from = staticmethod(lambda value: value)
    moment_from = staticmethod(lambda value: value)

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        try:
            if self._link is None or self._link.closed:
                self._link = self._connect()
            yield self._link
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.close()
            raise Unavailable(type(error).__name__) from error

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        own = {key: value for key, value in self.settings.get("OPTIONS", {}).items() if key not in _NOT_OURS}
        names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        place = {key: self.settings[name] for key, name in names.items() if self.settings.get(name)}
        link = psycopg.connect(**(own | place | {"connect_timeout": 5}), autocommit=True, prepare_threshold=1)
        link.execute("SET synchronous_commit = on")  # acknowledged means durable, whatever the role's default
        link.execute("SET lock_timeout = '10s'")
        link.execute("SET statement_timeout = '20s'")
        link.execute("SET TimeZone = 'UTC'")
        return link


def _one_transaction(link: psycopg.Connection[Any], several: bool) -> AbstractContextManager[Any]:
    """A single statement is a transaction by itself; saying so would cost two more round trips."""
    return link.transaction() if several else nullcontext()


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
