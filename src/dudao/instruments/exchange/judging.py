"""What pyxform makes of a form: headings and types by their many names, and whether it is an XLSForm at all.

Run as a process of its own, with limits of memory and time (`parsed.parsed`).
"""

import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import pyxform
from pyxform import aliases, constants
from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.parsing.sheet_headers import list_to_nested_dict, merge_dicts, process_header
from pyxform.question import MultipleChoiceQuestion, Option
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_SELECT, workbook_to_json
from pyxform.xls2json_backends import DefinitionData

from dudao.instruments.exchange.parsed import Form, Line
from dudao.kernel.sheets import MEMORY, SECONDS, Sheet

MOST_ROWS = 5000  # far more than anybody answers
FORM_SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")


class _Table(msgspec.Struct):
    headings: list[str]
    rows: list[tuple[int, dict[str, str]]]


def _main(name: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sheets = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Sheet])
    sys.stdout.buffer.write(msgspec.json.encode(_form(sheets, name)))


def _form(sheets: list[Sheet], name: str) -> Form:
    form = Form(sheets=[sheet.name for sheet in sheets])
    form.own = [
        [str(cell) for cell in row] for sheet in sheets if sheet.name == "dudao" for row in sheet.rows
    ]
    try:
        tables = _tables(sheets)
        form.survey = [_typed(line) for line in _grouped(tables, constants.SURVEY)]
        form.choices = list(_grouped(tables, constants.CHOICES))
        settings = list(_grouped(tables, constants.SETTINGS))
        form.settings = settings[0].values if settings else {}
        _judge(tables, form.sheets, name)
    except PyXFormError as error:
        form.error = str(error)
        row = re.search(r"\[row : (\d+)\]", form.error)
        form.error_row = int(row[1]) if row else 0
    except Exception as error:  # what pyxform stumbles over is no form; only this process ends
        form.error = f"{type(error).__name__}: {error}"
    return form


def _tables(sheets: list[Sheet]) -> dict[str, _Table]:
    """The sheets pyxform knows, by its rules: names in any letters, a single sheet is the survey."""
    if len(sheets) == 1 and sheets[0].name == "CSV":
        return _of_csv(sheets[0])
    found = {
        sheet.name.lower(): _table(list(enumerate(sheet.rows, start=1)))
        for sheet in sheets
        if sheet.name.lower() in FORM_SHEETS
    }
    if not found and len(sheets) == 1:
        found[constants.SURVEY] = _table(list(enumerate(sheets[0].rows, start=1)))
    return found


def _of_csv(sheet: Sheet) -> dict[str, _Table]:
    """One file for all: the first column names a sheet, whose rows follow."""
    parts: dict[str, list[tuple[int, list[Any]]]] = {}
    name = ""
    for number, row in enumerate(sheet.rows, start=1):
        name = str(row[0]).lower() if row and row[0] != "" else name
        if any(cell != "" for cell in row[1:]):
            parts.setdefault(name, []).append((number, row[1:]))
    return {name: _table(rows) for name, rows in parts.items() if name in FORM_SHEETS}


def _table(rows: list[tuple[int, list[Any]]]) -> _Table:
    if len(rows) > MOST_ROWS:
        raise PyXFormError(f"more than {MOST_ROWS} rows")
    headings = [re.sub(" +", " ", str(cell)) for cell in rows[0][1]] if rows else []
    double = {heading for heading in headings if heading and headings.count(heading) > 1}
    if double:
        raise PyXFormError(f"Duplicate column header: {', '.join(sorted(double))}")
    return _Table(
        [heading for heading in headings if heading],
        [
            (
                number,
                {
                    heading: str(cell).replace("\xa0", " ")
                    for heading, cell in zip(headings, cells, strict=False)
                    if heading and cell != ""
                },
            )
            for number, cells in rows[1:]
        ],
    )


_COLUMNS: dict[str, tuple[dict[str, Any], set[str]]] = {
    constants.SURVEY: (aliases.survey_header, set(MultipleChoiceQuestion.get_slot_names())),
    constants.CHOICES: (aliases.list_header, set(Option.get_slot_names())),
    constants.SETTINGS: (aliases.settings_header, set()),
}


def _grouped(tables: dict[str, _Table], name: str) -> Iterator[Line]:
    """Rows with pyxform's names for columns. Texts stay as they are: pyxform itself would turn “ ” into straight quotes."""
    table = tables.get(name)
    if table is None:
        return
    known, columns = _COLUMNS[name]
    use_double_colon = any("::" in heading for heading in table.headings)
    tokens = {
        heading: process_header(heading, use_double_colon, known, columns)[1] for heading in table.headings
    }
    for number, cells in table.rows:
        values: dict[str, Any] = {}
        for heading, cell in cells.items():
            values = merge_dicts(values, list_to_nested_dict((*tokens[heading], cell)))
        if values:
            yield Line(number, values)


def _typed(line: Line) -> Line:
    kind = " ".join(str(line.values.get(constants.TYPE, "")).split())
    kind = aliases._type_alias_map.get(kind, kind)
    if begin := RE_BEGIN_CONTROL.search(kind):
        line.kind, line.of = "begin", aliases.control[begin["type"]]
    elif end := RE_END_CONTROL.search(kind):
        line.kind, line.of = "end", aliases.control[end["type"]]
    elif select := RE_SELECT.search(kind):
        command = select["select_command"]
        line.of = command if command in aliases.select_from_file else aliases.select[command]
        line.kind, line.choices = "select", select["list_name"]
        line.has_other = bool(select["specify_other"])
    elif kind in aliases.settings_header:
        line.kind = "setting"
    elif kind in QUESTION_TYPE_DICT:
        about = QUESTION_TYPE_DICT[kind]
        control, line.bind = about.get("control", {}), dict(about.get("bind", {}))
        line.kind = "question"
        line.of = (
            f"{control.get('tag', '')} {line.bind.get('type', '')} {control.get('mediatype', '')}".strip()
        )
    elif kind:
        line.kind = "unknown"
    return line


def _judge(tables: dict[str, _Table], names: list[str], name: str) -> None:
    """Raise PyXFormError where pyxform would not make an XForm of it."""
    sheets: dict[str, Any] = {"sheet_names": names, "fallback_form_name": name or "form"}
    for sheet, table in tables.items():
        sheets[sheet] = _padded(table)
        sheets[f"{sheet}_header"] = [dict.fromkeys(table.headings)]
    form = workbook_to_json(DefinitionData(**sheets), fallback_form_name=name or "form", warnings=[])
    survey = create_survey_element_from_dict(form)
    assert isinstance(survey, pyxform.Survey)
    survey.to_xml(validate=False)


def _padded(table: _Table) -> list[dict[str, str]]:
    """Rows so that pyxform counts them as the file does."""
    first = table.rows[0][0] if table.rows else 2
    by_number = dict(table.rows)
    return [by_number.get(number, {}) for number in range(first, max(by_number, default=1) + 1)]


if __name__ == "__main__":
    _main(sys.argv[1] if len(sys.argv) > 1 else "form")
