"""Columns of a batch as PostgreSQL's binary arrays.

The driver can do this too, value by value in Python; on the door's hot path that cost as much as everything else.
Format: PostgreSQL documentation, "Frontend/Backend Protocol", and `array_send` in its source.
"""

import struct
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's zero
_MICROSECOND = timedelta(microseconds=1)
_head = struct.Struct("!iiIii").pack  # dimensions, has nulls, type, length, lower bound
_length = struct.Struct("!i").pack
_eight = struct.Struct("!iq").pack  # length and value
_SIXTEEN = _length(16)
_NULL = _length(-1)
_YES, _NO = _length(1) + b"\x01", _length(1) + b"\x00"

UUIDS, TEXTS, NUMBERS, BOOLEANS, MOMENTS, BYTES = 2950, 25, 20, 16, 1184, 17
"""Object ids of the types, fixed in PostgreSQL's catalogue (pg_type.dat). Numbers are bigint."""


def array(kind: int, values: Iterable[Any]) -> bytes:
    """`values`, at least one and some perhaps None, as an array of the type with this object id."""
    encode = _ENCODERS[kind]
    parts = [_NULL if value is None else encode(value) for value in values]
    return _head(1, _NULL in parts, kind, len(parts), 1) + b"".join(parts)


def uuid_from(value: bytes) -> UUID:
    return UUID(bytes=value)


def moment_from(value: bytes) -> datetime:
    return _EPOCH + int.from_bytes(value, "big", signed=True) * _MICROSECOND


def _moment(value: datetime) -> bytes:
    return _eight(8, (value - _EPOCH) // _MICROSECOND)


def _text(value: str) -> bytes:
    encoded = value.encode()
    return _length(len(encoded)) + encoded


_ENCODERS: dict[int, Callable[[Any], bytes]] = {
    UUIDS: lambda value: _SIXTEEN + value.bytes,
    TEXTS: _text,
    NUMBERS: lambda value: _eight(8, value),
    BOOLEANS: lambda value: _YES if value else _NO,
    MOMENTS: _moment,
    BYTES: lambda value: _length(len(value)) + value,
}
"""Length and value, as one element of an array."""
