"""The files an import gives out: its empty template, and the rows that were wrong."""

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from dudao.imports.declared import Importing
from dudao.imports.fields import EMPTIED, Field
from dudao.imports.models import Row
from dudao.imports.reading import fault_heading
from dudao.kernel.excel import plain
from dudao.kernel.told import said

ROOM = 20_000  # rows prepared for typing


def template(importing: Importing, filled: Iterable[dict[str, str]] = ()) -> bytes:
    """A sheet with headings, lists to choose from, text cells that keep leading zeros; and a sheet that explains."""
    return _book(importing, rows=[Row(raw=values) for values in filled])


def wrong_rows(importing: Importing, rows: Iterable[Row]) -> bytes:
    """What was wrong, as it was found, with the reasons in front; mended, it can be uploaded as it is."""
    return _book(importing, rows=rows, with_faults=True)


def reasons(importing: Importing, row: Row) -> list[str]:
    """What is wrong in a row, a line each."""
    lines = []
    for fault in row.faults:
        line, found = said(fault["wrong"]), str(row.raw.get(fault["column"], ""))
        if found:
            line = _("“%(found)s”%(wrong)s") % {"found": found[:40], "wrong": line}
        if fault["right"]:
            line = _("%(wrong)s（%(right)s）") % {"wrong": line, "right": said(fault["right"])}
        if fault["column"]:
            line = _("%(label)s：%(what)s") % {"label": importing.field(fault["column"]).label, "what": line}
        lines.append(line)
    return lines


def _book(importing: Importing, *, rows: Iterable[Row], with_faults: bool = False) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(str(importing.title)[:31])
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True})
    must = book.add_format({"bold": True, "bg_color": "#FDF0DC", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "valign": "top"})
    fault = book.add_format({"font_color": "#A42323", "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 0)
    shift = 1 if with_faults else 0
    if with_faults:
        sheet.set_column(0, 0, 50)
        sheet.write_string(0, 0, fault_heading(), head)
    for index, one in enumerate(importing.fields, start=shift):
        sheet.set_column(index, index, one.width, text)
        sheet.write_string(
            0, index, f"{one.label}{'*' if one.required else ''}", must if one.required else head
        )
        if one.choices is not None:
            _offer(sheet, index, [str(label) for _key, label in one.choices()])
    for number, row in enumerate(rows, start=1):
        if with_faults:
            sheet.write_string(number, 0, "\n".join(reasons(importing, row)), fault)
        for index, one in enumerate(importing.fields, start=shift):
            value = row.raw.get(one.key, "")
            if isinstance(value, int | float):
                sheet.write_number(number, index, value, text)
            elif value != "":
                sheet.write_string(number, index, str(plain(value)), text)
    _explain(book, importing)
    book.close()
    return buffer.getvalue()


def _offer(sheet: Any, index: int, words: list[str]) -> None:
    if words and len(",".join(words)) <= 255:  # the format's own limit
        sheet.data_validation(
            1, index, ROOM, index, {"validate": "list", "source": words, "ignore_blank": True}
        )


def _explain(book: Any, importing: Importing) -> None:
    sheet = book.add_worksheet(_("填写说明"))
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for index, (label, width) in enumerate(
        [(_("列名"), 18), (_("必填"), 8), (_("怎么填"), 60), (_("示例"), 24)]
    ):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, label, bold)
    for number, one in enumerate(importing.fields, start=1):
        sheet.write_string(number, 0, str(one.label), wrap)
        sheet.write_string(number, 1, _("是") if one.required else "", wrap)
        sheet.write_string(number, 2, explained(one), wrap)
        sheet.write_string(number, 3, str(one.example), wrap)
    notes = [
        *importing.notes,
        _("空白的格子不改动已有内容；要清空已有内容，请填写“%(word)s”。") % {"word": EMPTIED[0]},
    ]
    for number, note in enumerate(notes, start=len(importing.fields) + 2):
        sheet.write_string(number, 0, str(note))


def explained(one: Field) -> str:
    """How to fill a column."""
    words = _("、").join(str(label) for _key, label in one.choices()) if one.choices else ""
    return " ".join(filter(None, [str(one.help), words]))
