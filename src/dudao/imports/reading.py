"""From a workbook to rows: which sheet, which line is the heading, which column is which, what each cell says."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, zip_longest
from typing import Any, NamedTuple

from django.utils.translation import override

from dudao.imports.declared import Fault, Importing, Values
from dudao.imports.fields import EMPTIED, Field, Wrong, heading
from dudao.kernel.sheets import Sheet, Unreadable, Value
from dudao.kernel.told import told as _

HEADING_WITHIN = 10  # lines: titles and notes may stand above the heading
FAULT_COLUMN = "_faults"
"""The column our own files of wrong rows begin with; read past when such a file comes back."""


class Line(NamedTuple):
    """One row of the file: what it says, and what is wrong with it."""

    number: int
    values: Values
    faults: tuple[Fault, ...]


@dataclass
class Table:
    """The sheet to be read."""

    sheet: Sheet
    heading_at: int
    columns: dict[int, Field]
    ignored: list[str]

    def raw(self, number: int) -> dict[str, Value]:
        """What the cells of row `number` held, by column key."""
        row = self.sheet.rows[number - 1]
        return {
            one.key: row[index]
            for index, one in self.columns.items()
            if index < len(row) and row[index] != ""
        }


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


def lines(table: Table) -> list[Line]:
    """Every row below the heading that is not empty.

    Read by columns, which is several times as quick as cell by cell: types, offices and dates come again and again.
    """
    # the rows of CSV and Word are of any length
    rows = zip_longest(*table.sheet.rows[table.heading_at :], fillvalue="")
    below = {index: cells[1:] for index, cells in enumerate(rows) if index in table.columns}
    keys = [one.key for one in table.columns.values()]
    says = [_understood(one, below[index]) for index, one in table.columns.items()]
    merged, found = set(table.sheet.merged), []
    for number, told in zip(count(table.heading_at + 2), zip(*says, strict=True), strict=False):
        values = {key: value for key, value in zip(keys, told, strict=True) if type(value) is not Fault}
        faults: list[Fault] = []
        if len(values) < len(keys):
            if not values and not table.raw(number):
                continue
            faults = [value for value in told if type(value) is Fault and value is not _NOTHING]
        if number in merged:
            faults.insert(0, Fault("", _("这一行有合并的单元格"), _("请取消合并，逐行填写")))
        found.append(Line(number, values, tuple(faults)))
    return found


_NOTHING = Fault("", "")
"""What an empty cell says."""


def _understood(one: Field, cells: Sequence[Value]) -> list[Any]:
    """What each cell of a column says: a value, what is wrong with it, or nothing."""
    known = {cell: _read(one, cell) for cell in set(cells)}
    return [known[cell] for cell in cells]


def _read(one: Field, cell: Value) -> Any:
    is_emptied = isinstance(cell, str) and cell.upper() in EMPTIED
    if cell == "" or (is_emptied and one.required):
        return Fault(one.key, _("没有填写"), _(one.help or one.example)) if one.required else _NOTHING
    if is_emptied:
        return None
    try:
        return one.read(cell)
    except Wrong as wrong:
        return Fault(one.key, wrong.wrong, wrong.right)


def differences(values: Values, current: Values) -> dict[str, list[Any]]:
    """What a row would change: key → what stands there, what it says."""
    return {
        key: [current.get(key), value]
        for key, value in values.items()
        if (current.get(key) or None) != (value or None)
    }
