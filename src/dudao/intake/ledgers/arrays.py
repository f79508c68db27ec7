"""Columns of a batch as PostgreSQL's binary arrays.

The driver can do this too, value by value in Python; on the door's hot path that cost as much as everything else.
Format: PostgreSQL documentation, "Frontend/Backend Protocol", and `array_send` in its source.
"""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's zero
_MICROSECOND = timedelta(microseconds=1)
_head = struct.Struct("!iiIii").pack  # dimensions, has nulls, type, length, lower bound
_length = struct.Struct("!i").pack
_eight = struct.Struct("!q").pack
_NULL = _length(-1)

UUIDS, TEXTS, NUMBERS, BOOLEANS, MOMENTS, BYTES = 2950, 25, 20, 16, 1184, 17
"""Object ids of the types, fixed in PostgreSQL's catalogue (pg_type.dat). Numbers are bigint."""


def array(kind: int, values: Iterable[Any]) -> bytes:
    """`values`, at least one and some perhaps None, as an array of the type with this object id."""
    encode = _ENCODERS[kind]
    parts = [b""]
    count = nulls = 0
    for value in values:
        count += 1
        if value is None:
            nulls = 1
            parts.append(_NULL)
            continue
        encoded = encode(value)
        parts += (_length(len(encoded)), encoded)
    parts[0] = _head(1, nulls, kind, count, 1)
    return b"".join(parts)


def uuid_from(value: bytes) -> UUID:
    return UUID(bytes=value)


def moment_from(value: bytes) -> datetime:
    return _EPOCH + int.from_bytes(value, "big", signed=True) * _MICROSECOND


def _moment(value: datetime) -> bytes:
    return _eight((value - _EPOCH) // _MICROSECOND)


_ENCODERS: dict[int, Any] = {
    UUIDS: lambda value: value.bytes,
    TEXTS: str.encode,
    NUMBERS: _eight,
    BOOLEANS: lambda value: b"\x01" if value else b"\x00",
    MOMENTS: _moment,
    BYTES: lambda value: value,
}
