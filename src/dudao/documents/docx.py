"""The DOCX of an official document: the same content and layout as the PDF, for an office to edit.

The proper fonts (方正小标宋简体, 仿宋_GB2312, 楷体_GB2312, 黑体) are named, never embedded. The same document and pictures
always give the same bytes.
"""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import segno
from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.shared import Emu, Mm

from dudao.documents import layout, pictures, wordimprint
from dudao.documents import wordml as w
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
from dudao.documents.wordml import FANGSONG, HEITI, KAITI, SONGTI, TITLE, Element, Shape

EMU_PER_MM = 36000
TALLEST_FIGURE_MM = 110.0
GAP_MM = 5.0
TABLE_GAP, GRID_GAP = w.twips(3), w.twips(4)
SIGNATURE_WIDTH_MM, SIGNATURE_MM = 28.0, 14.0

BOOKMARK = "dudao_"

INDENTED = Shape(align="both", first=2 * w.CELL)
CENTRED = Shape(align="center")


def render(
    document: OfficialDocument, load: pictures.Loader, *, marks: Mapping[bytes, str] | None = None
) -> bytes:
    """The DOCX. `load` gives the pictures; one that has not arrived shows a frame that says so.

    With `marks` (the names of tables and pictures by their JSON) it can be read back after a person changed it.
    """
    return _Writer(document, load, marks).written()


