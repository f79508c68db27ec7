"""The bottom of a DOCX's last page: QR code and imprint (版记), in a table that floats on the type area's edge.

Word and WPS put it there; LibreOffice lets no table as wide as the page float and shows it right after the text.
"""

from dudao.documents import layout
from dudao.documents import wordml as w
from dudao.documents.official import OfficialDocument
from dudao.documents.wordml import FANGSONG, Element, Shape

QR_MM = 20.0
MARGIN = w.twips(layout.FOUR_PT)  # one character in from both ends

Edge = tuple[str, float, str]
THICK: Edge = ("single", layout.THICK_MM * layout.MM_PT, "000000")
THIN: Edge = ("single", layout.THIN_MM * layout.MM_PT, "000000")


def table(document: OfficialDocument, width_mm: float, code: Element | None) -> Element | None:
    """The table, or None when there is nothing to show. `code` is the QR code's run.

    The next paragraph decides on which page it stands.
    """
    width = w.mm_twips(width_mm)
    widths = [round(width * 0.6), width - round(width * 0.6)]
    rows = [_check_row(document, widths, code)] if code is not None else []
    if document.shell == "document":
        copies, printed_by = layout.copies_line(document), document.printed_by
        if copies:
            rows.append(_copies_row(copies, widths, is_last=not printed_by))
        if printed_by:
            rows.append(_printed_row(document, widths, top=THIN if copies else THICK))
    return w.table(rows, widths, edges=None, floating=w.bottom_of_page(), margin=MARGIN) if rows else None


def _check_row(document: OfficialDocument, widths: list[int], code: Element) -> Element:
    assert document.verification
    text = f" {layout.SCAN_TO_CHECK}  {document.verification.code}"
    line = w.paragraph(code, w.run(text, FANGSONG, layout.TABLE_PT), shape=Shape(on_grid=False))
    return w.row([w.cell([line], sum(widths), span=2)], may_split=False)


def _copies_row(copies: str, widths: list[int], *, is_last: bool) -> Element:
    edges = w.borders("tcBorders", top=THICK, bottom=THICK if is_last else THIN)
    hanging = 3 * w.twips(layout.FOUR_PT)
    line = _line("抄送：" + copies, Shape(left=hanging, hanging=hanging))
    return w.row([w.cell([line], sum(widths), span=2, edges=edges)], may_split=False)


def _printed_row(document: OfficialDocument, widths: list[int], *, top: Edge) -> Element:
    day = layout.chinese_date(document.printed_on or document.issued_on)
    texts = (_line(document.printed_by, Shape()), _line(f"{day}印发", Shape(align="right")))
    cells = [
        w.cell([line], width, edges=w.borders("tcBorders", top=top, bottom=THICK))
        for line, width in zip(texts, widths, strict=True)
    ]
    return w.row(cells, may_split=False)


def _line(text: str, shape: Shape) -> Element:
    shape = shape._replace(line_pt=w.PITCH / 20, on_grid=False)
    return w.paragraph(w.run(text, FANGSONG, layout.FOUR_PT), shape=shape)
