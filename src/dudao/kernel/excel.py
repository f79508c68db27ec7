"""Excel files written row by row, with formulas in people's text neutralised."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

import xlsxwriter
from django.utils import timezone

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain(value: Any) -> Any:
    """`value` as a cell that no spreadsheet will execute (formula injection).

    The file format already marks it as text; the quote keeps it text when the sheet is saved as CSV.
    """
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


ROWS_OF_A_SHEET = 1_048_576  # Excel's own limit, the head included


def workbook(title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> bytes:
    """A small workbook in memory; see `write_workbook`."""
    buffer = io.BytesIO()
    write_workbook(buffer, title, columns, rows)
    return buffer.getvalue()


def write_workbook(
    out: BinaryIO, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]
) -> int:
    """Write rows as they come, whatever their number, in constant memory; returns how many.

    Each sheet has a bold frozen head of (`label`, width in characters); what one sheet cannot hold goes on in the next.
    Dates become date cells.
    """
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    looks = _Looks(book)
    sheet, count = _Sheet(book, title, columns, looks), 0
    for row in rows:
        if sheet.is_full:
            sheet.close()
            sheet = _Sheet(book, f"{title[:28]} {len(book.worksheets()) + 1}", columns, looks)
        sheet.write(row)
        count += 1
    sheet.close()
    book.close()
    return count


class _Looks:
    """The formats of a book, made once."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left", "valign": "top"})
        self.cell = book.add_format({"text_wrap": True, "valign": "top"})


class _Sheet:
    def __init__(self, book: Any, title: str, columns: Sequence[tuple[str, int]], looks: _Looks) -> None:
        self._sheet = book.add_worksheet(title[:31])
        self._looks, self._width, self._row = looks, len(columns), 0
        self._sheet.freeze_panes(1, 0)
        for index, (label, width) in enumerate(columns):
            self._sheet.set_column(index, index, width)
            self._sheet.write_string(0, index, label, looks.head)

    @property
    def is_full(self) -> bool:
        return self._row + 1 >= ROWS_OF_A_SHEET

    def write(self, row: Sequence[Any]) -> None:
        self._row += 1
        for index, value in enumerate(row):
            self._write(index, value)

    def _write(self, index: int, value: Any) -> None:
        sheet, looks = self._sheet, self._looks
        if isinstance(value, datetime):
            naive = timezone.localtime(value).replace(tzinfo=None, microsecond=0)
            sheet.write_datetime(self._row, index, naive, looks.moment)
        elif isinstance(value, date):
            sheet.write_datetime(self._row, index, datetime(value.year, value.month, value.day), looks.day)  # noqa: DTZ001
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(self._row, index, value, looks.cell)
        else:
            sheet.write_string(self._row, index, str(plain(str(value or ""))), looks.cell)

    def close(self) -> None:
        self._sheet.autofilter(0, 0, self._row, self._width - 1)
