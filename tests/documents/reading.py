"""Reading a PDF back: runs of text with their places, fonts, pictures."""

import io
from itertools import groupby
from typing import NamedTuple

from pypdf import PdfReader

from dudao.documents.layout import width_in_cells


class Run(NamedTuple):
    """Text shown in one go: left edge, base line from the top of the page, size, all in points."""

    left: float
    base: float
    size: float
    text: str

    @property
    def right(self) -> float:
        return self.left + width_in_cells(self.text) * (self.size - 0.207)


class Line(NamedTuple):
    """The runs of one base line, left to right."""

    left: float
    right: float
    base: float
    text: str


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def runs(pdf: bytes, page: int) -> list[Run]:
    """Runs of a page (from 1) in the order they were drawn."""
    found: list[Run] = []
    sheet = reader(pdf).pages[page - 1]
    height = float(sheet.mediabox.height)

    def note(text: str, around: list[float], inside: list[float], _font: object, size: float) -> None:
        if text.strip():
            left = around[4] + around[0] * inside[4]
            found.append(Run(left, height - around[5] - around[3] * inside[5], size, text.strip("\n")))

    sheet.extract_text(visitor_text=note)
    return found


def lines(pdf: bytes, page: int) -> list[Line]:
    """The lines of a page (from 1), top to bottom."""
    rows = groupby(sorted(runs(pdf, page), key=lambda run: round(run.base)), key=lambda run: round(run.base))
    return [_line(sorted(row)) for _base, row in rows]


def _line(row: list[Run]) -> Line:
    text = "".join(_solid(run.text) for run in row)
    return Line(row[0].left, row[-1].right, row[0].base, text)


def _solid(text: str) -> str:
    """Without white space and the invisible places where a word may break."""
    return "".join(text.replace("\u200b", "").split())


def text(pdf: bytes) -> str:
    """All text as drawn, without white space and page numbers: where lines and pages break does not matter."""
    pages = range(1, len(reader(pdf).pages) + 1)
    found = ("".join(_solid(run.text) for run in runs(pdf, page)) for page in pages)
    return "".join(page.removesuffix(f"—{number}—") for number, page in zip(pages, found, strict=True))


def fonts(pdf: bytes) -> dict[str, bool]:
    """Fonts used, each with whether it is embedded."""
    found: dict[str, bool] = {}
    for page in reader(pdf).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            for kid in font.get_object().get("/DescendantFonts", [font]):
                one = kid.get_object()
                kinds = ("/FontFile", "/FontFile2", "/FontFile3")
                found[one["/BaseFont"]] = any(kind in one["/FontDescriptor"] for kind in kinds)
    return found
