"""An instrument as an XLSForm, which ODK, KoboToolbox and others read.

What XLSForm has no word for stands in columns `dudao::…`, which other tools pass over: legal bases, problems, weights,
suggestions, how much evidence is asked. Our own reader finds the same instrument again.
"""

import io
from collections.abc import Iterator
from typing import Any

import msgspec
import xlsxwriter

from dudao.instruments.definitions import Definition, Item
from dudao.instruments.exchange.columns import Column, pages
from dudao.instruments.exchange.workbook import put, value_at

ZH, EN = "中文 (zh)", "English (en)"
OWN = "dudao::"
YES_NO = "yes_no_na"
YES_NO_WORDS = (("yes", "是", "Yes"), ("no", "否", "No"), ("na", "不适用", "Not applicable"))
TYPES = {
    "integer": "integer", "decimal": "decimal", "scale": "range", "score": "integer", "date": "date", "text": "text",
    "photo": "image", "signature": "image", "location": "geopoint", "video": "video", "audio": "audio", "file": "file",
}  # fmt: skip
SAME = ("text", "date", "integer", "decimal", "photo", "location", "video", "audio", "file")
"""Types that are known again without a word of ours."""
EXTRAS = (
    "suggested", "unit.zh", "unit.en", "min", "max", "ends.low.zh", "ends.low.en", "ends.high.zh", "ends.high.en",
    "entry.zh", "entry.en", "weight", "na", "photos.min", "photos.max", "photos.required_when", "basis.text.zh",
    "basis.text.en", "basis.rule",
)  # fmt: skip
Row = dict[str, Any]


def write_xlsform(definition: Definition) -> bytes:
    """The workbook with the sheets survey, choices, settings, and one of ours. Raises Invalid for a text too long."""
    survey = list(_survey(definition))
    sheets = {
        "survey": survey,
        "choices": list(_choices(definition)),
        "settings": [
            {
                "form_title": definition.title.zh,
                "form_id": definition.key,
                "default_language": ZH,
                "style": "pages",
            }
        ],
        "dudao": [_about(definition)],
    }
    return _book(sheets)


def extra_columns() -> list[Column]:
    """The columns of our own workbook that an XLSForm carries as `dudao::…`."""
    items = next(page for page in pages() if page.name == "items")
    return [items.column(key) for key in EXTRAS]


def bounds(item: dict[str, Any]) -> str:
    """Least and most of a number, as a constraint."""
    least = {"score": 0}.get(item["type"], item.get("min"))
    if item["type"] not in ("integer", "decimal", "score"):
        return ""
    parts = [f". >= {_plain(least)}"] if least is not None else []
    parts += [f". <= {_plain(item['max'])}"] if item.get("max") is not None else []
    return " and ".join(parts)


def _plain(number: float) -> str:
    """A number as an expression writes it: no exponent, no brackets around a minus."""
    return f"{number:.20f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)


def _about(definition: Definition) -> Row:
    plain = msgspec.to_builtins(definition)
    about = next(page for page in pages() if page.name == "about")
    return {
        column.key: column.write(value)
        for column in about.columns
        if column.key not in ("title.zh", "key") and (value := value_at(plain, column.key)) not in (None, [])
    }


def _survey(definition: Definition) -> Iterator[Row]:
    """Sections as groups, one within the other as far as they stand in that order."""
    names = {item.key for _section, item, _repeat in definition.every_item()}
    extras = extra_columns()
    open_: list[str] = []
    for section in definition.sections:
        yield from _closed(open_, until=section.parent if section.parent in open_ else "")
        name = f"{section.key}_section" if section.key in names else section.key
        row: Row = {
            "type": "begin_group",
            "name": name,
            "relevant": section.relevant,
            f"{OWN}key": section.key,
        }
        if section.parent and not open_:
            row[f"{OWN}parent"] = section.parent
        if section.weight != 1:
            row[f"{OWN}weight"] = section.weight
        yield row | _said("label", msgspec.to_builtins(section.title))
        open_.append(section.key)
        if section.hint.zh or section.hint.en:
            yield {"type": "note"} | _said("label", msgspec.to_builtins(section.hint))
        for item in section.items:
            yield from _item(item, extras)
    yield from _closed(open_, until="")


