"""Pieces of WordprocessingML (ECMA-376) the DOCX renderer is built of.

Elements are made as a tree and text is set as text, so nothing in it can act as markup. Lengths: `twips` are
twentieths of a point; borders count eighths of a point; `w:charSpace` counts 1/4096 point.
"""

from typing import Any, NamedTuple

from docx.oxml import OxmlElement
from docx.oxml.ns import qn as qn

from dudao.documents import layout

Element = Any  # lxml's element, which carries no types here


class Font(NamedTuple):
    """A face of GB/T 9704: the proper font first; Word itself falls back where it is not installed."""

    east_asia: str
    latin: str = "Times New Roman"


FANGSONG = Font("仿宋_GB2312")
KAITI = Font("楷体_GB2312")
HEITI = Font("黑体", "黑体")
TITLE = Font("方正小标宋简体", "方正小标宋简体")
SONGTI = Font("宋体", "宋体")

LEVEL_FONTS = (HEITI, KAITI, FANGSONG, FANGSONG)


def twips(points: float) -> int:
    return round(points * 20)


def mm_twips(millimetres: float) -> int:
    return twips(millimetres * layout.MM_PT)


CELL = twips(layout.CELL_PT)
# 22 lines of 580 are 12,760 twentieths of a point, but the type area has 12,755: Word and LibreOffice then set 21
# lines. So the pitch is cut to the whole twentieth below.
PITCH = int(layout.PITCH_PT * 20)
# 28 cells by spacing each run at 三号, not by a grid of characters: LibreOffice, and the previewers built on it, give
# a 16 pt character two cells of a 15.79 pt grid. Word sets 28 characters either way.
SPACING = -5
CHAR_SPACE = round((layout.CELL_PT - layout.BODY_PT) * 4096)


