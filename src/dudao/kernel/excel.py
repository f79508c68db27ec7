"""Tables written row by row as Excel or CSV files, with formulas in people's text neutralised."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
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


_DAY_ZERO = date(1899, 12, 30).toordinal()  # of Excel's count of days from March 1900 on
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


def write_csv(
    out: BinaryIO, _title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]
) -> int:
    """The same as CSV (UTF-8 with the mark by which Excel knows it); returns how many rows. Takes what `write_workbook` takes."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=False)
    writer, count, zone = csv.writer(text), 0, timezone.get_current_timezone()
    writer.writerow([label for label, _width in columns])
    for row in rows:
        writer.writerow([_spoken(value, zone) for value in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _spoken(value: Any, zone: tzinfo) -> Any:
    """A cell as text: moments to the minute in the deployment's zone."""
    if isinstance(value, str):
        return plain(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ", "minutes")[:16]
    return value if isinstance(value, int | float | date) else plain(str(value))


def _serial(moment: datetime) -> float:
    """Days since Excel's zero, to the second."""
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return moment.toordinal() - _DAY_ZERO + seconds / 86400


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
        self._zone = timezone.get_current_timezone()
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
        """A cell without content is left out of the file."""
        sheet, looks = self._sheet, self._looks
        if isinstance(value, str):
            if value:
                sheet.write_string(self._row, index, plain(value), looks.cell)
        elif isinstance(value, datetime):
            sheet.write_number(self._row, index, _serial(value.astimezone(self._zone)), looks.moment)
        elif isinstance(value, date):
            sheet.write_number(self._row, index, value.toordinal() - _DAY_ZERO, looks.day)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(self._row, index, value, looks.cell)
        elif value:
            sheet.write_string(self._row, index, plain(str(value)), looks.cell)

    def close(self) -> None:
        self._sheet.autofilter(0, 0, self._row, self._width - 1)
