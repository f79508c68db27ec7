"""The rows of an XLSForm as sections and items, their expressions still as the form writes them."""

import re
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from dudao.imports.fields import Wrong, as_text
from dudao.instruments.definitions import WITHIN_REPEAT, FindingRule
from dudao.instruments.exchange.foreign import Asked, constant
from dudao.instruments.exchange.found import Fault
from dudao.instruments.exchange.parsed import Form, Line
from dudao.instruments.exchange.tables import put
from dudao.instruments.exchange.xlsform import bounds, extra_columns
from dudao.instruments.exchange.xlsform_words import Languages, choices_of, is_yes_no, new_key

Plain = dict[str, Any]

_TYPES = {
    "input string": "text", "input int": "integer", "input decimal": "decimal", "input date": "date",
    "input geopoint": "location", "upload binary image/*": "photo", "upload binary audio/*": "audio",
    "upload binary video/*": "video", "upload binary application/*": "file", "range int": "range",
}  # fmt: skip
_SELECTS = {"select one": "single", "select all that apply": "multiple"}
_METADATA = ("start-geopoint", "audit")


class _Container:
    """An open group or repeat while its rows are read: `section` or `item` is what it became. `flat` is a group within a
    repeat, which only lays out; what is `left out` takes everything in it along."""

    def __init__(
        self, kind: str, *, section: Plain | None = None, item: Plain | None = None, relevant: str = ""
    ) -> None:
        self.kind, self.section, self.item, self.relevant = kind, section, item, relevant
        self.has_children = False