def _closed(open_: list[str], *, until: str) -> Iterator[Row]:
    while open_ and open_[-1] != until:
        open_.pop()
        yield {"type": "end_group"}


def _item(item: Item, extras: list[Column]) -> Iterator[Row]:
    plain = msgspec.to_builtins(item)
    row = _common(plain, extras)
    if item.type == "matrix":
        yield row | {"type": "begin_group", "appearance": "table-list"}
        for one in plain["rows"]:
            yield {
                "type": f"select_one {item.key}", "name": f"{item.key}__{one['key']}", f"{OWN}key": one["key"],
                **_said("label", one["label"]), "required": "yes" if item.required is True else "",
            }  # fmt: skip
        yield {"type": "end_group"}
    elif item.type == "repeat":
        yield row | {"type": "begin_repeat"}
        for sub in item.items:
            yield from _item(sub, extras)
        yield {"type": "end_repeat"}
    else:
        yield row | _typed(plain)


def _typed(plain: Row) -> Row:
    kind = plain["type"]
    if kind == "yes_no":
        return {"type": f"select_one {YES_NO}"}
    if kind in ("single", "multiple"):
        return {"type": f"select_{'one' if kind == 'single' else 'multiple'} {plain['key']}"}
    row = {"type": TYPES[kind]}
    if kind == "scale":
        row["parameters"] = f"start=1 end={int(plain['max'])} step=1"
    if kind == "signature":
        row["appearance"] = "signature"
    return row


def _common(plain: Row, extras: list[Column]) -> Row:
    """What every question has: its words, its conditions, and in our columns what XLSForm has no word for."""
    required = plain.get("required", "")
    row = {"name": plain["key"], "required": "yes" if required is True else required}
    row |= {"relevant": plain.get("relevant", ""), "constraint": _constraint(plain)}
    row |= _said("label", plain["label"]) | _said("hint", plain.get("hint", {}))
    row |= _said("constraint_message", plain.get("constraint_message", {}))
    if plain["type"] not in SAME:
        row[f"{OWN}type"] = plain["type"]
    if (
        plain.get("photos") == {}
    ):  # said, but nothing else than usual; the content's hash knows the difference
        plain["photos"] = {"min": 0}
    for column in extras:
        value = value_at(plain, column.key)
        if value is not None:
            row[f"{OWN}{column.key}"] = column.write(value)
    if plain.get("findings"):
        row[f"{OWN}findings"] = msgspec.json.encode(plain["findings"]).decode()
    return row


def _constraint(plain: Row) -> str:
    within, own = bounds(plain), plain.get("constraint", "")
    return f"{within} and ({own})" if within and own else within or own


def _said(name: str, words: dict[str, str]) -> Row:
    return {f"{name}::{ZH}": words.get("zh", ""), f"{name}::{EN}": words.get("en", "")}


def _choices(definition: Definition) -> Iterator[Row]:
    items = [item for _section, item, _repeat in definition.every_item()]
    if any(item.type == "yes_no" for item in items):
        for key, zh, en in YES_NO_WORDS:
            yield {"list_name": YES_NO, "name": key} | _said("label", {"zh": zh, "en": en})
    for item in items:
        for choice in item.choices if item.type in ("single", "multiple", "matrix") else []:
            label = _said("label", msgspec.to_builtins(choice.label))
            yield {"list_name": item.key, "name": choice.key} | label


def _book(sheets: dict[str, list[Row]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF7"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        headings = list(dict.fromkeys(heading for row in rows for heading, cell in row.items() if cell != ""))
        for index, heading in enumerate(headings):
            sheet.set_column(index, index, 36 if heading.startswith(("label", "hint")) else 18)
            sheet.write_string(0, index, heading, bold)
            for number, row in enumerate(rows, start=1):
                if row.get(heading, "") != "":
                    put(sheet, number, index, row[heading], text)
    book.close()
    return buffer.getvalue()
