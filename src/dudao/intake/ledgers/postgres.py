"""PostgreSQL: the whole batch travels as arrays, so the statement is the same for any number of rows."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from uuid import UUID

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result

from dudao.intake.ledgers import arrays
from dudao.intake.ledgers.arrays import BOOLEANS, BYTES, MOMENTS, NUMBERS, TEXTS, UUIDS
from dudao.intake.ledgers.common import Ledger
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile, Unavailable

_ENTRY_TYPES = (UUIDS, TEXTS, NUMBERS, NUMBERS, UUIDS, MOMENTS, MOMENTS, MOMENTS, BYTES, TEXTS)
_FILE_TYPES = (TEXTS, NUMBERS, TEXTS, TEXTS, BOOLEANS, TEXTS, TEXTS, MOMENTS, UUIDS, NUMBERS)
_STATEMENTS = {
    "entries": """
        INSERT INTO intake_entry (id, kind, schema, user_id, device_id, made_at, device_time, received_at, body,
            body_sha256, state, reason, detail, attempts, try_at, check_due)
        SELECT id, kind, schema, user_id, device_id, made_at, device_time, received_at, body, body_sha256,
            'received', '', '', 0, received_at, false
        FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::uuid[], $6::timestamptz[],
            $7::timestamptz[], $8::timestamptz[], $9::bytea[], $10::text[])
            AS sent (id, kind, schema, user_id, device_id, made_at, device_time, received_at, body, body_sha256)
        ON CONFLICT (id) DO NOTHING RETURNING id
    """,
    "files": """
        INSERT INTO intake_evidencefile (sha256, size, declared_type, sniffed_type, trusted, name, path,
            received_at, entry_id, user_id, announced)
        SELECT sent.*, false
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[],
            $8::timestamptz[], $9::uuid[], $10::bigint[]) AS sent
        ON CONFLICT (sha256) DO NOTHING
    """,
}
_KNOWN = "SELECT id, received_at, body_sha256 FROM intake_entry WHERE id = ANY(%s)"
_NOT_OURS = {"pool", "isolation_level", "assume_role", "server_side_binding"}  # Django's, not the driver's

Link = psycopg.Connection[tuple[Any, ...]]


class PostgresLedger(Ledger):
    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._link: Link | None = None
        self._prepared: set[str] = set()

    def write(self, entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]:
        # Sorted, so that two processes with overlapping batches wait for each other in one order, never in a ring.
        with self._connected() as link, _one_transaction(link, bool(entries) and bool(files)):
            if files:
                self._insert(link, "files", sorted(files), _FILE_TYPES)
            if not entries:
                return {}
            added = self._insert(link, "entries", sorted(entries), _ENTRY_TYPES)
            new = {arrays.uuid_from(added.get_value(row, 0) or b"") for row in range(added.ntuples)}
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

    def _insert(
        self, link: Link, name: str, rows: Sequence[tuple[Any, ...]], types: Sequence[int]
    ) -> pq.abc.PGresult:
        """Run a prepared insert through libpq itself: no round trip and no conversion more than needed."""
        wire = link.pgconn
        if name not in self._prepared:
            _checked(wire, wire.prepare(name.encode(), _STATEMENTS[name].encode()))
            self._prepared.add(name)
        columns = zip(*rows, strict=True)
        values = [arrays.array(kind, column) for kind, column in zip(types, columns, strict=True)]
        formats = [pq.Format.BINARY] * len(values)
        return _checked(wire, wire.exec_prepared(name.encode(), values, formats, pq.Format.BINARY))

    @contextmanager
    def _connected(self) -> Iterator[Link]:
        try:
            if self._link is None or self._link.closed:
                self._link = self._connect()
                self._prepared.clear()
            yield self._link
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.close()
            raise Unavailable(type(error).__name__) from error

    def _connect(self) -> Link:
        own = {key: value for key, value in self.settings.get("OPTIONS", {}).items() if key not in _NOT_OURS}
        names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        place = {key: self.settings[name] for key, name in names.items() if self.settings.get(name)}
        link = psycopg.connect(**(own | place | {"connect_timeout": 5}), autocommit=True, prepare_threshold=1)
        link.execute("SET synchronous_commit = on")  # acknowledged means durable, whatever the role's default
        link.execute("SET lock_timeout = '10s'")
        link.execute("SET statement_timeout = '20s'")
        link.execute("SET TimeZone = 'UTC'")
        return link


def _one_transaction(link: Link, several: bool) -> AbstractContextManager[Any]:
    """A single statement is a transaction by itself; saying so would cost two more round trips."""
    return link.transaction() if several else nullcontext()


def _checked(wire: pq.abc.PGconn, result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status in {pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK}:
        return result
    if wire.status != pq.ConnStatus.OK:
        raise psycopg.OperationalError("the connection was lost")
    raise error_from_result(result)