class _Writer:
    """Writes one document from head to imprint."""

    def __init__(
        self, document: OfficialDocument, load: pictures.Loader, marks: Mapping[bytes, str] | None
    ) -> None:
        self.document = document
        self.marks = marks
        self.bookmarks = 0
        self.load = load
        self.made: dict[str, pictures.Picture | str] = {}
        self.word = Document()
        self.landscape = False

    def written(self) -> bytes:
        self._prepare()
        if self.document.shell == "document":
            self._red_head()
        self._bookmark("title")
        self._title()
        self._blocks(self.document.blocks)
        self._tie_last()
        self._bookmark("tail")
        self._attachment_list()
        self._closing()
        for index, attachment in enumerate(self.document.attachments):
            self._attachment(index, attachment)
        self._bookmark("end")
        self._imprint()
        return self._packed()

    # ---- the page ----

    def _prepare(self) -> None:
        """Styles, the first section, footers and properties; python-docx's own empty page is the start."""
        style = self.word.styles["Normal"]
        style.element.get_or_add_rPr().clear()
        style.element.get_or_add_rPr().extend(w.run_properties(FANGSONG, layout.BODY_PT))
        self.word.settings.odd_and_even_pages_header_footer = True
        self._set_page(self.word.sections[0], landscape=False)
        self._footers(self.word.sections[0])
        when = datetime.combine(self.document.issued_on, datetime.min.time())
        properties = self.word.core_properties
        properties.title = self.document.title[:255]
        properties.author = properties.last_modified_by = self.document.organ[:255]
        properties.created = properties.modified = when
        properties.language = "zh-CN"
        properties.comments = ""

    def _set_page(self, section: Any, *, landscape: bool) -> None:
        width, height = (Mm(side) for side in layout.PAGE_MM)
        margins = (layout.TOP_MM, layout.BOTTOM_MM, layout.LEFT_MM, layout.RIGHT_MM)
        if landscape:
            width, height = height, width
            margins = (28.0, 26.0, layout.TOP_MM, layout.BOTTOM_MM)
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = width, height
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(
            Mm, margins
        )
        half_dash_mm = layout.FOUR_PT / 2 / layout.MM_PT
        section.footer_distance = Mm(margins[1] - layout.FOOTER_GAP_MM - half_dash_mm)
        for old in section._sectPr.findall(w.qn("w:docGrid")):
            section._sectPr.remove(old)
        section._sectPr.append(w.element("docGrid", type="lines", linePitch=w.PITCH, charSpace=w.CHAR_SPACE))

    def _footers(self, section: Any) -> None:
        """— 1 —, outside right on odd pages and left on even ones, one character in."""
        inset = w.twips(layout.FOUR_PT)
        for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
            footer.is_linked_to_previous = False
            shape = Shape(align=side, left=inset, right=inset, line_pt=layout.FOUR_PT, on_grid=False)
            number = w.field("PAGE", SONGTI, layout.FOUR_PT)
            dash = w.run("— ", SONGTI, layout.FOUR_PT), w.run(" —", SONGTI, layout.FOUR_PT)
            for old in list(footer._element):
                footer._element.remove(old)
            footer._element.append(w.paragraph(dash[0], *number, dash[1], shape=shape))

    def _add(self, made: Element) -> None:
        """Put an element at the end of the text, ahead of the last section's properties."""
        self.word.element.body.insert_element_before(made, "w:sectPr")

    def _line(self, *runs: Element, shape: Shape | None = None) -> None:
        self._add(w.paragraph(*runs, shape=shape))

    def _empty(self, count: int = 1) -> None:
        for _ in range(count):
            self._line(w.run("", FANGSONG))

    @property
    def text_width_mm(self) -> float:
        return layout.TEXT_HEIGHT_MM if self.landscape else layout.TEXT_WIDTH_MM

    # ---- head, title, closing ----

    def _red_head(self) -> None:
        size = layout.mark_pt(self.document.mark)
        shape = CENTRED._replace(line_pt=1.15 * size, before=w.mm_twips(layout.MARK_TOP_MM), on_grid=False)
        self._line(w.run(self.document.mark, TITLE, size, color=layout.RED), shape=shape)
        self._empty(2)
        rule = w.borders("pBdr", bottom=("single", 1.5, layout.RED))
        rule[0].set(w.qn("w:space"), str(round(layout.RULE_GAP_MM * layout.MM_PT)))
        number = w.run(self.document.number, FANGSONG)
        if self.document.signer:
            place = w.mm_twips(layout.TEXT_WIDTH_MM) - w.CELL
            signer = w.run("签发人：", FANGSONG), w.run(self.document.signer + "　", KAITI)
            blank = w.run("　", FANGSONG)  # not an indent: the red rule is as wide as the paragraph
            self._line(blank, number, w.tab(), *signer, shape=Shape(border=rule, right_tab=place + w.CELL))
        else:
            self._line(number, shape=CENTRED._replace(border=rule))
        self._empty(2)

    def _title(self) -> None:
        self._big_title(self.document.title)
        if self.document.shell == "record" and self.document.number:
            self._line(w.run(self.document.number, FANGSONG), shape=CENTRED)
        self._empty()
        self._bookmark("body")
        if self.document.addressee:
            self._line(w.run(self.document.addressee + "：", FANGSONG))

    def _big_title(self, title: str) -> None:
        shape = CENTRED._replace(line_pt=w.PITCH / 20, outline=0, on_grid=False)
        self._line(w.run("\n".join(layout.title_lines(title)), TITLE, layout.TITLE_PT), shape=shape)

    def _tie_last(self) -> None:
        """A table, a picture or signatures that stand last stay with what closes the document: their last row does."""
        if not self.document.organ or not self.document.blocks:
            return
        if isinstance(self.document.blocks[-1], Heading | Paragraph):
            return
        added = [one for one in self.word.element.body if one.tag in (w.qn("w:p"), w.qn("w:tbl"))]
        tables = [one for one in added[-2:] if one.tag == w.qn("w:tbl")]
        after = added[added.index(tables[-1]) + 1 :] if tables else added[-2:]
        rows = [tables[-1].findall(w.qn("w:tr"))[-1]] if tables else []
        for paragraph in [one for row in rows for one in row.iter(w.qn("w:p"))] + after:
            _keep_next(paragraph)

    def _attachment_list(self) -> None:
        lines = layout.attachment_lines(self.document.attachments)
        if not lines:
            return
        self._line(w.run("", FANGSONG), shape=Shape(keep_next=True))
        for index, line in enumerate(lines):
            head = "附件：" if index == 0 else ""
            shape = Shape(left=5 * w.CELL, hanging=3 * w.CELL if head else 0, keep_next=True)
            self._line(w.run(head + line, FANGSONG), shape=shape)

    def _closing(self) -> None:
        if not self.document.organ:
            return
        day = layout.chinese_date(self.document.issued_on)
        seal = self._picture(self.document.seal) if self.document.seal else ""
        is_sealed = isinstance(seal, pictures.Picture)
        place = (layout.sealed_closing if is_sealed else layout.closing)(self.document.organ, day)
        self._line(w.run("", FANGSONG), shape=Shape(keep_next=True))
        organ = Shape(left=round(place.organ * w.CELL), keep_next=True)
        runs = [w.run(self.document.organ, FANGSONG)]
        if isinstance(seal, pictures.Picture):
            middle = place.date + layout.width_in_cells(day) / 2
            runs.insert(0, self._seal_run(seal, middle))
        self._line(*runs, shape=organ)
        self._line(w.run(day, FANGSONG), shape=Shape(left=round(place.date * w.CELL)))

    def _seal_run(self, seal: pictures.Picture, middle: float) -> Element:
        """The seal as a picture behind the letters, its middle between name and date."""
        run = self._picture_run(seal, layout.SEAL_MM, layout.SEAL_MM)
        half = layout.SEAL_MM / 2 * EMU_PER_MM
        x = middle * layout.CELL_PT / layout.MM_PT * EMU_PER_MM - half
        y = w.PITCH / 20 / layout.MM_PT * EMU_PER_MM - half
        w.set_behind(run, round(x), round(y))
        return run

    def _attachment(self, index: int, attachment: Attachment) -> None:
        self._set_page(self.word.add_section(WD_SECTION.NEW_PAGE), landscape=attachment.landscape)
        self.landscape = attachment.landscape
        self._bookmark(f"annex_{'flat' if attachment.landscape else 'upright'}_{index}")
        label = layout.attachment_label(index, len(self.document.attachments))
        self._line(w.run(label, HEITI))
        self._empty()
        self._big_title(attachment.title)
        self._empty()
        self._blocks(attachment.blocks)

    def _bookmark(self, name: str) -> None:
        """A hidden place by which a part of the text is known again; only in a file that is to be read back."""
        if self.marks is None:
            return
        self.bookmarks += 1
        start = w.element("bookmarkStart", id=self.bookmarks, name=f"{BOOKMARK}{name}")
        end = w.element("bookmarkEnd", id=self.bookmarks)
        line = w.paragraph(start, end, shape=Shape(line_pt=1, on_grid=False))
        self._add(line)

    def _mark(self, block: Block, table: Element) -> Element:
        """A table with its mark as its title."""
        name = (self.marks or {}).get(msgspec.json.encode(block))
        if name:
            table.find(w.qn("w:tblPr")).append(w.element("tblCaption", val=name))
        return table

    # ---- blocks ----

    def _blocks(self, blocks: tuple[Block, ...]) -> None:
        for block, label in layout.with_labels(blocks):
            match block:
                case Heading():
                    self._heading(block, label)
                case Paragraph():
                    for line in block.text.split("\n"):
                        self._line(w.run(line, FANGSONG), shape=self._tied(block))
                case Table():
                    self._table(block)
                case Figure():
                    self._figure(block)
                case FigureGrid():
                    self._grid(block)
                case Signatures():
                    self._signatures(block)

    def _tied(self, block: Paragraph) -> Shape:
        """A short last paragraph stays with what closes the document."""
        is_last = block is self.document.blocks[-1] if self.document.blocks else False
        lines = sum(map(layout.paragraph_lines, block.text.split("\n")))
        return INDENTED._replace(keep_next=is_last and lines <= layout.LONGEST_TIED)

    def _heading(self, heading: Heading, label: str) -> None:
        shape = INDENTED._replace(keep_next=heading.level < 3, outline=heading.level)
        text = label + heading.text.replace("\n", " ")
        self._line(w.run(text, w.LEVEL_FONTS[heading.level - 1]), shape=shape)

    def _table(self, table: Table) -> None:
        if table.caption:
            shape = CENTRED._replace(keep_next=True)
            self._line(w.run(table.caption, HEITI, layout.FOUR_PT), shape=shape)
        whole = sum(column.width for column in table.columns)
        widths = [w.mm_twips(self.text_width_mm * column.width / whole) for column in table.columns]
        rows = [self._head_row(table, widths)] if table.has_head else []
        rows += [self._table_row(table, line, widths) for line in table.rows if line]
        edges = w.all_around("tblBorders", "single", 0.5)
        self._add(self._mark(table, w.table(rows, widths, edges=edges, above=TABLE_GAP)))
        self._line(shape=Shape(line_pt=8, on_grid=False))

    def _head_row(self, table: Table, widths: list[int]) -> Element:
        cells = [
            w.cell([self._small(column.title, HEITI, "center")], width)
            for column, width in zip(table.columns, widths, strict=True)
        ]
        return w.row(cells, is_head=True, may_split=False)

    def _table_row(self, table: Table, line: tuple[str, ...], widths: list[int]) -> Element:
        line = line[: len(widths)]
        cells = []
        for index, text in enumerate(line):
            spanned = widths[index:] if index == len(line) - 1 else widths[index : index + 1]
            column = table.columns[index]
            made = self._small(text, HEITI if column.label else FANGSONG, _word_align(column))
            cells.append(w.cell([made], sum(spanned), span=len(spanned)))
        return w.row(cells, may_split=layout.row_pt(table, line, self.landscape) > layout.TALL_ROW_PT)

    def _small(self, text: str, font: w.Font, align: str) -> Element:
        size = layout.table_pt(self.landscape)
        shape = Shape(align=align, line_pt=1.5 * size, on_grid=False)
        return w.paragraph(w.run(text, font, size), shape=shape)

    def _picture(self, source: str) -> pictures.Picture | str:
        """The picture made fit, or the words that stand in its place."""
        if source not in self.made:
            body = self.load(source)
            made = pictures.prepared(body) if body is not None else None
            self.made[source] = made or (layout.NOT_ARRIVED if body is None else layout.UNREADABLE)
        return self.made[source]

    def _picture_run(self, picture: pictures.Picture, width_mm: float, height_mm: float) -> Element:
        """The picture in a run, as large as fits into the room given."""
        scale = min(width_mm / picture.width, height_mm / picture.height) * EMU_PER_MM
        size = Emu(round(picture.width * scale)), Emu(round(picture.height * scale))
        scratch = self.word.add_paragraph()
        scratch.add_run().add_picture(io.BytesIO(picture.body), *size)
        made = scratch._p.find(w.qn("w:r"))
        scratch._p.getparent().remove(scratch._p)
        inline = made.find(".//" + w.qn("wp:inline"))
        for side in ("distT", "distB", "distL", "distR"):
            inline.set(side, "0")  # unsaid, LibreOffice keeps an eighth of an inch free
        return made

    def _pictured(self, source: str, width_mm: float, height_mm: float) -> Element:
        picture = self._picture(source)
        if isinstance(picture, str):
            frame = w.all_around("pBdr", "dashed", 0.75, "777777")
            shape = CENTRED._replace(border=frame, on_grid=False)
            return w.paragraph(w.run(f"\n{picture}\n", HEITI, layout.TABLE_PT, color="595959"), shape=shape)
        shape = CENTRED._replace(on_grid=False)
        return w.paragraph(self._picture_run(picture, width_mm, height_mm), shape=shape)

    def _captioned(self, figure: Figure, width_mm: float, height_mm: float) -> list[Element]:
        made = [self._pictured(figure.source, width_mm, height_mm)]
        if figure.caption:
            shape = CENTRED._replace(line_pt=1.5 * layout.TABLE_PT, on_grid=False)
            made.append(w.paragraph(w.run(figure.caption, FANGSONG, layout.TABLE_PT), shape=shape))
        return made

    def _figure(self, figure: Figure) -> None:
        lines = self._captioned(figure, self.text_width_mm * figure.width / 100, TALLEST_FIGURE_MM)
        if len(lines) > 1:
            _keep_next(lines[0])
        for line in lines:
            self._add(line)

    def _grid(self, grid: FigureGrid) -> None:
        width_mm = self.text_width_mm / grid.columns
        widths = [w.mm_twips(width_mm)] * grid.columns
        rows = []
        for start in range(0, len(grid.figures), grid.columns):
            figures = grid.figures[start : start + grid.columns]
            room = width_mm - GAP_MM
            cells = [w.cell(self._captioned(figure, room, room * 0.75), widths[0]) for figure in figures]
            cells += [w.cell([w.paragraph()], widths[0]) for _ in range(grid.columns - len(figures))]
            rows.append(w.row(cells, may_split=False))
        self._add(self._mark(grid, w.table(rows, widths, edges=None, above=GRID_GAP)))

    def _signatures(self, block: Signatures) -> None:
        if not block.signers:
            return
        room_mm = self.text_width_mm / len(block.signers)
        width = w.mm_twips(room_mm)
        cells = [w.cell(self._signer(signer, room_mm), width, align="bottom") for signer in block.signers]
        self._line(w.run("", FANGSONG), shape=Shape(keep_next=True))
        row = w.row(cells, may_split=False)
        self._add(self._mark(block, w.table([row], [width] * len(cells), edges=None, margin=0)))

    def _signer(self, signer: Signer, room_mm: float) -> list[Element]:
        """Role, signature and name; a name that has no room beside its signature stands whole under it."""
        runs = [w.run(signer.role + "：", FANGSONG)]
        picture = self._picture(signer.source) if signer.source else ""
        is_parted = False
        if isinstance(picture, pictures.Picture):
            runs.append(self._picture_run(picture, SIGNATURE_WIDTH_MM, SIGNATURE_MM))
            words_mm = layout.width_in_cells(f"{signer.role}：{signer.name}") * layout.CELL_PT / layout.MM_PT
            is_parted = words_mm + SIGNATURE_WIDTH_MM > room_mm
        elif picture:
            runs.append(w.run(f"〔{picture}〕", FANGSONG, layout.SMALL_PT))
        runs.append(w.run(f"\n{signer.name}" if is_parted else signer.name, KAITI))
        lines = [w.paragraph(*runs, shape=Shape(on_grid=False))]
        if signer.signed_on:
            lines.append(w.paragraph(w.run(layout.chinese_date(signer.signed_on), FANGSONG)))
        return lines

    def _imprint(self) -> None:
        """QR code, copies and printer (版记) at the bottom of the last page."""
        code = self._code_run() if self.document.verification else None
        made = wordimprint.table(self.document, self.text_width_mm, code)
        if made is not None:
            self._add(made)
            self._line(shape=Shape(line_pt=1, on_grid=False))

    def _code_run(self) -> Element:
        out = io.BytesIO()
        assert self.document.verification
        segno.make(self.document.verification.url, error="m", micro=False).save(out, "png", scale=8, border=0)
        return self._picture_run(
            pictures.Picture(out.getvalue(), "png", 1, 1), wordimprint.QR_MM, wordimprint.QR_MM
        )

    def _packed(self) -> bytes:
        """The package with one time for all its files: the document's own day."""
        made = io.BytesIO()
        self.word.save(made)
        day = self.document.issued_on
        when = (max(day.year, 1980), day.month, day.day, 0, 0, 0)
        out = io.BytesIO()
        with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                entry = zipfile.ZipInfo(name, when)
                entry.compress_type = zipfile.ZIP_DEFLATED
                new.writestr(entry, old.read(name))
        return out.getvalue()


def _keep_next(paragraph: Element) -> None:
    """Keep a paragraph on the page of the next one."""
    properties = paragraph.find(w.qn("w:pPr"))
    if properties is None:
        properties = w.element("pPr")
        paragraph.insert(0, properties)
    if properties.find(w.qn("w:keepNext")) is None:
        properties.insert(0, w.element("keepNext"))


def _word_align(column: Column) -> str:
    if column.label:
        return "center"
    return {"left": "left", "centre": "center", "right": "right"}[column.align]
