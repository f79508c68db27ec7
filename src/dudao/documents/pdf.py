"""The PDF of an official document, set by Typst with the template `official.typ`.

The document reaches the template as JSON; no Typst source is ever made from its text. The compiler is kept, so fonts
are opened once per process. The same document, pictures and fonts always give the same bytes: the date of creation is
the document's own.
"""

import hashlib
import io
import json
import unicodedata
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import segno
import typst

from dudao.documents import layout, pictures
from dudao.documents.fonts import catalogue, coverage
from dudao.documents.official import (
    Attachment,
    Block,
    Column,
    Figure,
    FigureGrid,
    Heading,
    OfficialDocument,
    Paragraph,
    Signatures,
    Signer,
    Table,
)

TEMPLATE = Path(__file__).with_name("official.typ")
LONGEST_WORD, LONGEST_IN_CELL = 30, 12  # Latin letters in a row before a break is allowed inside
LATIN = "Libertinus Serif"  # comes with the compiler; the Chinese fonts' own digits are too heavy

_compiling = Lock()  # one document at a time: the compiler works on both cores by itself


def render(
    document: OfficialDocument, load: pictures.Loader, fonts_dir: Path | None = None, *, stamp: str = ""
) -> bytes:
    """The PDF. `load` gives the pictures; one that has not arrived shows a frame that says so. `stamp` (草稿, 已作废)
    stands across every page.

    Raises catalogue.FontsMissing when no Chinese font is there.
    """
    folder = fonts_dir or catalogue.folder()
    moment = datetime(document.issued_on.year, document.issued_on.month, document.issued_on.day, tzinfo=UTC)
    with TemporaryDirectory(prefix="dudao-pdf-") as work:
        source = _Source(document, load, folder, Path(work), stamp)
        with _compiling:
            made = _compiler(folder).compile(
                input=source.files(),  # type: ignore[type-var]  # its stubs forget files from memory
                root=work,
                format="pdf",
                timestamp=moment,
            )
    if not isinstance(made, bytes):
        raise RuntimeError(f"unexpected {type(made)=} for {document.number=}")
    return made


@cache
def _compiler(folder: Path) -> typst.Compiler:
    return typst.Compiler(font_paths=[str(folder)], ignore_system_fonts=True)


@cache
def _drawable(folder: Path) -> frozenset[int]:
    """Code points at least one of our fonts can draw."""
    return frozenset().union(*(coverage.characters(folder / file.name) for file in catalogue.present(folder)))


