"""A draft that a person changed in Word, read back: what its text says now, and whether the file can be trusted.

Only the package's XML is read, without entities; a file with macros, embedded objects or a template from elsewhere is
refused, because it is to become the document's file.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from lxml import etree

from dudao.documents import bodies, layout
from dudao.documents import wordml as w
from dudao.documents.docx import BOOKMARK
from dudao.documents.official import Block, Column, Heading, OfficialDocument, Paragraph, Table
from dudao.kernel.errors import Invalid
from dudao.kernel.text import clean

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 80 * 1024 * 1024
MOST_TYPES = 1024 * 1024  # bytes read of the list of the parts' types
MOST_PARTS = 2000
MAIN = "word/document.xml"
NO_NUMBER = "〔签发时编号〕"
_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_LABEL = re.compile(r"附件\d{0,2}$")
_ADDRESSEE = re.compile(r".{1,80}[：:]$")
REVISIONS = ("w:ins", "w:del", "w:moveFrom", "w:moveTo", "w:commentReference")
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"

Element = Any


class Read(NamedTuple):
    """What the file says: title, addressee, the body as typed, and the tables and pictures it names by their marks."""

    title: str
    addressee: str
    body: str
    pieces: tuple[Block, ...]


def read(body: bytes, text: OfficialDocument, pieces: Sequence[Block]) -> Read:
    """The changed text. `text` and `pieces` are what the file was made from. Raises Invalid, in words."""
    root = _document(body)
    parts = _parts(root)
    if not {"title", "body", "tail"} <= parts.keys():
        raise _invalid(
            _("文件里的定位标记被删掉了。请重新下载这份拟稿的 Word，在里面修改正文，不要整篇替换。")
        )
    if NO_NUMBER not in _text(root):
        raise _invalid(_("请保留文号处的“%(mark)s”，签发时系统在这里填文号。") % {"mark": NO_NUMBER})
    if not any(_DAY.fullmatch(_text(line).strip()) for line in parts["tail"]) and text.organ:
        raise _invalid(_("请保留落款下面的日期，签发时系统改为签发当天。"))
    if next(root.iter(*map(w.qn, REVISIONS)), None) is not None:
        raise _invalid(_("文件里还有修订或批注。请先接受或拒绝全部修订、删除批注，再上传。"))
    drawn = sum(1 for _one in root.iter(w.qn("w:drawing"), w.qn("w:pict"), w.qn("w:object")))
    if drawn > _drawings(text, pieces):
        raise _invalid(_("文件里加了图片或嵌入对象，系统不能读入。请删去，照片请在督导记录里补充。"))
    return _Reader(text, pieces).read(parts)


def filled(body: bytes, *, number: str, on: date) -> bytes:
    """The file with number and day in their places. The same input gives the same bytes."""
    root = _document(body)
    day = layout.chinese_date(on)
    parts = _parts(root)
    for line in root.iter(w.qn("w:p")):
        said = _text(line)
        if NO_NUMBER in said:
            _say(line, said.replace(NO_NUMBER, number))
    closing = [
        line for name in ("tail", "end") for one in parts.get(name, []) for line in one.iter(w.qn("w:p"))
    ]
    for line in closing:
        said = _text(line)
        if _DAY.fullmatch(said.strip()) or _DAY.fullmatch(said.strip().removesuffix("印发")):
            _say(line, _DAY.sub(day, said))
    return _repacked(body, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _say(line: Element, said: str) -> None:
    """Put all of a paragraph's text into its first run of text."""
    texts = list(line.iter(w.qn("w:t")))
    texts[0].text = said
    texts[0].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    for rest in texts[1:]:
        rest.text = ""


def _repacked(body: bytes, main: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, main if name == MAIN else old.read(name))
    return out.getvalue()


def _document(body: bytes) -> Element:
    """The main part's tree. Raises Invalid for what is no plain DOCX."""
    if len(body) > MOST_BYTES:
        raise _invalid(_("文件超过 10 MB。请压缩图片后再上传。"))
    if body.startswith(_OLD_OR_LOCKED):
        raise _invalid(_("这是旧版 .doc 文件，或设有打开密码。请去掉密码，另存为 .docx 再上传。"))
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            _check_package(package)
            main = package.read(MAIN)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
        root = etree.fromstring(main, parser)
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        etree.XMLSyntaxError,
    ) as error:
        raise _invalid(
            _("文件已损坏，或不是 Word 文件。请用 Word 或 WPS 打开后另存为 .docx 再上传。")
        ) from error
    if (
        root.tag != w.qn("w:document")
        or root.getroottree().docinfo.doctype
        or root.find(w.qn("w:body")) is None
    ):
        raise _invalid(_("文件已损坏，或不是 Word 文件。请用 Word 或 WPS 打开后另存为 .docx 再上传。"))
    return root


