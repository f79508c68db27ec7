"""The process in which a stranger's table is opened; `kernel.sheets` starts it and judges how it ends.

It loads no more than it needs, Django least of all: a person waits for its start with every file. CSV and Word files are
read by `csv_process` and `word_process`, which load what they need in their turn.
"""

import gc
import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from math import isfinite

import python_calamine

MOST_ROWS = 100_000
MOST_COLUMNS = 200
MEMORY = 1536 * 1024 * 1024  # bytes of address space of this process
SECONDS = 60
EXCEL_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

Value = str | int | float
"""A cell: text, or a number; days and moments are text in ISO form, truth is 1 or 0, an empty cell is ""."""
Answer = dict[str, object]
"""What `sheets.Sheet` is made of: name, rows, merged."""


class Refused(Exception):
    """The file is not read, for the reason named by a key of `sheets._REASONS`."""


def main(tables: Callable[[str, str], list[Answer]]) -> None:
    """Write the tables of the file named by the arguments as JSON to standard output, or the reason why not, and end."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    gc.disable()  # cells are no cycles, and all goes with the process
    try:
        answer, code = json.dumps(tables(*sys.argv[1:]), ensure_ascii=False, check_circular=False), 0
    except Refused as refused:
        answer, code = str(refused), 1
    except python_calamine.PasswordError:
        answer, code = "password", 1
    except MemoryError:
        answer, code = "heavy", 1
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError, OSError):
        answer, code = "broken", 1
    sys.stdout.buffer.write(answer.encode())
    sys.stdout.flush()
    os._exit(code)  # taking a hundred thousand cells apart one by one would only keep the person waiting


def read() -> None:
    main(_excel)


def _excel(path: str, _suffix: str) -> list[Answer]:
    book = python_calamine.load_workbook(path)
    visible = python_calamine.SheetVisibleEnum.Visible
    worksheet = python_calamine.SheetTypeEnum.WorkSheet
    return [
        _sheet(book.get_sheet_by_name(about.name))
        for about in book.sheets_metadata
        if about.visible == visible and about.typ == worksheet
    ]


def _sheet(source: python_calamine.CalamineSheet) -> Answer:
    if source.total_height > MOST_ROWS:
        raise Refused("rows")
    rows = [
        [cell.strip() if type(cell) is str else _value(cell) for cell in row[:MOST_COLUMNS]]
        for row in source.to_python(skip_empty_area=False)
    ]
    merged = {
        number + 1
        for (first, _left), (last, _right) in source.merged_cell_ranges or []
        for number in range(first, min(last, len(rows)) + 1)
    }
    return {"name": source.name, "rows": rows, "merged": sorted(merged)}


def _value(cell: object) -> Value:
    if isinstance(cell, float):
        if not isfinite(cell):  # no number to JSON, nor to anybody
            return str(cell)
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, datetime):
        return (
            cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="minutes")
        )
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):  # truth too
        return int(cell)
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell).strip()
