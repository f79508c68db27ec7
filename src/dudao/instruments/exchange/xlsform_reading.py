"""Reading an XLSForm, ours or another's: what an instrument can say is taken over, the rest is named row by row."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

import msgspec
from django.utils.translation import gettext as _

from dudao.imports.fields import Wrong
from dudao.instruments.definitions import BadDefinition, Definition, check
from dudao.instruments.exchange.columns import pages
from dudao.instruments.exchange.foreign import Asked, NotSupported, constant, translated
from dudao.instruments.exchange.found import Fault, Reading, opened, told
from dudao.instruments.exchange.parsed import Form, Line, parsed
from dudao.instruments.exchange.reading import UNNAMED
from dudao.instruments.exchange.tables import put
from dudao.instruments.exchange.xlsform_rows import Plain, Rows
from dudao.kernel.sheets import Sheet, Unreadable

_SPOKEN = ("constraint", "relevant", "suggested")
_ELSEWHERE = ("external_choices", "entities", "osm", "cascades")
_READ = {
    "type", "name", "label", "hint", "bind", "control", "parameters", "dudao", "choice_filter", "default", "trigger",
    "disabled",
}  # fmt: skip


def read_xlsform(data: bytes, filename: str, *, leave_out: bool = False) -> Reading:
    """The instrument in an XLSForm (xlsx, xls, csv). Never raises on what a file says.

    What an instrument cannot say is a fault; with `leave_out` the rest is taken over, and the faults tell what is missing.
    """
    try:
        return read_form(opened(data), filename, leave_out=leave_out)
    except Unreadable as error:
        return told(error)


def read_form(sheets: Sequence[Sheet], filename: str, *, leave_out: bool = False) -> Reading:
    """The same from sheets already opened."""
    return _Reader(parsed(sheets, filename), PurePath(filename).stem).reading(leave_out=leave_out)


def is_form(sheets: Sequence[Sheet]) -> bool:
    """Whether it is an XLSForm: it has a sheet survey, as a CSV file a row that names it."""
    first = [str(row[0]).lower() for sheet in sheets if sheet.name == "CSV" for row in sheet.rows if row]
    return "survey" in {sheet.name.lower() for sheet in sheets} | set(first)


class _Reader:
    def __init__(self, form: Form, filename: str) -> None:
        self.form = form
        self.rows = Rows(form, filename)
        self.sections, self.asked = self.rows.sections, self.rows.asked
        self.faults, self.remarks = self.rows.faults, self.rows.remarks

    def reading(self, *, leave_out: bool) -> Reading:
        for sheet in self.form.sheets:
            if sheet.lower() in _ELSEWHERE:
                self.rows.unsupported(None, sheet, sheet=sheet)
        self._drop_empty_repeats()
        for item in self._every_item():
            self._translate(item)
        for section in self.sections:
            self._translate_part(section, "relevant", None)
        self._tidy()
        self._add_judgement()
        self._remark_columns()
        if not self.sections and not self.faults:
            self.faults.append(Fault("survey", 0, "", _("没有题目"), _("至少写一道题")))
        definition = None
        if (
            self.sections
            and all(fault.unsupported for fault in self.faults)
            and (leave_out or not self.faults)
        ):
            definition = self._definition()
        faults = sorted(self.faults, key=lambda fault: (fault.sheet != "survey", fault.row))
        return Reading(definition, faults, self.remarks)

    # --- expressions

    def _every_item(self) -> Iterator[Plain]:
        for section in self.sections:
            for item in section["items"]:
                yield item
                yield from item.get("items", [])

    def _drop_empty_repeats(self) -> None:
        """A repeat of which nothing could be taken over asks nothing."""
        for section in self.sections:
            empty = [one["key"] for one in section["items"] if one["type"] == "repeat" and not one["items"]]
            section["items"] = [one for one in section["items"] if one["key"] not in empty]
            for name in [name for name, one in self.asked.items() if one.key in empty]:
                del self.asked[name]

    def _translate(self, item: Plain) -> None:
        own = next((one for one in self.asked.values() if one.key == item["key"]), None)
        for part in _SPOKEN:
            self._translate_part(item, part, own)
        always = (
            {"yes": True}.get(item.get("required", ""))
            if self.rows.is_ours
            else constant(item.get("required", ""))
        )
        if always is None:
            self._translate_part(item, "required", own)
        else:
            item["required"] = always
        for rule in item.get("findings", []):
            self._translate_part(rule, "when", own, line=self.rows.lines[id(item)])
        if "required_when" in item.get("photos", {}):
            self._translate_part(item["photos"], "required_when", own, line=self.rows.lines[id(item)])

    def _translate_part(self, plain: Plain, part: str, own: Asked | None, line: Line | None = None) -> None:
        text = plain.get(part, "")
        if not text:
            return
        line = line or self.rows.lines.get(id(plain))
        said = None if self.rows.is_ours else constant(text)
        if said is not None:
            text = "true()" if said else "false()"
        try:
            plain[part] = translated(text, self.asked, own, is_ours=self.rows.is_ours)
        except NotSupported as error:
            del plain[part]
            self.rows.unsupported(line, error.what, column=part, left=error.why, right=error.right)

    # --- the whole

    def _tidy(self) -> None:
        """Groups without a question are no sections; a note in one of them has no place."""
        while empty := [
            one for one in self.sections
            if not one["items"] and not any(other.get("parent") == one["key"] for other in self.sections)
        ]:  # fmt: skip
            for section in empty:
                self.sections.remove(section)
                if "hint" in section:
                    self.rows.unsupported(self.rows.lines.get(id(section)), "note", left=_("这一组没有题目"))
        for section in self.sections:
            section.pop("_first", None)

    def _add_judgement(self) -> None:
        """What pyxform has against the form, unless it stumbled over what is named already."""
        error = self.form.error
        named = [fault for fault in self.faults if fault.unsupported]
        if not error or any(fault.unsupported in error or fault.row == self._error_row() for fault in named):
            return
        wrong = _("不是有效的 XLSForm：%(error)s") % {"error": error}
        self.faults.append(Fault("survey", self._error_row(), "", wrong, _("请在制作它的工具中改好")))

    def _error_row(self) -> int:
        """The row pyxform means, by its number or by the name it gives."""
        name = re.search("named '([^']+)'", self.form.error)
        lines = [line.number for line in self.form.survey if name and line.values.get("name") == name[1]]
        return self.form.error_row or next(iter(lines), 0)

    def _remark_columns(self) -> None:
        names = sorted({name for line in self.form.survey for name in line.values} - _READ)
        if names:
            self.remarks.append(Fault("survey", 1, _("、").join(names), _("这些列没有导入")))

    def _definition(self) -> Definition | None:
        key = re.sub(r"[^a-z0-9_-]", "_", str(self.form.settings.get("id_string", "")).lower())[:60]
        key = key if re.match("[a-z]", key) else UNNAMED
        plain: Plain = {"key": key, "title": self.rows.title, "sections": self.sections}
        about = {column.key: column for page in pages() if page.name == "about" for column in page.columns}
        try:
            for name, cell in zip(*self.form.own[:2], strict=False) if len(self.form.own) > 1 else ():
                if name in about and cell != "":
                    put(plain, name, about[name].read(cell))
            definition = msgspec.convert(plain, Definition)
            check(definition)
        except Wrong as wrong:
            self.faults.append(Fault("dudao", 2, "", wrong.wrong, wrong.right))
        except (msgspec.ValidationError, BadDefinition) as error:
            self.faults.append(Fault("survey", 0, "", str(getattr(error, "message", error))))
        else:
            return definition
        return None
