"""Tables that people upload: Excel in all its forms, the tables of a Word file, and CSV in UTF-8 or GB18030.

A stranger's file is opened in a process of its own with limits of memory and time, so that a bomb, a broken file or a
fault of the reading library ends there and nowhere else.
"""

import csv
import io
import resource
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import docx
import msgspec
import python_calamine
from django.utils.translation import gettext_lazy as _

from dudao.kernel.errors import Invalid

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MEMORY = 1536 * 1024 * 1024  # bytes of address space of the reading process
SECONDS = 60
EXCEL_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
SUFFIXES = (*EXCEL_SUFFIXES, ".docx", ".csv", ".txt")

Value = str | int | float
"""A cell: text, or a number; days and moments are text in ISO form, truth is 1 or 0, an empty cell is ""."""


class Sheet(msgspec.Struct):
    """One sheet: its rows, and the row numbers (from 1) that merged cells touch."""

    name: str
    rows: list[list[Value]]
    merged: list[int] = []


class Unreadable(Invalid):
    """The file cannot be read; the message says what to do."""

    code = "unreadable-file"


_REASONS = {
    "password": _("文件设有打开密码。请去掉密码后再上传。"),
    "broken": _("文件已损坏，或不是 Excel、Word、CSV 文件。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"),
    "encoding": _("文件的文字编码无法识别。请用 Excel 或 WPS 另存为 .xlsx 再上传。"),
    "rows": _("表格超过 10 万行。请分成几个文件上传。"),
    "heavy": _("文件展开后过大或过于复杂，无法读取。请只保留数据，另存为新的 .xlsx 再上传。"),
    "suffix": _("请上传 Excel（.xlsx、.xls、.ods）、Word（.docx）里的表格或 CSV 文件。"),
    "size": _("文件超过 20 MB。请删除图片和多余的工作表，或分成几个文件上传。"),
}


def read(path: Path, suffix: str) -> list[Sheet]:
    """Every sheet of the file at `path`, named `suffix` by its owner. Raises Unreadable."""
    if suffix.lower() not in SUFFIXES:
        raise _unreadable("suffix")
    if path.stat().st_size > MOST_BYTES:
        raise _unreadable("size")
    command = [sys.executable, "-m", "dudao.kernel.sheets", str(path), suffix.lower()]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise _unreadable("heavy") from None
    if done.returncode == 0:
        return msgspec.json.decode(done.stdout, type=list[Sheet])
    reason = done.stdout.decode("ascii", "replace").strip()
    raise _unreadable(
        reason if reason in _REASONS else "heavy"
    )  # killed, out of memory, or the library's own fault


def _unreadable(reason: str) -> Unreadable:
    return Unreadable(_REASONS[reason], reason=reason)


# --- inside the reading process --------------------------------------------------------------------------------------


class _Refused(Exception):
    pass


def _main(path: str, suffix: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        sheets = _sheets(path, suffix)
    except _Refused as refused:
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
    if suffix in EXCEL_SUFFIXES:
        return _excel(path)
    return _word(path) if suffix == ".docx" else [_csv(Path(path).read_bytes())]


def _word(path: str) -> list[Sheet]:
    """Each table that stands in the text, not inside another table."""
    try:
        body = docx.Document(path).element.body
    except MemoryError:
        raise
    except Exception as error:  # whatever a stranger's package does to the reader: it ends in this process
        raise _Refused("broken") from error
    found = [
        one for one in body.iter(_W + "tbl") if not any(up.tag == _W + "tc" for up in one.iterancestors())
    ]
    return [_table(one, f"Word {number}") for number, one in enumerate(found, start=1)]


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _table(source: Any, name: str) -> Sheet:
    rows: list[list[Value]] = []
    merged = []
    for line in source.iterchildren(_W + "tr"):
        if len(rows) == MOST_ROWS:
            raise _Refused("rows")
        row: list[Value] = []
        for cell in line.iterchildren(_W + "tc"):
            about = cell.find(_W + "tcPr")
            span = about.find(_W + "gridSpan") if about is not None else None
            wide = int(span.get(_W + "val") or 1) if span is not None else 1
            if wide > 1 or (about is not None and about.find(_W + "vMerge") is not None):
                merged.append(len(rows) + 1)
            paragraphs = (
                "".join(text.text or "" for text in one.iter(_W + "t")) for one in cell.iter(_W + "p")
            )
            row += [" ".join(filter(None, (one.strip() for one in paragraphs))), *[""] * (wide - 1)]
        rows.append(row[:MOST_COLUMNS])
    return Sheet(name, rows, sorted(set(merged)))


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
        raise _Refused("rows")
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
            raise _Refused("rows")
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
    raise _Refused("encoding")


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2]))
