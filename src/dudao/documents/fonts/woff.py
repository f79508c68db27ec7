"""Turn a WOFF 1.0 web font into the OpenType file it was made from (W3C Recommendation, 13 December 2012).

WOFF 1.0 is an OpenType file with each table deflated, so that the standard library is enough to undo it.
"""

import struct
import zlib
from typing import NamedTuple

HEADER = struct.Struct(">4s4sIHHIHHIIIII")
ENTRY = struct.Struct(">4sIIII")
SFNT_HEADER = struct.Struct(">4sHHHH")
SFNT_ENTRY = struct.Struct(">4sIII")


class _Table(NamedTuple):
    tag: bytes
    checksum: int
    body: bytes


def to_opentype(woff: bytes) -> bytes:
    """The OpenType bytes inside. Raises ValueError when the bytes are not WOFF 1.0."""
    signature, flavor, _length, count, *_rest = HEADER.unpack_from(woff)
    if signature != b"wOFF":
        raise ValueError(f"not a WOFF 1.0 font: {signature=}")
    entries = (ENTRY.unpack_from(woff, HEADER.size + ENTRY.size * index) for index in range(count))
    return _assemble(flavor, sorted(_table(woff, *entry) for entry in entries))


def _table(woff: bytes, tag: bytes, offset: int, packed: int, size: int, checksum: int) -> _Table:
    raw = woff[offset : offset + packed]
    body = raw if packed == size else zlib.decompress(raw)
    if len(body) != size:
        raise ValueError(f"table {tag!r} has {len(body)} bytes instead of {size}")
    return _Table(tag, checksum, body)


def _assemble(flavor: bytes, tables: list[_Table]) -> bytes:
    """Header, directory and bodies; every table begins at a multiple of four bytes."""
    power = len(tables).bit_length() - 1
    search = 16 << power
    header = SFNT_HEADER.pack(flavor, len(tables), search, power, len(tables) * 16 - search)
    directory, bodies = bytearray(), bytearray()
    start = SFNT_HEADER.size + SFNT_ENTRY.size * len(tables)
    for table in tables:
        directory += SFNT_ENTRY.pack(table.tag, table.checksum, start + len(bodies), len(table.body))
        bodies += table.body + bytes(-len(table.body) % 4)
    return header + bytes(directory) + bytes(bodies)