def _check_package(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _invalid(_("文件展开后过大，无法读取。请另存为新的 .docx 再上传。"))
    names = [part.filename.lower() for part in parts]
    if has_macros(package):
        raise _invalid(_("文件带有宏，不能作为正式文件。请另存为不带宏的 .docx 再上传。"))
    if any(name.startswith(("word/embeddings/", "word/activex/")) for name in names):
        raise _invalid(_("文件里有嵌入对象。请删去后再上传。"))
    for name in (part.filename for part in parts if part.filename.endswith(".rels")):
        relations = package.read(name)
        if b"attachedTemplate" in relations or b"subDocument" in relations or b"/frame" in relations:
            raise _invalid(_("文件引用了别处的模板或文档。请在 Word 里去掉所用模板，另存后再上传。"))


def has_macros(package: zipfile.ZipFile) -> bool:
    """Whether a DOCX carries macros, by its parts or by what it says of itself. Raises what `zipfile` raises."""
    with package.open("[Content_Types].xml") as part:
        types = part.read(MOST_TYPES)
    parts = (name.lower() for name in package.namelist())
    return b"macroenabled" in types.lower() or any(name.endswith("vbaproject.bin") for name in parts)


def _invalid(message: str) -> Invalid:
    return Invalid(message, field="file")


def _parts(root: Element) -> dict[str, list[Element]]:
    """Our bookmark's name → the paragraphs and tables from there to the next one."""
    found: dict[str, list[Element]] = {}
    held: list[Element] = []
    for block in _children(root.find(w.qn("w:body"))):
        names = [str(mark.get(w.qn("w:name"))) for mark in block.iter(w.qn("w:bookmarkStart"))]
        ours = [name.removeprefix(BOOKMARK) for name in names if name.startswith(BOOKMARK)]
        if ours:
            held = found.setdefault(ours[-1], [])
        if block.tag in (w.qn("w:p"), w.qn("w:tbl")):
            held.append(block)
    return found


def _children(body: Element) -> Iterator[Element]:
    """Blocks, also those inside content controls."""
    for block in body:
        if block.tag == w.qn("w:sdt"):
            inner = block.find(w.qn("w:sdtContent"))
            if inner is not None:
                yield from _children(inner)
        else:
            yield block


def _text(block: Element) -> str:
    """The text as it stands; line breaks stay."""
    said = []
    for piece in block.iter(w.qn("w:t"), w.qn("w:br"), w.qn("w:tab"), w.qn("w:cr")):
        said.append(
            piece.text or "" if piece.tag == w.qn("w:t") else " " if piece.tag == w.qn("w:tab") else "\n"
        )
    return clean("".join(said))


def _drawings(text: OfficialDocument, pieces: Sequence[Block]) -> int:
    """The most pictures the file can hold that we put there."""
    return len(list(text.sources())) + sum(len(getattr(piece, "figures", ())) for piece in pieces)


def _is_addressee(block: Element) -> bool:
    """A short line with a colon at the left edge; a paragraph is indented."""
    indent = block.find(f"{w.qn('w:pPr')}/{w.qn('w:ind')}")
    first = (
        [indent.get(w.qn(name), "0") for name in ("w:firstLine", "w:firstLineChars")]
        if indent is not None
        else []
    )
    is_indented = any(one not in ("", "0") for one in first)
    return block.tag == w.qn("w:p") and not is_indented and bool(_ADDRESSEE.fullmatch(_text(block)))


class _Reader:
    """Turns the parts into a text as typed; an edited table takes the place of the one it came from."""

    def __init__(self, text: OfficialDocument, pieces: Sequence[Block]) -> None:
        self.pieces = list(pieces)
        self.index = {mark: at for at, (mark, _piece) in enumerate(bodies.marks(pieces))}
        every = (text.blocks, *(annex.blocks for annex in text.attachments))
        self.plain = {
            line
            for blocks in every
            for block in blocks
            if isinstance(block, Paragraph)
            for line in block.text.split("\n")
        }

    def read(self, parts: dict[str, list[Element]]) -> Read:
        title = [said for block in parts["title"] if (said := _text(block)) and said != NO_NUMBER]
        body, addressee = list(parts["body"]), ""
        while body and body[0].tag == w.qn("w:p") and not _text(body[0]):
            body.pop(0)
        if body and _is_addressee(body[0]):
            addressee = _text(body.pop(0)).rstrip("：:")
        lines = list(self._lines(body))
        for name, blocks in parts.items():
            if name.startswith("annex_"):
                lines += self._annex(blocks, is_flat="_flat_" in name)
        return Read("\n".join(title), addressee, "\n".join(lines), tuple(self.pieces))

    def _annex(self, blocks: list[Element], *, is_flat: bool) -> list[str]:
        rest = [block for block in blocks if block.tag == w.qn("w:tbl") or _text(block)]
        if rest and _LABEL.fullmatch(_text(rest[0])):
            rest.pop(0)
        title = ""
        if rest and rest[0].tag == w.qn("w:p"):
            title = _text(rest.pop(0)).replace("\n", "")
        return [f"附件{'（横页）' if is_flat else ''}：{title or '附件'}", *self._lines(rest)]

    def _lines(self, blocks: Sequence[Element]) -> Iterator[str]:
        for block in blocks:
            if block.tag == w.qn("w:tbl"):
                yield f"〔{self._table(block)}〕"
                continue
            for line in _text(block).split("\n"):
                if line:
                    yield (
                        f"{bodies.BLANK}{line}"
                        if line in self.plain and bodies.means_something(line)
                        else line
                    )

    def _table(self, table: Element) -> str:
        """The mark of a table, ours or a new one."""
        caption = table.find(f"{w.qn('w:tblPr')}/{w.qn('w:tblCaption')}")
        mark = caption.get(w.qn("w:val"), "") if caption is not None else ""
        rows = tuple(
            tuple(
                "\n".join(filter(None, map(_text, cell.iter(w.qn("w:p"))))) for cell in row.iter(w.qn("w:tc"))
            )
            for row in table.iter(w.qn("w:tr"))
        )
        at = self.index.get(mark)
        if at is None:
            return self._new(rows)
        held = self.pieces[at]
        if isinstance(held, Table):
            self.pieces[at] = _changed(held, rows)
        return mark

    def _new(self, rows: tuple[tuple[str, ...], ...]) -> str:
        wide = max((len(row) for row in rows), default=1)
        heads = (*rows[0], *[""] * (wide - len(rows[0]))) if rows else ("",)
        self.pieces.append(Table(columns=tuple(Column(title=head) for head in heads), rows=rows[1:]))
        mark, _piece = bodies.marks(self.pieces)[-1]
        self.index[mark] = len(self.pieces) - 1
        return mark


def _changed(held: Table, rows: tuple[tuple[str, ...], ...]) -> Table:
    """The table with the cells as they are now; columns added at the right are as wide as an average one."""
    heads = rows[0] if held.has_head and rows else tuple(column.title for column in held.columns)
    columns = list(held.columns)
    for index, head in enumerate(heads):
        if index < len(columns):
            old = columns[index]
            columns[index] = Column(title=head, width=old.width, align=old.align, label=old.label)
        else:
            columns.append(
                Column(title=head, width=sum(one.width for one in held.columns) / len(held.columns))
            )
    return Table(columns=tuple(columns), rows=rows[1:] if held.has_head else rows, caption=held.caption)


class Difference(NamedTuple):
    """One place where the texts differ: what stood there, what stands there now."""

    before: str
    after: str


def lines_of(text: OfficialDocument) -> list[str]:
    """A document as lines to compare: headings, paragraphs, and each row of each table."""
    lines = [f"标题：{text.title}".replace("\n", ""), f"主送：{text.addressee}"]
    lines += _block_lines(text.blocks)
    for annex in text.attachments:
        lines += [f"附件：{annex.title}", *_block_lines(annex.blocks)]
    return lines


def _block_lines(blocks: Sequence[Block]) -> Iterator[str]:
    for block, label in layout.with_labels(blocks):
        match block:
            case Heading():
                yield label + block.text
            case Paragraph():
                yield from block.text.split("\n")
            case Table():
                if block.has_head:
                    yield " | ".join(column.title for column in block.columns)
                yield from (" | ".join(cell.replace("\n", " ") for cell in row) for row in block.rows)
            case _:
                yield f"〔{bodies.NAMES[type(block)]}〕"
