"""The process in which a stranger's table is opened; `kernel.sheets` starts it and judges how it ends.

It loads no more than it needs, Django least of all: a person waits for its start with every file. Word files are read by
`word_process`, since their library takes longer to load than most tables to read.
"""

import csv
import io
import resource
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
import python_calamine

MOST_ROWS = 100_000
MOST_COLUMNS = 200
MEMORY = 1536 * 1024 * 1024  # bytes of address space of this process
SECONDS = 60
EXCEL_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

Value = str | int | float
"""A cell: text, or a number; days and moments are text in ISO form, truth is 1 or 0, an empty cell is ""."""


class Sheet(msgspec.Struct):
    """One sheet: its rows, and the row numbers (from 1) that merged cells touch."""

    name: str
    rows: list[list[Value]]
    merged: list[int] = []


class Refused(Exception):
    """The file is not read, for the reason named by a key of `sheets._REASONS`."""


def main(path: str, suffix: str, tables: Callable[[str, str], list[Sheet]]) -> int:
    """Write the tables of the file as JSON to standard output, or the reason why not; returns the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        sheets = tables(path, suffix)
    except Refused as refused:
        sys.stdout.write(str(refused))
        return 1
    except python_calamine.PasswordError:
        sys.stdout.write("password")
        return 1
    except MemoryError:
        sys.stdout.write("heavy")
        return 1
    except (
        python_calamine.CalamineError,
        python_calamine.ZipError,
        python_calamine.XmlError,
        csv.Error,
        OSError,
    ):
        sys.stdout.write("broken")
        return 1
    sys.stdout.buffer.write(msgspec.json.encode(sheets))
    return 0


def _sheets(path: str, suffix: str) -> list[Sheet]:
    return _excel(path) if suffix in EXCEL_SUFFIXES else [_csv(Path(path).read_bytes())]


def _excel(path: str) -> list[Sheet]:
    book = python_calamine.load_workbook(path)
    visible = python_calamine.SheetVisibleEnum.Visible
    worksheet = python_calamine.SheetTypeEnum.WorkSheet
    return [
        _sheet(book.get_sheet_by_name(about.name))
        for about in book.sheets_metadata
        if about.visible == visible and about.typ == worksheet
    ]


def _sheet(source: Any) -> Sheet:
    if source.total_height > MOST_ROWS:
        raise Refused("rows")
    rows = [[_value(cell) for cell in row[:MOST_COLUMNS]] for row in source.to_python(skip_empty_area=False)]
    merged = {
        number + 1
        for (first, _left), (last, _right) in source.merged_cell_ranges or []
        for number in range(first, min(last, len(rows)) + 1)
    }
    return Sheet(source.name, rows, sorted(merged))


def _value(cell: Any) -> Value:
    if isinstance(cell, datetime):
        return (
            cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="minutes")
        )
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, int):
        return cell
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell).strip()


def _csv(raw: bytes) -> Sheet:
    text = _decoded(raw)
    delimiter = max(",\t;，", key=text[:4000].count)
    rows: list[list[Value]] = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        if len(rows) == MOST_ROWS:
            raise Refused("rows")
        rows.append([cell.strip() for cell in row[:MOST_COLUMNS]])
    return Sheet("CSV", rows)


def _decoded(raw: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else GB18030, which is what Chinese Excel writes."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise Refused("encoding")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], _sheets))
