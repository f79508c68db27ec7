"""What the door writes and reads, as plain values."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class NewEntry(NamedTuple):
    """An entry that passed every check and waits for its commit. `body` is kept byte for byte."""

    id: UUID
    kind: str
    schema: int
    user_id: int
    device_id: UUID
    made_at: datetime
    device_time: datetime | None
    received_at: datetime
    body: bytes
    body_sha256: str


class NewFile(NamedTuple):
    """A file whose bytes are already safe on the disk and need their row."""

    sha256: str
    size: int
    declared_type: str
    sniffed_type: str
    trusted: bool
    name: str
    path: str
    received_at: datetime
    entry_id: UUID
    user_id: int


class Known(NamedTuple):
    """What was stored under an id before."""

    received_at: datetime
    body_sha256: str


class StoredEntry(NamedTuple):
    """An entry as its sender may see it."""

    user_id: int
    received_at: datetime
    state: str
    reason: str
    detail: str
    body: bytes


class TurnedAway(NamedTuple):
    """Whom the door does not let in although the token is valid."""

    devices: frozenset[UUID]
    users: frozenset[int]


class Unavailable(Exception):
    """The database could not be reached or is locked; the same work may succeed later."""
