"""An instrument as an Excel workbook that people fill in, and its empty template."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import xlsxwriter
from django.utils.translation import gettext as _

from dudao.instruments.definitions import Choice, Definition, Item, Section, Words
from dudao.instruments.exchange.columns import EXAMPLES, EXPLANATION, Column, Page, pages
from dudao.kernel.errors import Invalid
from dudao.kernel.sheets import Value

ROOM = 2000  # rows prepared for typing
LONGEST_CELL = 32_767  # characters, the format's own limit
Plain = dict[str, Any]


def write(definition: Definition) -> bytes:
    """The workbook of `definition`, headings in the language of the moment. Raises Invalid for a text no cell can hold.

    `read` gives the same definition back.
    """
    return _book(rows_of(definition))


def template() -> bytes:
    """An empty workbook with three questions as an example, to be replaced."""
    rows = rows_of(_example())
    options = "；".join(choice["label"]["zh"] for choice in rows["choices"])
    rows["items"][1]["options"] = options
    return _book(rows | {"about": [], "choices": []})


def rows_of(definition: Definition) -> dict[str, list[Plain]]:
    """The rows of each sheet."""
    plain = msgspec.to_builtins(definition)
    sections = plain.pop("sections")
    titles = _titles(sections)
    for section in sections:
        if "parent" in section:
            section["parent"] = titles[section["parent"]]
    asked = list(_asked(sections, titles))
    return {
        "about": [plain],
        "sections": sections,
        "items": asked,
        "choices": [
            {"item": item["key"], "use": use, **one}
            for item in asked
            for use in ("choices", "rows")
            for one in item.get(use, [])
        ],
        "rules": [{"item": item["key"], **rule} for item in asked for rule in item.get("findings", [])],
    }


def _titles(sections: list[Plain]) -> dict[str, str]:
    """What each section is called in other rows: by its title, or by its key where the title is not its own."""
    titles = [section["title"].get("zh", "") for section in sections]
    keys = {section["key"] for section in sections}
    return {
        section["key"]: title if title and titles.count(title) == 1 and title not in keys else section["key"]
        for section, title in zip(sections, titles, strict=True)
    }


def _asked(sections: list[Plain], titles: dict[str, str]) -> Iterator[Plain]:
    """Every item with its section, those of a repeat behind it."""
    for section in sections:
        for item in section["items"]:
            if (
                item.get("photos") == {}
            ):  # said, but nothing else than usual; the content's hash knows the difference
                item["photos"] = {"min": 0}
            yield item | {"section": titles[section["key"]]}
            for sub in item.get("items", []):
                yield sub | {"section": titles[section["key"]], "repeat": item["key"]}


def value_at(plain: Plain, path: str) -> Any:
    """What stands at `path`, or None."""
    found: Any = plain
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _book(rows: dict[str, list[Plain]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    declared = pages()
    lists = _Lists(book)
    for page in declared:
        _fill(book, page, rows[page.name], lists)
    _explain(book, declared)
    lists.write()
    book.close()
    return buffer.getvalue()


def _fill(book: Any, page: Page, rows: Iterable[Plain], lists: "_Lists") -> None:
    sheet = book.add_worksheet(str(page.title))
    head = {"bold": True, "border": 1, "text_wrap": True, "valign": "top"}
    usual, must = (book.add_format(head | {"bg_color": colour}) for colour in ("#E8EEF7", "#FDF0DC"))
    # Cells of text format stay text when somebody edits them; nothing in them is ever a formula.
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(page.columns):
        sheet.set_column(index, index, column.width, text)
        sheet.write_string(0, index, heading_of(column), must if column.required else usual)
        if column.choices is not None:
            offered = lists.source([str(label) for _key, label in column.choices()])
            rule = {"validate": "list", "source": offered, "ignore_blank": True, "error_type": "warning"}
            sheet.data_validation(1, index, ROOM, index, rule)
    for number, row in enumerate(rows, start=1):
        for index, column in enumerate(page.columns):
            value = value_at(row, column.key)
            if value is not None and value != []:
                put(sheet, number, index, column.write(value), text)


def heading_of(column: Column) -> str:
    return f"{column.label}{'*' if column.required else ''}"


def put(sheet: Any, row: int, column: int, value: Value, style: Any = None) -> None:
    """Write one cell so that it reads back as it is. Raises Invalid for a text too long."""
    if isinstance(value, str):
        if len(value) > LONGEST_CELL:
            raise Invalid(_("有一段文字超过 %(most)d 字，Excel 放不下。") % {"most": LONGEST_CELL})
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, value, style)


class _Lists:
    """Words to choose from. Those too long for a rule of a cell stand in a hidden sheet."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._long: list[list[str]] = []

    def source(self, words: list[str]) -> list[str] | str:
        if len(",".join(words)) <= 255:  # the format's own limit
            return words
        self._long.append(words)
        column = chr(ord("A") + len(self._long) - 1)
        return f"=lists!${column}$1:${column}${len(words)}"

    def write(self) -> None:
        if not self._long:
            return
        sheet = self._book.add_worksheet("lists")
        sheet.hide()
        for index, words in enumerate(self._long):
            for number, word in enumerate(words):
                sheet.write_string(number, index, word)


def _explain(book: Any, declared: Iterable[Page]) -> None:
    sheet = book.add_worksheet(str(EXPLANATION))
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "valign": "top"})
    wrap = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for index, width in enumerate((14, 18, 8, 60, 28)):
        sheet.set_column(index, index, width, wrap)
    rows: list[tuple[list[str], Any]] = [([_("工作表"), _("列名"), _("必填"), _("怎么填"), _("示例")], bold)]
    for page in declared:
        rows.append(([str(page.title), "", "", str(page.note), ""], bold))
        rows += [(_explained(page, column), wrap) for column in page.columns]
    rows.append(([_("条件的写法"), "", "", _("用英文半角符号书写，例如："), ""], bold))
    rows += [(["", "", "", str(meaning), example], wrap) for example, meaning in EXAMPLES]
    for number, (cells, style) in enumerate(rows):
        for index, cell in enumerate(cells):
            sheet.write_string(number, index, cell, style)


def _explained(page: Page, column: Column) -> list[str]:
    words = _("、").join(str(label) for _key, label in column.choices()) if column.choices else ""
    how = " ".join(filter(None, [str(column.help), words]))
    return [str(page.title), str(column.label), _("是") if column.required else "", how, str(column.example)]


def _example() -> Definition:
    items = [
        Item("q1", "yes_no", Words(zh="（示例）校门口是否有人值守？"), required=True),
        Item(
            "q2",
            "single",
            Words(zh="（示例）当天由谁带班？"),
            choices=[Choice("c1", Words(zh="校长")), Choice("c2", Words(zh="副校长"))],
        ),
        Item(
            "q3",
            "integer",
            Words(zh="（示例）值守几人？"),
            relevant="${q1} = 'yes'",
            unit=Words(zh="人"),
            min=0,
            max=100,
        ),
    ]
    return Definition("example", Words(), [Section("s1", Words(zh="（示例）一、值守"), items)])