def element(tag: str, *children: Element, **attributes: Any) -> Element:
    """`w:tag` with `w:` attributes; an attribute that is None is left out."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        if value is not None:
            made.set(qn(f"w:{name.rstrip('_')}"), str(value))
    made.extend(children)
    return made


def run_properties(font: Font, size_pt: float, *, color: str | None = None) -> Element:
    fonts = element(
        "rFonts", ascii=font.latin, hAnsi=font.latin, eastAsia=font.east_asia, cs=font.latin, hint="eastAsia"
    )
    properties = element("rPr", fonts)
    if color:
        properties.append(element("color", val=color))
    if size_pt == layout.BODY_PT:
        properties.append(element("spacing", val=SPACING))
    properties.append(element("sz", val=round(size_pt * 2)))
    properties.append(element("szCs", val=round(size_pt * 2)))
    properties.append(element("lang", val="en-US", eastAsia="zh-CN"))
    return properties


def run(text: str, font: Font, size_pt: float = layout.BODY_PT, *, color: str | None = None) -> Element:
    """A run of text; its line breaks become line breaks."""
    made = element("r", run_properties(font, size_pt, color=color))
    for index, line in enumerate(text.split("\n")):
        if index:
            made.append(element("br"))
        words = element("t")
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(words)
    return made


def tab() -> Element:
    return element("r", element("tab"))


def field(instruction: str, font: Font, size_pt: float) -> list[Element]:
    """A field such as PAGE, in the runs Word wants for it."""
    runs = []
    for part in ("begin", "instruction", "separate", "shown", "end"):
        made = element("r", run_properties(font, size_pt))
        if part == "instruction":
            words = element("instrText")
            words.text = f" {instruction} "
            made.append(words)
        elif part == "shown":
            words = element("t")
            words.text = "1"
            made.append(words)
        else:
            made.append(element("fldChar", fldCharType=part))
        runs.append(made)
    return runs


class Shape(NamedTuple):
    """How a paragraph stands. Indents in twips; `line_pt` sets an exact height off the grid of lines."""

    align: str | None = None
    left: int = 0
    first: int = 0
    hanging: int = 0
    right: int = 0
    line_pt: float | None = None
    before: int = 0
    keep_next: bool = False
    on_grid: bool = True
    outline: int | None = None
    border: Element | None = None
    right_tab: int | None = None


def paragraph(*runs: Element, shape: Shape | None = None) -> Element:
    """A paragraph; its properties stand in the order the schema asks for."""
    shape = shape or Shape()
    properties = element("pPr")
    if shape.keep_next:
        properties.append(element("keepNext"))
        properties.append(element("keepLines"))
    properties.append(element("widowControl", val=0))
    if shape.border is not None:
        properties.append(shape.border)
    if shape.right_tab is not None:
        properties.append(element("tabs", element("tab", val="right", pos=shape.right_tab)))
    properties.append(element("autoSpaceDE", val=0))
    properties.append(element("autoSpaceDN", val=0))
    if not shape.on_grid:
        properties.append(element("snapToGrid", val=0))
    properties.append(_spacing(shape))
    properties.append(_indent(shape))
    if shape.align:
        properties.append(element("jc", val=shape.align))
    if shape.outline is not None:
        properties.append(element("outlineLvl", val=shape.outline))
    return element("p", properties, *runs)


def _spacing(shape: Shape) -> Element:
    exact = twips(shape.line_pt) if shape.line_pt else None
    return element(
        "spacing", before=shape.before, after=0, line=exact or 240, lineRule="exact" if exact else "auto"
    )


def _indent(shape: Shape) -> Element:
    return element(
        "ind",
        left=shape.left,
        right=shape.right,
        firstLine=shape.first or None,
        hanging=shape.hanging or None,
    )


def borders(tag: str, **sides: tuple[str, float, str]) -> Element:
    """Borders by side: style, width in points, colour."""
    made = element(tag)
    for side, (style, width_pt, color) in sides.items():
        made.append(element(side, val=style, sz=round(width_pt * 8), space=1, color=color))
    return made


def all_around(tag: str, style: str, width_pt: float, color: str = "000000") -> Element:
    sides = ("top", "left", "bottom", "right") + (("insideH", "insideV") if tag == "tblBorders" else ())
    return borders(tag, **dict.fromkeys(sides, (style, width_pt, color)))


def cell(
    paragraphs: list[Element],
    width: int,
    *,
    span: int = 1,
    align: str = "center",
    edges: Element | None = None,
) -> Element:
    """A table cell of `width` twips."""
    properties = element("tcPr", element("tcW", w=width, type="dxa"))
    if span > 1:
        properties.append(element("gridSpan", val=span))
    if edges is not None:
        properties.append(edges)
    properties.append(element("vAlign", val=align))
    return element("tc", properties, *paragraphs)


def row(cells: list[Element], *, is_head: bool = False, may_split: bool = True) -> Element:
    """A row; a head is repeated on every page."""
    properties = element("trPr")
    if not may_split:
        properties.append(element("cantSplit"))
    if is_head:
        properties.append(element("tblHeader"))
    return element("tr", properties, *cells)


def table(
    rows: list[Element],
    widths: list[int],
    *,
    edges: Element | None,
    floating: Element | None = None,
    margin: int = 80,
    above: int = 0,
) -> Element:
    """A table with fixed column widths in twips; `margin` is left free beside a cell's text, `above` over and under it."""
    properties = element("tblPr")
    if floating is not None:
        properties.append(floating)
    properties.append(element("tblW", w=sum(widths), type="dxa"))
    if floating is None:
        properties.append(element("jc", val="center"))
    if edges is not None:
        properties.append(edges)
    properties.append(element("tblLayout", type="fixed"))
    sides = {"top": above, "left": margin, "bottom": above, "right": margin}
    properties.append(
        element("tblCellMar", *(element(side, w=room, type="dxa") for side, room in sides.items()))
    )
    grid = element("tblGrid", *(element("gridCol", w=width) for width in widths))
    return element("tbl", properties, grid, *rows)


def bottom_of_page() -> Element:
    """Lets a table float at the bottom of the type area of the page its next paragraph is on."""
    return element(
        "tblpPr",
        leftFromText=0,
        rightFromText=0,
        vertAnchor="margin",
        horzAnchor="margin",
        tblpXSpec="left",
        tblpYSpec="bottom",
    )


def set_behind(run: Element, x: int, y: int) -> None:
    """Take a run's picture out of the line and put it behind the text, at `x` from the column and `y` from the paragraph
    (EMU)."""
    inline = run.find(".//" + qn("wp:inline"))
    anchor = OxmlElement("wp:anchor")
    for name, value in {
        "distT": 0, "distB": 0, "distL": 0, "distR": 0, "simplePos": 0, "relativeHeight": 1, "behindDoc": 1, "locked": 0,
        "layoutInCell": 1, "allowOverlap": 1,
    }.items():  # fmt: skip
        anchor.set(name, str(value))
    simple = OxmlElement("wp:simplePos")
    simple.set("x", "0")
    simple.set("y", "0")
    anchor.append(simple)
    for tag, relative, offset in (("wp:positionH", "column", x), ("wp:positionV", "paragraph", y)):
        position, at = OxmlElement(tag), OxmlElement("wp:posOffset")
        position.set("relativeFrom", relative)
        at.text = str(offset)
        position.append(at)
        anchor.append(position)
    children = list(inline)
    anchor.append(children[0])  # its extent
    anchor.append(OxmlElement("wp:wrapNone"))
    anchor.extend(children[1:])
    inline.getparent().replace(inline, anchor)