class _Source:
    """What one compilation reads: template, data and QR code from memory, pictures from a folder of its own.

    (The compiler takes files from memory only when they are text.)
    """

    def __init__(
        self, document: OfficialDocument, load: pictures.Loader, folder: Path, work: Path, stamp: str
    ) -> None:
        self.document = document
        self.stamp = stamp
        self.folder = folder
        self.work = work
        self.drawable = _drawable(folder)
        self.names: dict[str, str] = {}
        self.notices: dict[str, str] = {}
        for source in document.sources():
            self._add_picture(source, load(source))

    def files(self) -> dict[str, bytes]:
        """The files the compiler is given from memory."""
        files = {"main.typ": TEMPLATE.read_bytes()}
        if self.document.verification:
            out = io.BytesIO()
            segno.make(self.document.verification.url, error="m", micro=False).save(out, kind="svg", border=0)
            files["qr.svg"] = out.getvalue()
        files["data.json"] = json.dumps(self._data(), ensure_ascii=False).encode()
        return files

    def _add_picture(self, source: str, body: bytes | None) -> None:
        picture = pictures.prepared(body) if body is not None else None
        if picture is None:
            self.notices[source] = layout.NOT_ARRIVED if body is None else layout.UNREADABLE
            return
        name = f"{hashlib.sha256(picture.body).hexdigest()}.{picture.suffix}"
        (self.work / name).write_bytes(picture.body)
        self.names[source] = f"/{name}"

    def _data(self) -> dict[str, Any]:
        document, text = self.document, self._text
        day = layout.chinese_date(document.issued_on)
        return {
            "faces": {role: _face(role, face) for role, face in catalogue.faces(self.folder).items()},
            "latin": LATIN,
            "measures": _measures(document),
            "stamp": self.stamp,
            "shell": document.shell,
            "mark": text(document.mark),
            "number": text(document.number),
            "signer": text(document.signer),
            "title": text("".join(document.title.split("\n"))),
            "title-lines": [text(line) for line in layout.title_lines(document.title)],
            "addressee": text(document.addressee),
            "blocks": self._body(),
            "attachment-lines": [text(line) for line in layout.attachment_lines(document.attachments)],
            "attachments": [self._attachment(*item) for item in enumerate(document.attachments)],
            "organ": text(document.organ),
            "date": day,
            "day": [document.issued_on.year, document.issued_on.month, document.issued_on.day],
            "closing": (layout.sealed_closing if document.seal else layout.closing)(
                document.organ, day
            )._asdict(),
            "seal": self._seal(day),
            "copies": text(layout.copies_line(document)),
            "printed-by": text(document.printed_by),
            "printed-on": layout.chinese_date(document.printed_on or document.issued_on),
            "verification": self._verification(),
        }

    def _seal(self, day: str) -> dict[str, Any] | None:
        """The seal's file and its middle, in cells; None where there is none to press."""
        file = self.names.get(self.document.seal)
        if file is None:
            return None
        place = layout.sealed_closing(self.document.organ, day)
        return {"file": file, "middle": place.date + layout.width_in_cells(day) / 2, "width": layout.SEAL_MM}

    def _body(self) -> list[dict[str, Any]]:
        """The blocks of the body; what stands last is tied to the name and date after it, a paragraph if it is short."""
        blocks = self._blocks(self.document.blocks)
        if blocks and blocks[-1]["type"] == "paragraph":
            lines = sum(layout.paragraph_lines(line) for line in blocks[-1]["lines"])
            blocks[-1]["sticky"] = lines <= layout.LONGEST_TIED
        elif blocks and self.document.organ:
            blocks[-1]["sticky"] = True
        return blocks

    def _verification(self) -> dict[str, str] | None:
        check = self.document.verification
        if check is None:
            return None
        return {"code": check.code, "url": check.url, "scan": layout.SCAN_TO_CHECK}

    def _attachment(self, index: int, attachment: Attachment) -> dict[str, Any]:
        return {
            "label": layout.attachment_label(index, len(self.document.attachments)),
            "title-lines": [self._text(line) for line in layout.title_lines(attachment.title)],
            "landscape": attachment.landscape,
            "blocks": self._blocks(attachment.blocks, attachment.landscape),
            "last": index == len(self.document.attachments) - 1,
        }

    def _blocks(self, blocks: tuple[Block, ...], landscape: bool = False) -> list[dict[str, Any]]:
        made = [self._block(block, label, landscape) for block, label in layout.with_labels(blocks)]
        for item, after in pairwise([*made, {"type": "end"}]):
            if item["type"] == "heading":
                is_sentence = after["type"] == "heading" and after["level"] <= item["level"]
                item["sticky"] = not is_sentence and after["type"] != "end"
        return made

    def _block(self, block: Block, label: str, landscape: bool) -> dict[str, Any]:
        match block:
            case Heading():
                return {
                    "type": "heading",
                    "level": block.level,
                    "label": label,
                    "text": self._text(block.text.replace("\n", " ")),
                }
            case Paragraph():
                lines = [self._text(line) for line in block.text.split("\n")]
                return {"type": "paragraph", "lines": lines, "sticky": False}
            case Table():
                return self._table(block, landscape)
            case Figure():
                return {"type": "figure", "sticky": False, **self._figure(block)}
            case FigureGrid():
                figures = [self._figure(figure) for figure in block.figures]
                return {"type": "figures", "sticky": False, "columns": block.columns, "figures": figures}
            case Signatures():
                signers = [self._signer(signer) for signer in block.signers]
                return {"type": "signatures", "sticky": False, "signers": signers}

    def _table(self, table: Table, landscape: bool) -> dict[str, Any]:
        count = len(table.columns)
        return {
            "type": "table",
            "sticky": False,
            "caption": self._text(table.caption),
            "head": table.has_head,
            "size": layout.table_pt(landscape),
            "columns": [self._column(column) for column in table.columns],
            "rows": [
                [
                    [self._text(cell, LONGEST_IN_CELL) for cell in row[:count]],
                    layout.row_pt(table, row, landscape) > layout.TALL_ROW_PT,
                ]
                for row in table.rows
                if row
            ],
        }

    def _column(self, column: Column) -> dict[str, Any]:
        title = self._text(column.title, LONGEST_IN_CELL)
        return {"title": title, "width": column.width, "align": column.align, "label": column.label}

    def _figure(self, figure: Figure) -> dict[str, Any]:
        return {
            "file": self.names.get(figure.source),
            "notice": self.notices.get(figure.source, layout.NOT_ARRIVED),
            "caption": self._text(figure.caption),
            "width": figure.width,
        }

    def _signer(self, signer: Signer) -> dict[str, Any]:
        return {
            "role": self._text(signer.role),
            "name": self._text(signer.name),
            "file": self.names.get(signer.source),
            "notice": self.notices.get(signer.source, ""),
            "date": layout.chinese_date(signer.signed_on) if signer.signed_on else "",
        }

    def _text(self, text: str, longest: int = LONGEST_WORD) -> str:
        """The text as it can be set: every character drawable, every word breakable."""
        if not self.drawable.issuperset(map(ord, text)):
            text = "".join(sign if self._is_drawable(sign) else stand_in(sign) for sign in text)
        return layout.breakable(text, longest)

    def _is_drawable(self, sign: str) -> bool:
        return ord(sign) in self.drawable or sign == "\n" or _is_silent(sign)


