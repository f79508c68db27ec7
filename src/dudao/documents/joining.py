"""Many small PDFs of our own compiler become one, written as they come: memory holds one of them at a time.

What every page carries alike (a photo) is written once. Only the plain form our compiler writes is understood: a table
of offsets, no object streams, no encryption.
"""

import hashlib
import re
from typing import BinaryIO

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_TABLE = re.compile(rb"xref\s+0 (\d+)\s+")
_ENTRY = 20  # bytes of a line of the table
_REFERENCE = re.compile(rb"(?<![\d.])(\d+) 0 R\b")
_OBJECT = re.compile(rb"\d+ 0 obj\s+")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_PARENT = re.compile(rb"/Parent \d+ 0 R")
_CATALOG, _PAGES = 1, 2


class NotJoinable(ValueError):
    """Not a PDF in the form our compiler writes."""


class Joiner:
    """Pages written one after another to `out`; `close` completes the file."""

    def __init__(self, out: BinaryIO, *, title: str) -> None:
        self._out = out
        self._title = title
        self._offsets: dict[int, int] = {}
        self._written: dict[bytes, int] = {}
        self._pages: list[int] = []
        self._last = _PAGES
        self._at = 0
        self._write(b"%PDF-1.7\n%\x80\x80\x80\x80\n")

    def add(self, pdf: bytes) -> None:
        """All pages of a file. Raises NotJoinable."""
        objects = _objects(pdf)
        copied: dict[int, int] = {}
        for number in sorted(objects):
            if _PAGE.search(_dictionary(objects[number])):
                self._pages.append(self._copy(number, objects, copied))

    def close(self) -> int:
        """Catalogue, pages, table of offsets. Returns the number of pages."""
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        self._object(_PAGES, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(self._pages), kids))
        self._object(_CATALOG, b"<</Type/Catalog/Pages %d 0 R/Lang(zh-CN)>>" % _PAGES)
        info = self._new()
        self._object(info, b"<</Title<FEFF%s>>>" % self._title.encode("utf-16-be").hex().encode())
        start, size = self._at, self._last + 1
        self._write(b"xref\n0 %d\n0000000000 65535 f\r\n" % size)
        for number in range(1, size):
            self._write(b"%010d 00000 n\r\n" % self._offsets[number])
        trailer = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        self._write(trailer % (size, _CATALOG, info, start))
        return len(self._pages)

    def _copy(self, number: int, objects: dict[int, bytes], copied: dict[int, int]) -> int:
        """Write an object after all it refers to, unless the same is there already; its number in the new file."""
        if number in copied:
            return copied[number]
        if number not in objects:
            raise NotJoinable(f"refers to an object that is not there: {number=}")
        head = _dictionary(objects[number])
        rest = objects[number][len(head) :]
        is_page = bool(_PAGE.search(head))
        if is_page:
            head = _PARENT.sub(b"/Parent 0 0 R", head)
        body = _REFERENCE.sub(lambda found: self._renamed(int(found[1]), objects, copied), head) + rest
        key = hashlib.sha256(body).digest()
        if is_page or key not in self._written:  # two pages may look the same and yet be two
            self._written[key] = self._new()
            self._object(self._written[key], body)
        copied[number] = self._written[key]
        return copied[number]

    def _renamed(self, number: int, objects: dict[int, bytes], copied: dict[int, int]) -> bytes:
        return b"%d 0 R" % (self._copy(number, objects, copied) if number else _PAGES)

    def _new(self) -> int:
        self._last += 1
        return self._last

    def _object(self, number: int, body: bytes) -> None:
        self._offsets[number] = self._at
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def _write(self, some: bytes) -> None:
        self._out.write(some)
        self._at += len(some)


def _objects(pdf: bytes) -> dict[int, bytes]:
    """Every object's body by its number."""
    start = _START.search(pdf[-64:])
    table = _TABLE.match(pdf, int(start[1])) if start else None
    if start is None or table is None:
        raise NotJoinable("no table of offsets")
    lines = [
        pdf[table.end() + _ENTRY * index : table.end() + _ENTRY * (index + 1)]
        for index in range(int(table[1]))
    ]
    used = {number: int(line[:10]) for number, line in enumerate(lines) if line[17:18] == b"n"}
    ends = dict(zip(order := sorted(used.values()), [*order[1:], int(start[1])], strict=True))
    found = {}
    for number, offset in used.items():
        head = _OBJECT.match(pdf, offset)
        if head is None:
            raise NotJoinable(f"no object at {offset=}")
        found[number] = pdf[head.end() : pdf.rindex(b"endobj", offset, ends[offset])].rstrip()
    return found


def _dictionary(body: bytes) -> bytes:
    """The part of an object that may refer to others: all of it, or what stands before its stream."""
    return body.partition(b"stream\n")[0] if b"stream\n" in body else body.partition(b"stream\r\n")[0]
