"""What the columns of an import hold: how a cell is read, and what would be right where it is wrong."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import override

from dudao.kernel.sheets import Value
from dudao.kernel.text import clean
from dudao.kernel.told import told as _

EMPTIED = ("清空", "CLEAR")
"""What to write into a cell that is to be emptied; an empty cell leaves what is stored."""


class Wrong(Exception):
    """A cell that cannot be used: what is wrong, and what would be right."""

    def __init__(self, wrong: str, right: str = "") -> None:
        super().__init__(wrong)
        self.wrong, self.right = wrong, right


Read = Callable[[Value], Any]


@dataclass(frozen=True)
class Field:
    """One column. `read` gives a plain JSON value or raises Wrong; `shown` puts such a value into words."""

    key: str
    label: Any
    read: Read
    required: bool = False
    help: Any = ""
    example: Any = ""
    width: int = 14
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None
    also: tuple[str, ...] = ()  # other headings offices use

    def headings(self) -> set[str]:
        """Every heading that names this column: its label in both languages, its key, and what else is in use."""
        names = {self.key, *self.also}
        for language in ("zh-hans", "en"):
            with override(language):
                names.add(str(self.label))
        return {heading(name) for name in names}

    def shown(self, value: Any) -> str:
        if value in (None, ""):
            return "—"
        if self.choices is not None:
            return str(dict(self.choices()).get(str(value), value))
        return str(value)


def heading(text: Value) -> str:
    """A heading as it is compared: without marks, brackets' content and spaces, in lower case."""
    return re.sub(r"[(（].*?[)）]|[\s*＊:：]", "", str(text)).lower()


def as_text(cell: Value) -> str:
    """Codes and telephone numbers that a spreadsheet has turned into numbers come back as they were."""
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return clean(str(cell))


def text(most: int) -> Read:
    """Text of at most `most` characters."""

    def read(cell: Value) -> str:
        found = as_text(cell)
        if len(found) > most:
            raise Wrong(
                _("超过 %(most)d 字（现有 %(n)d 字）") % {"most": most, "n": len(found)}, found[:most]
            )
        return found

    return read


def code(pattern: str, example: str) -> Read:
    """Text of one form, such as a code; spaces inside are a slip of the hand."""

    matches = re.compile(pattern).fullmatch

    def read(cell: Value) -> str:
        found = as_text(cell)
        if not (found.isascii() and matches(found)):
            found = "".join(found.split()).translate(_NARROW)
        if not matches(found):
            raise Wrong(_("格式不对"), _("例如 %(example)s") % {"example": example})
        return found

    return read


_NARROW = str.maketrans("０１２３４５６７８９－—", "0123456789--")


def whole(least: int, most: int) -> Read:
    """A whole number, also one written as text with thousands marks."""

    def read(cell: Value) -> int:
        if isinstance(cell, int) and least <= cell <= most:
            return cell
        found = as_text(cell).translate(_NARROW).replace(",", "").replace("，", "")
        found = found.removesuffix(".0")
        if not re.fullmatch(r"-?\d{1,12}", found):
            raise Wrong(
                _("不是整数"), _("请填写 %(least)d 至 %(most)d 的整数") % {"least": least, "most": most}
            )
        if not least <= int(found) <= most:
            raise Wrong(
                _("超出范围"), _("请填写 %(least)d 至 %(most)d 的整数") % {"least": least, "most": most}
            )
        return int(found)

    return read


def decimal(least: float, most: float) -> Read:
    """A number."""

    def read(cell: Value) -> float:
        found = as_text(cell).translate(_NARROW).replace(",", "")
        try:
            number = float(found)
        except ValueError:
            number = most + 1
        if not least <= number <= most:
            raise Wrong(
                _("不是范围内的数"), _("请填写 %(least)g 至 %(most)g 的数") % {"least": least, "most": most}
            )
        return number

    return read


_DAY = re.compile(r"(\d{4})\s*[-./年]?\s*(\d{1,2})\s*[-./月]?\s*(\d{1,2})\s*日?(?:\s.*)?")
_FIRST_SERIAL, _LAST_SERIAL = 18_264, 73_050  # 1950 to 2099, as days since 1899-12-30


def day(cell: Value) -> str:
    """A day, however it is written: a date cell, 2026-9-1, 2026/9/1, 2026年9月1日, 20260901, a serial number."""
    if isinstance(cell, int | float) and _FIRST_SERIAL <= cell <= _LAST_SERIAL:
        return date.fromordinal(date(1899, 12, 30).toordinal() + int(cell)).isoformat()
    found = _DAY.fullmatch(as_text(cell).translate(str.maketrans("０１２３４５６７８９", "0123456789")))
    try:
        assert found is not None
        on = date(*(int(part) for part in found.groups()))
        assert 1900 <= on.year <= 2100
    except (AssertionError, ValueError, TypeError):
        raise Wrong(_("不是日期"), _("例如 2026-09-01")) from None
    return on.isoformat()


def one_of(choices: Callable[[], Sequence[tuple[str, Any]]]) -> Read:
    """One of a list, by its word in either language or its key."""
    known: dict[
        tuple[str, ...], dict[str, str]
    ] = {}  # the words of a list are looked up once, not for every cell

    def read(cell: Value) -> str:
        offered = choices()
        keys = tuple(key for key, _label in offered)
        if keys not in known:
            known[keys] = _by_word(offered)
        try:
            return known[keys][heading(as_text(cell))]
        except KeyError:
            words = [label for _key, label in offered]
            raise Wrong(_("不在可选范围内"), _("请填写：%(words)s") % {"words": words}) from None

    return read


def _by_word(choices: Sequence[tuple[str, Any]]) -> dict[str, str]:
    by_word = {heading(key): key for key, _label in choices}
    for language in ("zh-hans", "en"):
        with override(language):
            by_word |= {heading(str(label)): key for key, label in choices}
    return by_word