def _is_silent(sign: str) -> bool:
    """Joiners and variation selectors: they have no shape of their own."""
    return (
        sign in "\u200b\u200c\u200d\u2060"
        or "\ufe00" <= sign <= "\ufe0f"
        or "\U000e0100" <= sign <= "\U000e01ef"
    )


def stand_in(sign: str) -> str:
    """What is shown for a character no font has: □, and for a letter or ideograph, or one younger than this Python,
    also its code, as in □(U+323AF), because it may be in someone's name."""
    may_be_a_letter = unicodedata.category(sign)[0] == "L" or unicodedata.category(sign) in ("Cn", "Co")
    return f"□(U+{ord(sign):04X})" if may_be_a_letter else "□"


def _face(role: str, face: catalogue.Face) -> dict[str, Any]:
    """A face for the template; running text takes its Latin letters and digits from `LATIN`."""
    first = (LATIN,) if role in ("fangsong", "kaiti", "songti") else ()
    return {"families": [*first, *face.families], "weight": face.weight, "thicken": face.thicken}


def _measures(document: OfficialDocument) -> dict[str, Any]:
    return {
        "cell": layout.CELL_PT,
        "pitch": layout.PITCH_PT
        - 0.002,  # a hair less, so that rounding never drives the last line off the page
        "body": layout.BODY_PT,
        "title": layout.TITLE_PT,
        "table": layout.TABLE_PT,
        "mark": layout.mark_pt(document.mark),
        "mark-top": layout.MARK_TOP_MM,
        "rule-gap": layout.RULE_GAP_MM,
        "footer-gap": layout.FOOTER_GAP_MM,
        "top": layout.TOP_MM,
        "bottom": layout.BOTTOM_MM,
        "left": layout.LEFT_MM,
        "right": layout.RIGHT_MM,
        "thick": layout.THICK_MM,
        "thin": layout.THIN_MM,
        "red": "#" + layout.RED,
    }
