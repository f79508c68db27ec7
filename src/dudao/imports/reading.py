"""From a workbook to rows: which sheet, which line is the heading, which column is which, what each cell says."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import override

from dudao.imports.declared import Fault, Importing, Values
from dudao.imports.fields import EMPTIED, Field, Read, Wrong, heading
from dudao.kernel.sheets import Sheet, Unreadable, Value
from dudao.kernel.told import told as _

REMEMBERED = 256  # cells of a column: types, offices and dates come again and again, names do not
HEADING_WITHIN = 10  # lines: titles and notes may stand above the heading
FAULT_COLUMN = "_faults"
"""The column our own files of wrong rows begin with; read past when such a file comes back."""


class Line(NamedTuple):
    """One row of the file. `raw` is what its cells held, by column key."""

    number: int
    raw: dict[str, Value]
    values: Values
    faults: list[Fault]


@dataclass
class Table:
    """The sheet to be read."""

    sheet: Sheet
    heading_at: int
    columns: dict[int, Field]
    ignored: list[str]


def find_table(sheets: list[Sheet], importing: Importing) -> Table:
    """The first sheet with a heading that has every required column. Raises Unreadable naming what is missing."""
    best: tuple[int, str, list[Any]] = (0, "", [])
    for sheet in sheets:
        for at, row in enumerate(sheet.rows[:HEADING_WITHIN]):
            columns = _columns(row, importing)
            missing = [one.label for one in importing.fields if one.required and one not in columns.values()]
            if columns and not missing:
                known = {heading(row[index]) for index in columns}
                others = [str(cell) for cell in row if cell != "" and heading(cell) not in known]
                return Table(sheet, at, columns, [name for name in others if name not in _fault_headings()])
            if len(columns) > best[0]:
                best = (len(columns), sheet.name, missing)
    found, name, missing = best
    if found:
        raise Unreadable(
            _("工作表“%(sheet)s”缺少必填列：%(missing)s。请使用本页提供的模板，不要改动表头。")
            % {"sheet": name, "missing": missing}
        )
    raise Unreadable(
        _("没有找到表头。请使用本页提供的模板，保留第一行的列名。文件中的工作表：%(sheets)s。")
        % {"sheets": [sheet.name for sheet in sheets] or _("无")}
    )


def fault_heading() -> str:
    return _("错误说明")


def _fault_headings() -> set[str]:
    """As whoever downloaded it read it."""
    names = set()
    for language in ("zh-hans", "en"):
        with override(language):
            names.add(str(fault_heading()))
    return names


def _columns(row: list[Value], importing: Importing) -> dict[int, Field]:
    names = {name: one for one in importing.fields for name in one.headings()}
    columns: dict[int, Field] = {}
    for index, cell in enumerate(row):
        known = names.get(heading(cell)) if cell != "" else None
        if known is not None and known not in columns.values():
            columns[index] = known
    return columns


def lines(table: Table) -> Iterator[Line]:
    """Every row below the heading that is not empty."""
    merged = set(table.sheet.merged)
    columns = [(index, one, _reader(one)) for index, one in table.columns.items()]
    for at, row in enumerate(table.sheet.rows[table.heading_at + 1 :], start=table.heading_at + 2):
        line = _line(at, row, columns)
        if not line.raw:
            continue
        if at in merged:
            line.faults.insert(0, Fault("", _("这一行有合并的单元格"), _("请取消合并，逐行填写")))
        yield line


def _reader(one: Field) -> Read:
    """How the cells of a column are read; what stands in many of them is read once."""
    return lru_cache(REMEMBERED, typed=True)(one.read)


def _line(number: int, row: list[Value], columns: list[tuple[int, Field, Read]]) -> Line:
    raw: dict[str, Value] = {}
    values: Values = {}
    faults: list[Fault] = []
    for index, one, read in columns:
        cell = row[index] if index < len(row) else ""
        if cell != "":
            raw[one.key] = cell
        is_emptied = isinstance(cell, str) and cell.upper() in EMPTIED
        if cell == "" or (is_emptied and one.required):
            if one.required:
                faults.append(Fault(one.key, _("没有填写"), _(one.help or one.example)))
            continue
        if is_emptied:
            values[one.key] = None
            continue
        try:
            values[one.key] = read(cell)
        except Wrong as wrong:
            faults.append(Fault(one.key, wrong.wrong, wrong.right))
    return Line(number, raw, values, faults)


def differences(values: Values, current: Values) -> dict[str, list[Any]]:
    """What a row would change: key → what stands there, what it says."""
    return {
        key: [current.get(key), value]
        for key, value in values.items()
        if (current.get(key) or None) != (value or None)
    }
