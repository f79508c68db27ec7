"""The door's own way to the database: raw drivers, one durable transaction per batch, no Django on the way.

`rows` says what goes in and out, `common` how it is read, `writing` how it is written; `postgres`, `postgres_writer` and
`sqlite` are what differs between the databases.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import conf

from dudao.intake.ledgers.common import Ledger
from dudao.intake.ledgers.postgres import PostgresLedger
from dudao.intake.ledgers.postgres_writer import PostgresWriter
from dudao.intake.ledgers.rows import Known, NewEntry, NewFile
from dudao.intake.ledgers.sqlite import SqliteLedger, SqliteWriter
from dudao.intake.ledgers.writing import Writer


def open_ledger(settings: dict[str, Any]) -> Ledger:
    """For reading, from the database of these Django `settings` (one of DATABASES); it connects at first use."""
    return SqliteLedger(settings) if _is_sqlite(settings) else PostgresLedger(settings)


def open_writer(settings: dict[str, Any]) -> Writer:
    """For writing, from an event loop; it connects at first use."""
    return SqliteWriter(settings) if _is_sqlite(settings) else PostgresWriter(settings)


async def write_once(entries: Sequence[NewEntry], files: Sequence[NewFile]) -> dict[UUID, Known]:
    """Write by a connection of its own, for whoever is not the door."""
    writer = open_writer(conf.settings.DATABASES["default"])
    try:
        return await writer.write(entries, files)
    finally:
        writer.close()


def _is_sqlite(settings: dict[str, Any]) -> bool:
    return bool(settings["ENGINE"].endswith("sqlite3"))
