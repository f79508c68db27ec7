"""Which characters a font can draw, read from its `cmap` table (OpenType 1.9, formats 4 and 12)."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def characters(path: Path) -> frozenset[int]:
    """Code points with a glyph. Raises ValueError for a file without a Unicode cmap."""
    font = path.read_bytes()
    start = _table(font, b"cmap")
    found = set[int]()
    for offset in _subtables(font, start):
        kind = struct.unpack_from(">H", font, offset)[0]
        if kind == 4:
            found.update(_segments(font, offset))
        elif kind == 12:
            found.update(_groups(font, offset))
    if not found:
        raise ValueError(f"no Unicode characters in {path.name}")
    return frozenset(found)


def _table(font: bytes, tag: bytes) -> int:
    count = struct.unpack_from(">H", font, 4)[0]
    for index in range(count):
        name, _sum, offset, _size = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise ValueError(f"no table {tag!r}")


def _subtables(font: bytes, start: int) -> Iterator[int]:
    """Offsets of the Unicode encodings: platform 0, and platform 3 with encoding 1 or 10."""
    count = struct.unpack_from(">H", font, start + 2)[0]
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * index)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            yield start + offset


def _segments(font: bytes, at: int) -> Iterator[int]:
    """Format 4: segments of the Basic Multilingual Plane."""
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    columns = [at + 14 + 2 * count * part + (2 if part else 0) for part in range(4)]
    ends, starts, deltas, offsets = (struct.unpack_from(f">{count}H", font, column) for column in columns)
    for index, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            if offset == 0:
                glyph = (code + delta) & 0xFFFF
            else:
                glyph = struct.unpack_from(">H", font, columns[3] + 2 * index + offset + 2 * (code - first))[
                    0
                ]
            if glyph:
                yield code


def _groups(font: bytes, at: int) -> Iterator[int]:
    """Format 12: groups of the whole of Unicode."""
    count = struct.unpack_from(">I", font, at + 12)[0]
    for index in range(count):
        first, last, _glyph = struct.unpack_from(">III", font, at + 16 + 12 * index)
        yield from range(first, last + 1)