class Rows:
    """Walks through a form. `sections` grow; `asked` tells what names of questions mean; `lines` where a part came from."""

    def __init__(self, form: Form, filename: str) -> None:
        self.is_ours = "dudao" in form.sheets
        self.words = Languages(str(form.settings.get("default_language", "")), is_ours=self.is_ours)
        title = form.settings.get("title", "")
        self.title = {"zh": as_text(str(title))} if self.is_ours else self.words.of(title or filename)
        self.faults: list[Fault] = []
        self.remarks: list[Fault] = []
        self.sections: list[Plain] = []
        self.lines: dict[int, Line] = {}  # by the id of the plain section or item
        self.asked: dict[str, Asked] = {}
        self._keys: set[str] = set()
        self._stack = [_Container("form")]
        self._lists: dict[str, list[Line]] = {}
        for line in form.choices:
            self._lists.setdefault(str(line.values.get("list name", "")), []).append(line)
        self._extra_columns = {column.key: column for column in extra_columns()}
        for line in form.survey:
            self._row(line)

    def unsupported(
        self,
        line: Line | None,
        what: str,
        *,
        sheet: str = "survey",
        column: str = "type",
        left: str = "",
        right: str = "",
    ) -> None:
        """Name something an instrument cannot say."""
        wrong = left or _("量表里没有与“%(what)s”相当的做法") % {"what": what}
        right = right or _("请改掉这一处，或选择导入其余部分")
        self.faults.append(
            Fault(sheet, line.number if line else 0, column if line else "", wrong, right, what)
        )

    # --- rows

    def _row(self, line: Line) -> None:
        top, type_ = self._stack[-1], str(line.values.get("type", ""))
        if line.kind == "end":
            if len(self._stack) > 1:
                self._stack.pop()
        elif top.kind == "left out":
            if line.kind == "begin":
                self._stack.append(_Container("left out"))
        elif constant(str(line.values.get("disabled", ""))):
            self._remark(line, _("已停用的行没有导入"))
        elif line.kind == "begin":
            self._begin(line)
        elif line.kind == "select":
            self._select(line)
        elif line.bind.get("jr:preload") or type_ in _METADATA:
            self._remark(line, _("设备和时间信息“%(type)s”由系统自己记录，没有导入") % {"type": type_})
        elif line.of == "input string" and line.bind.get("readonly"):
            self._note(line)
        elif line.kind == "question" and line.of in _TYPES:
            self._question(line, _TYPES[line.of])
        elif line.kind in ("question", "unknown"):
            self.unsupported(line, type_)

    def _begin(self, line: Line) -> None:
        top = self._stack[-1]
        own = _part(line, "dudao")
        if line.of == "repeat" and top.kind not in ("repeat", "flat"):
            self._repeat(line)
        elif line.of == "group" and own.get("type") == "matrix":
            item = self._asked_item(line, "matrix") | {"rows": [], "choices": []}
            self._place(item, line)
            self._stack.append(_Container("matrix", item=item))
        elif line.of == "group" and top.kind in ("repeat", "flat"):
            relevant = _both(top.relevant, _bind(line, "relevant"))
            self._stack.append(_Container("flat", item=top.item, relevant=relevant))
        elif line.of == "group":
            self._group(line)
        else:
            self.unsupported(line, f"begin {line.of}")
            self._stack.append(_Container("left out"))

    def _group(self, line: Line) -> None:
        own, above = _part(line, "dudao"), self._stack[-1]
        above.has_children = True
        key = own.get("key") or new_key(
            str(line.values.get("name", "")), {one["key"] for one in self.sections}
        )
        section: Plain = {
            "key": key,
            "title": self.words.of(line.values.get("label")) or {"zh": key, "en": key},
            "items": [],
        }
        parent = own.get("parent") or (self._section(above, line)["key"] if above.kind == "group" else "")
        section |= {"parent": parent} if parent else {}
        if relevant := _bind(line, "relevant"):
            section["relevant"] = relevant
        if "weight" in own:
            self._extra(line, section, "weight", own["weight"])
        self._hold(section, line)
        self._stack.append(_Container("group", section=section))

    def _repeat(self, line: Line) -> None:
        item = self._asked_item(line, "repeat")
        item.setdefault("entry", item["label"])
        item["items"] = []
        count = str(_part(line, "control").get("jr:count", ""))
        if count.isdecimal():
            item |= {"min": int(count), "max": int(count)}
        elif count:
            self.unsupported(line, "repeat_count", column="repeat_count")
        self._place(item, line)
        self._stack.append(_Container("repeat", item=item))

    def _select(self, line: Line) -> None:
        top = self._stack[-1]
        rows = self._lists.get(line.choices)
        kind = _SELECTS.get(line.of)
        if kind is None or rows is None:
            self.unsupported(line, line.of if kind is None else f"{line.of} {line.choices}")
            return
        if not self.is_ours and any("${" in str(row.values.get("label", "")) for row in rows):
            self.unsupported(line, "${} in choices")
        if line.has_other:
            self.unsupported(line, "or_other", left=_("“其他”选项没有导入"))
        if top.kind == "matrix" and top.item is not None:
            key = _part(line, "dudao").get("key") or line.values.get("name")
            top.item["rows"].append({"key": key, "label": self.words.of(line.values.get("label")) or {}})
            top.item["choices"] = top.item["choices"] or choices_of(rows, self.words)[0]
            return
        choices, names = choices_of(rows, self.words)
        if kind == "single" and is_yes_no(rows, self.words):
            kind, choices, names = "yes_no", [], {name: name.lower() for name in names}
        item = self._question(line, kind, names)
        if choices:
            item["choices"] = choices

    def _question(self, line: Line, kind: str, names: dict[str, str] | None = None) -> Plain:
        control = _part(line, "control")
        if kind == "photo" and "signature" in str(control.get("appearance", "")).split():
            kind = "signature"
        item = self._asked_item(line, _part(line, "dudao").get("type") or kind, names)
        if item["type"] == "range":
            self._range(line, item)
        self._place(item, line)
        return item

    def _range(self, line: Line, item: Plain) -> None:
        """A range is a number between two; a step of more than one is a condition."""
        said = dict(re.findall(r"(\w+)\s*=\s*([^\s;,]+)", str(line.values.get("parameters", "")).lower()))
        numbers = {
            name: said.get(name, usual) for name, usual in (("start", "1"), ("end", "10"), ("step", "1"))
        }
        if not all(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) for text in numbers.values()):
            self.unsupported(line, "range", column="parameters")
            item["type"] = "integer"
            return
        is_whole = all("." not in text for text in numbers.values())
        start, end, step = (int(text) if is_whole else float(text) for text in numbers.values())
        item |= {"type": "integer" if is_whole else "decimal", "min": min(start, end), "max": max(start, end)}
        if not is_whole:
            self.unsupported(line, "range step", column="parameters")
        elif step not in (1, -1):
            item["constraint"] = _both(
                f"(. - {start}) mod {step} = 0".replace("- -", "+ "), item.get("constraint", "")
            )

    def _note(self, line: Line) -> None:
        """A note that stands first in a group is its hint."""
        top = self._stack[-1]
        words = self.words.of(line.values.get("label"))
        if top.kind in ("group", "form") and words and not _bind(line, "relevant") and not top.has_children:
            section = self._section(top, line)
            if not section["items"] and "hint" not in section:
                section["hint"] = words
                return
        self.unsupported(line, "note", left=_("说明文字只能放在一组题目的最前面"))

    # --- items

    def _asked_item(self, line: Line, kind: str, names: dict[str, str] | None = None) -> Plain:
        """The plain item of a row, its expressions still as they are written."""
        name = str(line.values.get("name", ""))
        key = name if self.is_ours and name not in self._keys else new_key(name, self._keys)
        self._keys.add(key)
        self.asked[name] = Asked(key, kind, names or {})
        item: Plain = {
            "key": key,
            "type": kind,
            "label": self.words.of(line.values.get("label")) or {"zh": name, "en": name},
        }
        if hint := self.words.of(line.values.get("hint")):
            item["hint"] = hint
        if message := self.words.of(_part(line, "bind").get("jr:constraintMsg")):
            item["constraint_message"] = message
        for part in ("constraint", "relevant"):
            if text := _bind(line, part):
                item[part] = text
        if "constraint" not in item and line.bind.get("constraint"):
            item["constraint"] = line.bind["constraint"]
        if required := _bind(line, "required"):
            item["required"] = required
        self._extras(line, item)
        self._unsupported_parts(line)
        return item

    def _extras(self, line: Line, item: Plain) -> None:
        own = _part(line, "dudao")
        for name, cell in own.items():
            if name in self._extra_columns:
                self._extra(line, item, name, cell)
        if "findings" in own:
            try:
                rules = msgspec.json.decode(str(own["findings"]), type=list[FindingRule])
            except msgspec.DecodeError as error:
                self.faults.append(Fault("survey", line.number, "dudao::findings", str(error)))
            else:
                item["findings"] = msgspec.to_builtins(rules)
        if "basis" in item:
            item["basis"].setdefault("text", {})
        if "ends" in item:
            item["ends"] = {"low": {}, "high": {}} | item["ends"]
        within = bounds(item)
        if own and within and "constraint" in item:
            rest = _without(item["constraint"], within)
            item.pop("constraint") if rest == "" else item.update(constraint=rest)

    def _extra(self, line: Line, item: Plain, name: str, cell: str) -> None:
        try:
            put(item, name, self._extra_columns[name].read(cell))
        except Wrong as wrong:
            self.faults.append(Fault("survey", line.number, f"dudao::{name}", wrong.wrong, wrong.right))

    def _unsupported_parts(self, line: Line) -> None:
        bind = _part(line, "bind")
        for name in ("choice_filter", "default", "trigger"):
            if name in line.values:
                self.unsupported(line, name, column=name)
        if "calculate" in bind:
            self.unsupported(line, "calculation", column="calculation")
        if "search(" in str(_part(line, "control").get("appearance", "")):
            self.unsupported(line, "search()", column="appearance")
        if constant(str(bind.get("readonly", ""))):
            self.unsupported(line, "read_only", column="read_only")
        for name in ("label", "hint"):
            if "${" in str(line.values.get(name, "")) and not self.is_ours:
                self.unsupported(line, f"${{}} in {name}", column=name)

    def _place(self, item: Plain, line: Line) -> None:
        """The item goes into the open repeat, or into the section of the open group."""
        top = self._stack[-1]
        if top.kind in ("repeat", "flat") and top.item is not None:
            if top.relevant:
                item["relevant"] = _both(top.relevant, item.get("relevant", ""))
            if item["type"] not in WITHIN_REPEAT:
                self.unsupported(line, str(line.values.get("type")), left=_("重复题组里不能有这类题"))
                del self.asked[str(line.values.get("name", ""))]
                return
            top.item["items"].append(item)
        else:
            self._section(top, line, continued=True)["items"].append(item)
        self.lines[id(item)] = line

    def _section(self, top: _Container, line: Line, *, continued: bool = False) -> Plain:
        """The section of an open group, or of the form itself; behind a group within it goes on in a new one."""
        begun = top.section
        if begun is None or (continued and top.has_children):
            title = begun["title"] if begun else self.title
            section: Plain = {
                "key": new_key("s1", {one["key"] for one in self.sections}),
                "title": title,
                "items": [],
            }
            if begun is not None and top.kind == "group":
                section["parent"] = begun.get("_first", begun["key"])
                section["_first"] = section["parent"]
            top.section, top.has_children = section, False
            self._hold(section, line)
        assert top.section is not None
        return top.section

    def _hold(self, section: Plain, line: Line) -> None:
        self.sections.append(section)
        self.lines[id(section)] = line

    def _remark(self, line: Line, text: str) -> None:
        self.remarks.append(Fault("survey", line.number, "type", text))


def _part(line: Line, name: str) -> dict[str, Any]:
    """The grouped columns `name::…`; a column of that bare name says nothing."""
    found = line.values.get(name)
    return found if isinstance(found, dict) else {}


def _bind(line: Line, name: str) -> str:
    return str(_part(line, "bind").get(name, "")).strip()


def _both(a: str, b: str) -> str:
    return f"({a}) and ({b})" if a and b else a or b


def _without(constraint: str, within: str) -> str:
    """What a constraint says beyond the bounds it begins with; all of it where it does not."""
    if constraint == within:
        return ""
    if constraint.startswith(f"{within} and (") and constraint.endswith(")"):
        return constraint[len(within) + 6 : -1]
    return constraint
