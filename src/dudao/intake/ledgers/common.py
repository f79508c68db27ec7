"""What both databases share. Statements are written with %s; each dialect says how values travel."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dudao.intake.ledgers.rows import NewEntry, NewFile, StoredEntry, TurnedAway, Unavailable

ENTRY_COLUMNS = (*NewEntry._fields, "state", "reason", "detail", "attempts", "try_at", "check_due")
FILE_COLUMNS = (*NewFile._fields, "announced")
HASHES_AT_ONCE = 500  # well under SQLite's and PostgreSQL's limits of parameters


class Ledger(ABC):
    """One connection to the database, opened at first use and after a loss. Not shared between threads at a time.

    Every method raises Unavailable when the database is out of reach or locked; the connection is then dropped.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    @abstractmethod
    def close(self) -> None:
        """Drop the connection, whatever state it is in."""

    @abstractmethod
    def select(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """What a SELECT answers, asked once."""

    @staticmethod
    @abstractmethod
    def uuid_from(value: Any) -> UUID: ...

    @staticmethod
    @abstractmethod
    def moment_from(value: Any) -> datetime: ...

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a SELECT answers. A connection lost since its last use is made again, once."""
        try:
            return self.select(statement, values)
        except Unavailable:
            return self.select(statement, values)

    def entry(self, entry_id: UUID) -> StoredEntry | None:
        found = self.rows(
            "SELECT user_id, received_at, state, reason, detail, body FROM intake_entry WHERE id = %s",
            (entry_id,),
        )
        for user_id, received_at, state, reason, detail, body in found:
            return StoredEntry(user_id, self.moment_from(received_at), state, reason, detail, bytes(body))
        return None

    def stored(self, hashes: Sequence[str]) -> dict[str, int]:
        """The sizes, in bytes, of those files that are stored."""
        sizes: dict[str, int] = {}
        for start in range(0, len(hashes), HASHES_AT_ONCE):
            part = hashes[start : start + HASHES_AT_ONCE]
            marks = ",".join(["%s"] * len(part))
            statement = f"SELECT sha256, size FROM intake_evidencefile WHERE sha256 IN ({marks})"  # noqa: S608
            sizes.update((row[0], row[1]) for row in self.rows(statement, part))
        return sizes

    def turned_away(self, *, now: datetime, lifetime: timedelta) -> TurnedAway:
        """Revoked devices whose tokens may still be valid, and users who may not sign in any more."""
        devices = self.rows("SELECT id FROM people_device WHERE revoked_at > %s", (now - lifetime,))
        users = self.rows("SELECT id FROM people_user WHERE NOT is_active")
        return TurnedAway(
            frozenset(self.uuid_from(row[0]) for row in devices), frozenset(row[0] for row in users)
        )
