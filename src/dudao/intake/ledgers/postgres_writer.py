"""PostgreSQL, written from the event loop through libpq itself: no thread, no round trip and no conversion too many.

A thread that waits for the database must win the interpreter back from a busy loop after every commit. Here the loop
sends a batch, goes on with its callers, and the socket says when the answer is there. The batch travels as arrays, so
the statement is the same for any number of rows.
"""

import asyncio
from collections.abc import Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from psycopg import InterfaceError, OperationalError, pq
from psycopg.errors import error_from_result
from psycopg.pq.abc import PGresult

from dudao.intake.ledgers import arrays
from dudao.intake.ledgers.arrays import BOOLEANS, BYTES, MOMENTS, NUMBERS, TEXTS, UUIDS
from dudao.intake.ledgers.postgres import Link, connect
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile, Unavailable
from dudao.intake.ledgers.writing import Writer

WAIT_SECONDS = 30.0  # for one batch; the server's own limits end sooner, this is for a network that has gone

_ENTRY_TYPES = (UUIDS, TEXTS, NUMBERS, NUMBERS, UUIDS, MOMENTS, MOMENTS, MOMENTS, BYTES, TEXTS)
_FILE_TYPES = (TEXTS, NUMBERS, TEXTS, TEXTS, BOOLEANS, TEXTS, TEXTS, MOMENTS, UUIDS, NUMBERS)
_STATEMENTS = {
    b"entries": b"""
        INSERT INTO intake_entry (id, kind, schema, user_id, device_id, made_at, device_time, received_at, body,
            body_sha256, state, reason, detail, attempts, try_at, check_due)
        SELECT id, kind, schema, user_id, device_id, made_at, device_time, received_at, body, body_sha256,
            'received', '', '', 0, received_at, false
        FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::uuid[], $6::timestamptz[],
            $7::timestamptz[], $8::timestamptz[], $9::bytea[], $10::text[])
            AS sent (id, kind, schema, user_id, device_id, made_at, device_time, received_at, body, body_sha256)
        ON CONFLICT (id) DO NOTHING RETURNING id
    """,
    b"files": b"""
        INSERT INTO intake_evidencefile (sha256, size, declared_type, sniffed_type, trusted, name, path,
            received_at, entry_id, user_id, announced)
        SELECT sent.*, false
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[],
            $8::timestamptz[], $9::uuid[], $10::bigint[]) AS sent
        ON CONFLICT (sha256) DO NOTHING
    """,
    b"known": b"SELECT id, received_at, body_sha256 FROM intake_entry WHERE id = ANY($1::uuid[])",
}

_BY_ID = attrgetter("id.int")  # comparing ids as such is Python

Rows = Sequence[tuple[Any, ...]]


class PostgresWriter(Writer):
    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._wire: _Wire | None = None

    async def write(self, entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                if self._wire is None or self._wire.is_lost:
                    self._wire = await self._opened()
                return await _write(self._wire, entries, files)
        except (OperationalError, InterfaceError, TimeoutError) as error:
            self.close()
            raise Unavailable(type(error).__name__) from error
        except BaseException:
            self.close()  # also undoes an open transaction
            raise

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = None

    async def _opened(self) -> "_Wire":
        link = await asyncio.get_running_loop().run_in_executor(None, connect, self._settings)
        self._wire = wire = _Wire(link)
        for name, statement in _STATEMENTS.items():
            wire.link.pgconn.send_prepare(name, statement)
            await wire.result()
        return wire


async def _write(wire: "_Wire", entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]:
    # A single statement is a transaction by itself; saying so would cost two more round trips.
    several = bool(entries) and bool(files)
    if several:
        await wire.say(b"BEGIN")
    # Sorted, so that two processes with overlapping batches wait for each other in one order, never in a ring.
    if files:
        await wire.ask(b"files", sorted(files), _FILE_TYPES)
    entries = sorted(entries, key=_BY_ID)
    added = await wire.ask(b"entries", entries, _ENTRY_TYPES) if entries else None
    if several:
        await wire.say(b"COMMIT")
    if added is None or added.ntuples == len(entries):
        return {}
    new = {added.get_value(row, 0) for row in range(added.ntuples)}
    old = [(entry.id,) for entry in entries if entry.id.bytes not in new]
    # What stood in the way is committed and never changes, so it may be read after our own commit.
    found = await wire.ask(b"known", old, (UUIDS,))
    return dict(_known(found, row) for row in range(found.ntuples))


def _known(found: PGresult, row: int) -> tuple[UUID, Known]:
    entry_id, received_at, body_sha256 = (found.get_value(row, column) or b"" for column in range(3))
    return UUID(bytes=entry_id), Known(arrays.moment_from(received_at), body_sha256.decode())


class _Wire:
    """One connection watched by the event loop. One question at a time."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._loop = asyncio.get_running_loop()
        self._stirred: asyncio.Future[None] = self._loop.create_future()
        link.pgconn.nonblocking = 1
        self._socket = link.pgconn.socket
        self._is_closed = False
        self._loop.add_reader(self._socket, self._hear)

    @property
    def is_lost(self) -> bool:
        return self.link.closed

    def close(self) -> None:
        # Also when the driver has closed the socket by itself: the next connection mostly gets its number, and a loop
        # that still knows the number would never watch the new socket.
        if not self._is_closed:
            self._is_closed = True
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self.link.close()

    async def say(self, statement: bytes) -> PGresult:
        self.link.pgconn.send_query_params(statement, None)
        return await self.result()

    async def ask(self, name: bytes, rows: Rows, types: Sequence[int]) -> PGresult:
        """Run a prepared statement on the columns of `rows`."""
        columns = zip(*rows, strict=True)
        values = [arrays.array(kind, column) for kind, column in zip(types, columns, strict=True)]
        formats = [pq.Format.BINARY] * len(values)
        self.link.pgconn.send_query_prepared(name, values, formats, pq.Format.BINARY)
        return await self.result()

    async def result(self) -> PGresult:
        """The answer to the one statement just sent. Raises the driver's errors."""
        pgconn = self.link.pgconn
        if pgconn.flush():
            self._loop.add_writer(self._socket, self._stir)
            while pgconn.flush():
                await self._something()
            self._loop.remove_writer(self._socket)
        results: list[PGresult | None] = []
        while not results or results[-1] is not None:
            while pgconn.is_busy():
                await self._something()
            results.append(pgconn.get_result())
        result = results[0]
        if result is None:
            raise OperationalError("the connection was lost")
        if result.status not in {pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK}:
            raise error_from_result(result)
        return result

    async def _something(self) -> None:
        """Wait until the socket has something to read, or room to send. Raises OperationalError at its end."""
        self._stirred = self._loop.create_future()
        await self._stirred

    def _hear(self) -> None:
        try:
            self.link.pgconn.consume_input()
        except OperationalError as error:
            self.close()
            if not self._stirred.done():
                self._stirred.set_exception(error)
        else:
            self._stir()

    def _stir(self) -> None:
        if not self._stirred.done():
            self._stirred.set_result(None)
