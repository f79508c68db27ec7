"""The official document (公文) as data: what it says, not how it looks.

Rooms above turn their data into an `OfficialDocument`; `pdf` and `docx` turn that into files. Everything here is
frozen and serialises to JSON and back, because the stored form is the proof of what was issued.

All text is plain text. It is made printable the moment a piece is built (`printable`), so that no renderer ever
meets a control character, a lone surrogate or a mark that reverses the reading order.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import fields, force_setattr

REPLACEMENT = "\ufffd"

# What cannot be printed, or would change how its neighbours are read: controls, surrogates, non-characters,
# marks of reading direction, the byte order mark, interlinear and tag characters.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e007f]"
)
_BREAKS = re.compile("\r\n|[\r\u2028\u2029\x85]")


def printable(text: str) -> str:
    """The text with plain line ends, tabs as spaces, and U+FFFD for each character that cannot be printed."""
    text = _BREAKS.sub("\n", text).replace("\t", " ")
    text = _UNPRINTABLE.sub(REPLACEMENT, text)
    return "".join(REPLACEMENT if ord(sign) & 0xFFFE == 0xFFFE else sign for sign in text)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple):
        return tuple(_clean(part) for part in value)
    return value


class Piece(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """A part of a document. Building it makes its text printable."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            clean = _clean(value)
            if clean != value:
                force_setattr(self, field.name, clean)


class Heading(Piece, frozen=True, tag="heading"):
    """A heading. Its number (一、 (一) 1. (1)) is counted by the renderer, never typed."""

    text: str
    level: Annotated[int, Meta(ge=1, le=4)] = 1


class Paragraph(Piece, frozen=True, tag="paragraph"):
    """Body text, indented by two characters. Each line of it is a paragraph of its own."""

    text: str


class Column(Piece, frozen=True, tag="column"):
    """A column of a table; `width` is a share of the table's width, `label` sets its cells in the face of heads."""

    title: str = ""
    width: Annotated[float, Meta(gt=0)] = 1.0
    align: Literal["left", "centre", "right"] = "left"
    label: bool = False


class Table(Piece, frozen=True, tag="table"):
    """A table whose head is repeated on every page. A row with fewer cells lets its last cell span the rest.

    Without column titles it has no head: so a form of labels and values is a table too.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    @property
    def has_head(self) -> bool:
        return any(column.title for column in self.columns)


class Figure(Piece, frozen=True, tag="figure"):
    """A picture. `source` is a key such as "evidence:<sha256>"; `width` is per cent of the text's width."""

    source: str
    caption: str = ""
    width: Annotated[int, Meta(ge=10, le=100)] = 70


class FigureGrid(Piece, frozen=True, tag="figures"):
    """Pictures of one size in rows, such as the photos of a visit."""

    figures: tuple[Figure, ...]
    columns: Annotated[int, Meta(ge=1, le=4)] = 2


class Signer(Piece, frozen=True, tag="signer"):
    """One hand that signs: what for, who, the picture of the signature (or "" for a line to sign on), when."""

    role: str
    name: str = ""
    source: str = ""
    signed_on: date | None = None


class Signatures(Piece, frozen=True, tag="signatures"):
    """Signatures side by side, such as the inspector's and the school's."""

    signers: tuple[Signer, ...]


Block = Heading | Paragraph | Table | Figure | FigureGrid | Signatures


class Attachment(Piece, frozen=True, tag="attachment"):
    """An annex (附件); it begins on a new page, which lies on its side when `landscape`."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


class Verification(Piece, frozen=True, tag="verification"):
    """The code under which anyone can check the document, and the address the QR code opens."""

    code: str
    url: str


class OfficialDocument(Piece, frozen=True, tag="document"):
    """A document as GB/T 9704-2012 knows it.

    `shell` is "document" for a red head (`mark` 发文机关标志, `number`, red rule) and "record" for a working paper
    (业务文书) that has neither. `seal` is the key of the picture pressed on name and date. `signer` (签发人) is named only in documents that go up. An empty text leaves its
    element out. A line break in `title` is kept; without one the title is broken into lines of like length.
    """

    kind: str
    title: str
    issued_on: date
    shell: Literal["document", "record"] = "document"
    mark: str = ""
    number: str = ""
    signer: str = ""
    addressee: str = ""
    blocks: tuple[Block, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    organ: str = ""
    copies_to: tuple[str, ...] = ()
    printed_by: str = ""
    printed_on: date | None = None
    verification: Verification | None = None
    seal: str = ""

    def sources(self) -> Iterator[str]:
        """Keys of all pictures, in reading order, each once."""
        seen: set[str] = set()
        for blocks in (self.blocks, *(attachment.blocks for attachment in self.attachments)):
            for source in _sources(blocks):
                if source and source not in seen:
                    seen.add(source)
                    yield source
        if self.seal and self.seal not in seen:
            yield self.seal


def _sources(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Figure():
                yield block.source
            case FigureGrid():
                yield from (figure.source for figure in block.figures)
            case Signatures():
                yield from (signer.source for signer in block.signers)
            case _:
                pass


def to_json(document: OfficialDocument) -> bytes:
    """Canonical JSON: the same document always gives the same bytes."""
    return msgspec.json.encode(document)


def from_json(body: bytes) -> OfficialDocument:
    """The document again. Raises msgspec.ValidationError for anything that is not one."""
    return msgspec.json.decode(body, type=OfficialDocument)


def to_plain(document: OfficialDocument) -> dict[str, Any]:
    """Dictionaries and lists for a JSON column."""
    plain: dict[str, Any] = msgspec.to_builtins(document)
    return plain


def from_plain(plain: dict[str, Any]) -> OfficialDocument:
    """The document out of a JSON column. Raises msgspec.ValidationError."""
    return msgspec.convert(plain, type=OfficialDocument)
