"""The door's own way to the database: raw drivers, one durable transaction per batch, no Django on the way.

`rows` says what goes in and out, `common` what both databases share, `postgres` and `sqlite` what differs.
"""

from typing import Any

from dudao.intake.ledgers.common import Ledger
from dudao.intake.ledgers.postgres import PostgresLedger
from dudao.intake.ledgers.sqlite import SqliteLedger


def open_ledger(settings: dict[str, Any]) -> Ledger:
    """A ledger on the database of these Django `settings` (one of DATABASES); it connects at first use."""
    if settings["ENGINE"].endswith("sqlite3"):
        return SqliteLedger(settings)
    return PostgresLedger(settings)
