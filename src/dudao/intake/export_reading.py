"""The file a phone writes when it cannot send (frontend/field/local/export.ts), read without holding it in memory.

One JSON object: a head with entries and drafts, then `files` with the bytes in base64. A file that was cut off on its way is
read as far as it goes.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator
from typing import Annotated, Any, BinaryIO
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from dudao.kernel.errors import Invalid

FORMAT = "dudao-field-export"
HEAD_LIMIT = 64 * 1024 * 1024  # bytes; the texts of a phone, however many
FILES = b',"files":['
BYTES = b',"base64":"'
PIECE = 1024 * 1024
_ENDS = (b"]}", b"}]}")  # of a file without bytes, and with
_PART_HEAD_LIMIT = 4096


class ExportedEntry(msgspec.Struct):
    """An entry of the outbox; `body` is to the byte what the phone would send."""

    id: str
    kind: str
    body: str


class ExportedEvidence(msgspec.Struct):
    """What the phone knows of one file."""

    draft: str
    sha256: str
    name: str = ""
    type: str = ""


class _Drafts(msgspec.Struct):
    visits: list[Any] = []
    verifications: list[Any] = []


class Head(msgspec.Struct):
    """Everything but the bytes."""

    format: str
    version: int
    exported_at: str
    device_id: UUID
    user: int
    entries: list[ExportedEntry]
    drafts: _Drafts
    evidence: list[ExportedEvidence]


class _PartHead(msgspec.Struct):
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    size: int


class Part(msgspec.Struct, frozen=True):
    """One file that was read to its end; `is_whole` where size and hash are what they should be."""

    sha256: str
    size: int
    is_whole: bool


class Export:
    """An open export file. `head` is read at once. Raises Invalid for what is none."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._rest = b""
        self.is_cut_off = False
        self.head = self._read_head()

    def parts(self, keep: Callable[[str, bytes], None] | None = None) -> Iterator[Part]:
        """Every file in turn; `keep(sha256, bytes)` gets its bytes piece by piece. Sets `is_cut_off` at a broken end."""
        while True:
            begun = self._until(BYTES, _PART_HEAD_LIMIT)
            if begun is None:
                self.is_cut_off = self._rest.strip() not in _ENDS
                return
            try:
                head = msgspec.json.decode(begun.lstrip(b"}, \n") + b"}", type=_PartHead)
            except msgspec.DecodeError:
                self.is_cut_off = True
                return
            part = self._bytes_of(head, keep)
            if part is None:
                self.is_cut_off = True
                return
            yield part

    def _read_head(self) -> Head:
        read, seen = b"", 0
        while True:
            at = read.find(FILES, seen)
            if at < 0:
                more = self._source.read(PIECE) if len(read) < HEAD_LIMIT else b""
                if not more:
                    break
                seen, read = max(0, len(read) - len(FILES)), read + more
                continue
            try:
                head = msgspec.json.decode(read[:at] + b"}", type=Head)
            except msgspec.ValidationError:
                raise Invalid(
                    _("这不是手机导出的文件，或版本太旧。请让督学在手机上重新“导出未上报内容”。")
                ) from None
            except msgspec.DecodeError:  # the mark stood deeper inside
                seen = at + 1
                continue
            if head.format != FORMAT or head.version != 1:
                break
            self._rest = read[at + len(FILES) :]
            return head
        raise Invalid(_("这不是手机导出的文件，或开头已损坏。请选择手机“导出未上报内容”得到的 .json 文件。"))

    def _until(self, mark: bytes, limit: int) -> bytes | None:
        """What stands before `mark`, which is taken too; None where it does not come within `limit` bytes."""
        while (at := self._rest.find(mark, 0, limit)) < 0:
            more = self._source.read(PIECE) if len(self._rest) < limit else b""
            if not more:
                return None
            self._rest += more
        found, self._rest = self._rest[:at], self._rest[at + len(mark) :]
        return found

    def _bytes_of(self, head: _PartHead, keep: Callable[[str, bytes], None] | None) -> Part | None:
        """Decode up to the closing quote; None where the file ends before it."""
        digest, size, is_sound = hashlib.sha256(), 0, True
        while True:
            end = self._rest.find(b'"')
            ready = end if end >= 0 else len(self._rest) // 4 * 4
            try:
                piece = base64.b64decode(self._rest[:ready], validate=True)
            except binascii.Error:
                piece, is_sound = b"", False
            digest.update(piece)
            size += len(piece)
            if keep and piece:
                keep(head.sha256, piece)
            self._rest = self._rest[ready:]
            if end >= 0:
                self._rest = self._rest[1:]
                return Part(
                    head.sha256, size, is_sound and size == head.size and digest.hexdigest() == head.sha256
                )
            more = self._source.read(PIECE)
            if not more:
                return None
            self._rest += more
