"""Tables that people upload: Excel in all its forms, the tables of a Word file, and CSV in UTF-8 or GB18030.

A stranger's file is opened in a process of its own with limits of memory and time, so that a bomb, a broken file or a
fault of the reading library ends there and nowhere else.
"""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
from django.utils.translation import gettext_lazy as _

from dudao.kernel.errors import Invalid
from dudao.kernel.sheet_process import EXCEL_SUFFIXES, MEMORY, MOST_ROWS, SECONDS, Value

__all__ = ["MEMORY", "MOST_BYTES", "MOST_ROWS", "SECONDS", "SUFFIXES", "Sheet", "Unreadable", "Value", "read"]

MOST_BYTES = 20 * 1024 * 1024
_CSV = (".csv", ".txt")
PYTHON = (sys.executable, "-S", "-P", "-c")
"""Python without `site`, whose work the path it is given makes needless: it starts in half the time."""
SUFFIXES = (*EXCEL_SUFFIXES, ".docx", *_CSV)


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
    try:
        done = subprocess.run(  # noqa: S603
            _command(path, suffix.lower()),
            env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _unreadable("heavy") from None
    if done.returncode == 0:
        return msgspec.json.decode(done.stdout, type=list[Sheet])
    reason = done.stdout.decode("ascii", "replace").strip()
    raise _unreadable(
        reason if reason in _REASONS else "heavy"
    )  # killed, out of memory, or the library's own fault


def _command(path: Path, suffix: str) -> list[str]:
    reader = "word_process" if suffix == ".docx" else "csv_process" if suffix in _CSV else "sheet_process"
    start = f"from dudao.kernel.{reader} import read; read()"
    return [*PYTHON, start, str(path), suffix]


def environment() -> dict[str, str]:
    """Of the process: what can be loaded here can be loaded there."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _unreadable(reason: str) -> Unreadable:
    return Unreadable(_REASONS[reason], reason=reason)
