"""Reading a filled workbook: its rows become an instrument, or every fault is named with its cell."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from dudao.instruments import expressions
from dudao.instruments.definitions import (
    MOST_STEPS,
    WITHIN_REPEAT,
    BadDefinition,
    Definition,
    check,
    needs,
    order,
)
from dudao.instruments.exchange.columns import Page, pages
from dudao.instruments.exchange.found import Fault, Reading, opened, told
from dudao.instruments.exchange.tables import Row, put, tables
from dudao.instruments.exchange.workbook import value_at
from dudao.kernel.sheets import Sheet, Unreadable

UNNAMED = "imported"
"""The key of an instrument whose workbook gives none."""


def read(data: bytes) -> Reading:
    """The instrument in a workbook (xlsx, xls, ods; or the questions alone as CSV). Never raises on what a file says.

    Keys that are missing are filled in: sections s1, s2 …, items q1, q2 …, choices c1, c2 …, rules r1, r2 ….
    """
    try:
        return read_sheets(opened(data))
    except Unreadable as error:
        return told(error)


def read_sheets(sheets: Sequence[Sheet]) -> Reading:
    """The same from sheets already opened."""
    declared = pages()
    return _Reader(declared, *tables(sheets, declared)).reading()


class _Reader:
    """Puts the rows together. `faults` grows; without any the definition is whole."""

    def __init__(self, declared: tuple[Page, ...], rows: dict[str, list[Row]], faults: list[Fault]) -> None:
        self.pages = {page.name: page for page in declared}
        self.rows, self.faults = rows, faults
        self.sections: dict[str, Row] = {}
        self.items: dict[str, Row] = {}

    def reading(self) -> Reading:
        for row in self.rows["about"][1:]:
            self.faults.append(row.fault("title.zh", _("只能有一行"), _("一个文件写一份量表")))
        self._name_sections()
        self._name_items()
        self._give("choices", "c")
        self._give("rules", "r")
        self._judge()
        definition = None if self.faults else self._definition()
        return Reading(None if self.faults else definition, sorted(self.faults, key=self._place))

    def _place(self, fault: Fault) -> tuple[int, int]:
        titles = [str(page.title) for page in self.pages.values()]
        return (titles.index(fault.sheet) if fault.sheet in titles else -1, fault.row)

    # --- keys

    def _name_sections(self) -> None:
        rows = self.rows["sections"]
        _number(rows, "s")
        for row in rows:
            parent = row.values.get("parent", "")
            if parent:
                above = _called(self.sections, parent, "title")
                if above is None:
                    self.faults.append(
                        row.fault(
                            "parent",
                            _("前面没有叫“%(name)s”的部分") % {"name": parent},
                            _("上级部分要排在前面"),
                        )
                    )
                row.values["parent"] = above or ""
            self._hold(self.sections, row)

    def _hold(self, held: dict[str, Row], row: Row) -> None:
        first = held.setdefault(row.values["key"], row)
        if first is not row:
            place = {"sheet": first.page.title, "row": first.number, "key": row.values["key"]}
            self.faults.append(
                row.fault(
                    "key",
                    _("编号“%(key)s”重复：%(sheet)s表第 %(row)d 行已经用了") % place,
                    _("请改成别的编号，或留空"),
                )
            )

    def _name_items(self) -> None:
        rows = self.rows["items"]
        _number(rows, "q")
        section, repeat = "", ""
        for row in rows:
            self._hold(self.items, row)
        for row in rows:
            section = self._section_of(row, row.take("section"), section)
            repeat = row.take("repeat")
            row.values["_section"], row.values["_repeat"] = section, repeat and self._repeat_of(row, repeat)
            if "basis" in row.values:
                row.values["basis"].setdefault("text", {})
            if "ends" in row.values:
                row.values["ends"] = {"low": {}, "high": {}} | row.values["ends"]
            for label in re.split(r"[\n;；]", row.take("options")):
                if label.strip():
                    row.values.setdefault("choices", []).append({"label": {"zh": label.strip()}})

    def _section_of(self, row: Row, name: str, above: str) -> str:
        """The section a question stands in; a new name begins a new section, none is that of the row above."""
        if not name:
            if not above:
                self.faults.append(row.fault("section", _("没有填写"), _("例如：一、开学准备")))
            return above
        known = _called(self.sections, name, "title")
        if known is not None:
            return known
        new = Row(self.pages["sections"], 0, {"title": {"zh": name}})
        _number([*self.sections.values(), new], "s")
        self.sections[new.values["key"]] = new
        return str(new.values["key"])

    def _repeat_of(self, row: Row, name: str) -> str:
        known = _called(self.items, name, "label")
        if known is None or self.items[known].values.get("type") != "repeat":
            self.faults.append(
                row.fault(
                    "repeat",
                    _("没有叫“%(name)s”的重复题组") % {"name": name},
                    _("请填写类型为重复题组的题号"),
                )
            )
        return known or ""

    def _give(self, name: str, letter: str) -> None:
        """The rows of choices or rules go to their items."""
        into: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows[name]:
            wanted = row.take("item")
            known = _called(self.items, wanted, "label")
            use = row.take("use") or ("choices" if name == "choices" else "findings")
            if known is not None:
                into.setdefault((known, use), []).append(row)
            elif wanted:
                self.faults.append(
                    row.fault(
                        "item",
                        _("题目表中没有“%(name)s”这道题") % {"name": wanted},
                        _("请填写题号，或题目的原文"),
                    )
                )
        for (item, use), rows in into.items():
            self._lay(self.items[item], use, rows, letter)
        for row in self.items.values():
            _number([Row(row.page, 0, one) for one in row.values.get("choices", [])], "c")

    def _lay(self, item: Row, use: str, rows: list[Row], letter: str) -> None:
        _number(rows, letter)
        held: dict[str, Row] = {}
        for row in rows:
            self._hold(held, row)
            for required in ("wording", "requirement", "basis") if use == "findings" else ():
                row.values.setdefault(required, {})
        item.values.setdefault(use, []).extend(row.values for row in rows)

    # --- sense

    def _judge(self) -> None:
        if not self.rows["items"] and not self.faults:
            title = str(self.pages["items"].title)
            self.faults.append(Fault(title, 0, "", _("没有题目"), _("至少写一道题")))
        for rows in self.rows.values():
            for row in rows:
                self.faults += self._unknown_references(row)
        parents = {row.values.get("parent") for row in self.sections.values()}
        used = {row.values["_section"] for row in self.items.values()}
        for key, row in self.sections.items():
            if key not in parents | used:
                self.faults.append(
                    row.fault("title.zh", _("这一部分没有题目"), _("请在题目表中写题目，或删去这一行"))
                )
            if row.values.get("weight", 1) <= 0:
                self.faults.append(row.fault("weight", _("权重要大于零"), "1"))
        for row in self.items.values():
            subs = [one for one in self.items.values() if one.values["_repeat"] == row.values["key"]]
            self.faults += item_faults(row, subs)

    def _unknown_references(self, row: Row) -> Iterator[Fault]:
        for column in row.page.columns:
            text = value_at(row.values, column.key)
            if not (column.is_expression and isinstance(text, str)):
                continue
            unknown = expressions.references(expressions.parse(text)) - self.items.keys()
            if unknown:
                names = _("、").join(sorted(unknown))
                yield row.fault(
                    column.key,
                    _("条件引用了不存在的题目：%(keys)s") % {"keys": names},
                    _("请填写题目表中的题号"),
                )

    # --- the whole

    def _definition(self) -> Definition | None:
        about = self.rows["about"][0].values if self.rows["about"] else {}
        plain = {"key": UNNAMED, "title": {}} | about | {"sections": self._plain_sections()}
        try:
            definition = msgspec.convert(plain, Definition)
            self.faults += self._circle(definition)
            if not self.faults:
                check(definition)
        except (msgspec.ValidationError, BadDefinition) as error:
            self.faults.append(Fault("", 0, "", str(getattr(error, "message", error))))
            return None
        return definition

    def _plain_sections(self) -> list[dict[str, Any]]:
        plain = {}
        for row in self.items.values():
            section, repeat = row.values.pop("_section"), row.values.pop("_repeat")
            home = self.items[repeat] if repeat else self.sections[section]
            home.values.setdefault("items", []).append(row.values)
        for key, row in self.sections.items():
            plain[key] = {"items": []} | row.values
        return list(plain.values())

    def _circle(self, definition: Definition) -> Iterator[Fault]:
        """Items whose conditions of showing wait for one another."""
        waiting = needs(definition)
        try:
            order(waiting)
        except BadDefinition:
            while free := [key for key, before in waiting.items() if not before & waiting.keys()]:
                for key in free:
                    del waiting[key]
            for key in waiting:
                yield self.items[key].fault(
                    "relevant",
                    _("显示条件互相循环：%(keys)s") % {"keys": _("、").join(waiting)},
                    _("请去掉其中一个条件"),
                )


def item_faults(row: Row, subs: list[Row]) -> Iterator[Fault]:
    """What keeps an item from having an answer; the rules are those of `definitions.check`, told at their cells."""
    say = row.values
    kind, least, most = say.get("type"), say.get("min"), say.get("max")
    if kind in ("single", "multiple", "matrix") and not say.get("choices"):
        yield row.fault("options", _("这道题没有选项"), _("在这里每行写一个选项，或在“选项”表中写"))
    if kind == "matrix" and not say.get("rows"):
        yield row.fault("type", _("矩阵题没有行"), _("在“选项”表中写，用途填“矩阵行”"))
    if least is not None and most is not None and least > most:
        yield row.fault("min", _("最小值大于最大值"), str(most))
    if kind == "scale" and most not in range(2, MOST_STEPS + 1):
        yield row.fault("max", _("量级题要有 2 到 %(most)s 级") % {"most": MOST_STEPS}, "5")
    if kind == "score" and not (isinstance(most, int) and most > 0):
        yield row.fault("max", _("评分题要写满分"), "10")
    if kind == "score" and say.get("weight", 1) <= 0:
        yield row.fault("weight", _("权重要大于零"), "1")
    if say.get("na") and kind != "score":
        yield row.fault("na", _("只有评分题可以设“不适用”"), _("请留空"))
    if kind == "scale":
        for end in ("low", "high"):
            if not value_at(say, f"ends.{end}"):
                yield row.fault(f"ends.{end}.zh", _("量级题要说明这一级的含义"), _("例如：很不满意"))
    yield from _repeat_faults(row, subs)


def _repeat_faults(row: Row, subs: list[Row]) -> Iterator[Fault]:
    if row.values.get("type") == "repeat":
        if not subs:
            yield row.fault("type", _("重复题组没有小题"), _("在小题的“所属题组”列填写这道题的题号"))
        if not value_at(row.values, "entry.zh"):
            yield row.fault("entry.zh", _("没有写每一组叫什么"), _("例如：班级"))
    for sub in subs:
        if sub.values.get("type", "text") not in WITHIN_REPEAT:
            yield sub.fault("type", _("重复题组里不能有这类题"), _("请移出题组"))
        if sub.values.get("findings"):
            yield sub.fault("repeat", _("重复题组里的小题不能生成问题"), _("请删去它的问题规则，或移出题组"))


def _number(rows: list[Row], letter: str) -> None:
    """Give a key to every row without: the letter and its place, or the next one free."""
    taken = {row.values["key"] for row in rows if "key" in row.values}
    for at, row in enumerate(rows, start=1):
        if "key" not in row.values:
            number = at
            while f"{letter}{number}" in taken:
                number += 1
            put(row.values, "key", f"{letter}{number}")
            taken.add(row.values["key"])


def _called(rows: dict[str, Row], name: str, words: str) -> str | None:
    """The key of the row called `name`: by its key, or by what it says where only one says so."""
    if name in rows:
        return name
    same = [key for key, row in rows.items() if value_at(row.values, f"{words}.zh") == name]
    return same[0] if len(same) == 1 else None
