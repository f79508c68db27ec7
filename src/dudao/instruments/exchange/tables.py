"""From the sheets of an instrument's workbook to rows of plain values, each cell read as its column says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from dudao.imports.fields import Wrong, heading
from dudao.instruments.exchange.columns import EXPLANATION, Column, Page, in_both
from dudao.instruments.exchange.found import Fault
from dudao.kernel.sheets import Sheet, Value

HEADING_WITHIN = 10  # lines: titles and notes may stand above the heading
MOST_ROWS = 5000  # far more than anybody answers


@dataclass
class Row:
    """One row: what it says, nested by the paths of its columns."""

    page: Page
    number: int
    values: dict[str, Any] = field(default_factory=dict)

    def take(self, key: str) -> str:
        """What the column `key` says, taken out."""
        return str(self.values.pop(key, ""))

    def fault(self, key: str, wrong: str, right: str = "") -> Fault:
        return Fault(str(self.page.title), self.number, str(self.page.column(key).label), wrong, right)


def tables(sheets: Sequence[Sheet], pages: Sequence[Page]) -> tuple[dict[str, list[Row]], list[Fault]]:
    """The rows of every page, by its name, and what is wrong with sheets, headings and cells."""
    if len(sheets) == 1 and sheets[0].name == "CSV":  # one table without a name is that of the questions
        sheets = [Sheet("items", sheets[0].rows)]
    by_title = {title: page for page in pages for title in page.titles()}
    rows: dict[str, list[Row]] = {}
    faults: list[Fault] = []
    for sheet in sheets:
        page = by_title.get(heading(sheet.name))
        if page is None:
            faults += _unknown(sheet, pages)
        elif page.name in rows:
            faults.append(Fault(sheet.name, 0, "", _("这张工作表出现了两次"), _("请合成一张")))
        else:
            rows[page.name] = _read(sheet, page, faults)
    if "items" not in rows:
        faults.append(_without_items(sheets, pages))
    return {page.name: rows.get(page.name, []) for page in pages}, faults


def _without_items(sheets: Sequence[Sheet], pages: Sequence[Page]) -> Fault:
    title = next(str(page.title) for page in pages if page.name == "items")
    there = _("、").join(sheet.name for sheet in sheets) or _("无")
    return Fault(
        title, 0, "", _("没有“%(sheet)s”工作表") % {"sheet": title},
        _("请使用模板。文件中的工作表：%(sheets)s") % {"sheets": there},
    )  # fmt: skip


def _unknown(sheet: Sheet, pages: Sequence[Page]) -> Iterator[Fault]:
    """A sheet of another name is a slip, and what it holds would be lost; an empty one does no harm."""
    if heading(sheet.name) in in_both(EXPLANATION) or not any(
        cell != "" for row in sheet.rows for cell in row
    ):
        return
    names = _("、").join(str(page.title) for page in pages)
    yield Fault(sheet.name, 0, "", _("不认识这张工作表"), _("工作表名称只能是：%(names)s") % {"names": names})


def _read(sheet: Sheet, page: Page, faults: list[Fault]) -> list[Row]:
    at = max(
        range(min(len(sheet.rows), HEADING_WITHIN)),
        key=lambda n: len(_columns(sheet.rows[n], page)),
        default=0,
    )
    columns = _columns(sheet.rows[at], page) if sheet.rows else {}
    rows = sheet.rows[at + 1 :]
    if not columns or len(rows) > MOST_ROWS:
        faults += _unreadable(sheet, page, len(rows))
        return []
    faults += _headings(sheet, page, at, columns)
    found = []
    for number, cells in enumerate(rows, start=at + 2):
        if any(cell != "" for cell in cells):
            row = Row(page, number)
            found.append(row)
            if number in sheet.merged:
                faults.append(
                    Fault(str(page.title), number, "", _("这一行有合并的单元格"), _("请取消合并，逐行填写"))
                )
            faults += _fill(
                row, {column.key: cells[index] for index, column in columns.items() if index < len(cells)}
            )
    return found


def _columns(cells: Sequence[Value], page: Page) -> dict[int, Column]:
    names = {name: column for column in page.columns for name in column.headings()}
    columns: dict[int, Column] = {}
    for index, cell in enumerate(cells):
        column = names.get(heading(cell)) if cell != "" else None
        if column is not None and column not in columns.values():
            columns[index] = column
    return columns


def _unreadable(sheet: Sheet, page: Page, count: int) -> Iterator[Fault]:
    title = str(page.title)
    if count > MOST_ROWS:
        yield Fault(title, 0, "", _("超过 %(most)d 行") % {"most": MOST_ROWS}, _("请分成几份量表"))
    elif any(cell != "" for row in sheet.rows for cell in row):
        yield Fault(title, 1, "", _("没有找到表头"), _("第一行应是模板中的列名"))


def _headings(sheet: Sheet, page: Page, at: int, columns: dict[int, Column]) -> Iterator[Fault]:
    """Headings nobody knows, twice the same, or missing."""
    title = str(page.title)
    for index, cell in enumerate(sheet.rows[at]):
        if cell != "" and index not in columns:
            labels = _("、").join(str(column.label) for column in page.columns)
            yield Fault(
                title,
                at + 1,
                str(cell),
                _("不认识这一列，或与前面的列重复"),
                _("列名只能是：%(labels)s") % {"labels": labels},
            )
    for column in page.columns:
        if column.required and column not in columns.values():
            yield Fault(title, at + 1, str(column.label), _("缺少这一列"), _("请使用模板，不要删除列"))


def _fill(row: Row, cells: dict[str, Value]) -> Iterator[Fault]:
    for column in row.page.columns:
        cell = cells.get(column.key, "")
        if cell == "":
            if column.required and column.key in cells:
                yield row.fault(column.key, _("没有填写"), str(column.help or column.example))
            continue
        try:
            put(row.values, column.key, column.read(cell))
        except Wrong as wrong:
            yield row.fault(column.key, wrong.wrong, wrong.right)


def put(plain: dict[str, Any], path: str, value: Any) -> None:
    """Set what stands at `path`."""
    *above, last = path.split(".")
    for step in above:
        plain = plain.setdefault(step, {})
    plain[last] = value
