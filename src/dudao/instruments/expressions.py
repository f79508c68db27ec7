"""The expression language: the XLSForm subset of docs/field-api.md §5, parsed to a small JSON tree and evaluated.

The phone runs the same trees (frontend/shared); `tests/vectors/expressions.json` holds both to the same answers.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

from django.utils.translation import gettext as _

from dudao.kernel.errors import Invalid

Tree = list[Any]
Value = str | float | int | bool | list[Any] | dict[str, Any] | None

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<ref>\$\{[a-z][a-z0-9_]*\})
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<string>'[^']*'|"[^"]*")
      | (?P<op><=|>=|!=|=|<|>|\+|-|\*|\(|\)|,)
      | (?P<name>[a-z][a-z-]*)
      | (?P<self>\.)
    )""",
    re.VERBOSE,
)
_NUMERIC = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_COMPARE = ("=", "!=", "<=", ">=", "<", ">")
ARITY = {
    "selected": (2, 2), "count": (1, 1), "count-selected": (1, 1), "if": (3, 3), "coalesce": (2, 2),
    "string-length": (1, 1), "sum": (1, 99), "min": (1, 99), "max": (1, 99), "round": (1, 2), "today": (0, 0),
}  # fmt: skip
DEEPEST = 40  # nesting no author needs; a phone's stack stays safe
EXACT = 2**53  # beyond it a phone's numbers are no longer exact, so ours are not either


class BadExpression(Invalid):
    """The text is not an expression; `details` has `text` and `at` (character position)."""

    code = "bad-expression"


@lru_cache(maxsize=8192)
def parse(text: str) -> Tree:
    """`text` as a tree, not to be changed. Raises BadExpression, saying where."""
    return _Parser(text).whole()


def references(tree: Tree) -> set[str]:
    """The items a tree speaks of."""
    if tree[0] == "ref":
        return {tree[1]}
    return set().union(*(references(part) for part in tree[1:] if isinstance(part, list)), set())


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []
        self.depth = 0
        at, end = 0, len(text.rstrip())
        while at < end:
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                self.fail(at)
            self.tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            at = match.end()
        self.tokens.append(("end", "", end))
        self.next = 0

    def fail(self, at: int) -> NoReturn:
        message = _("“%(text)s”：第 %(at)s 个字符处无法理解。") % {"text": self.text, "at": at + 1}
        raise BadExpression(message, text=self.text, at=at)

    def peek(self, *values: str) -> bool:
        kind, value, _at = self.tokens[self.next]
        return kind in ("op", "name") and value in values

    def take(self) -> tuple[str, str, int]:
        token = self.tokens[self.next]
        self.next += 1
        return token

    def expect(self, value: str) -> None:
        if not self.peek(value):
            self.fail(self.tokens[self.next][2])
        self.next += 1

    def whole(self) -> Tree:
        tree = self.binary(0)
        if self.tokens[self.next][0] != "end":
            self.fail(self.tokens[self.next][2])
        return tree

    _levels = (("or",), ("and",), _COMPARE, ("+", "-"), ("*", "div", "mod"))

    def binary(self, level: int) -> Tree:
        if level == len(self._levels):
            return self.unary()
        self.depth += 1
        if self.depth > DEEPEST * len(self._levels):
            self.fail(self.tokens[self.next][2])
        tree = self.binary(level + 1)
        while self.peek(*self._levels[level]):
            name = self.take()[1]
            tree = [name, tree, self.binary(level + 1)]
        self.depth -= 1
        return tree

    def unary(self) -> Tree:
        minus = 0
        while self.peek("-"):
            self.take()
            minus += 1
            if minus > DEEPEST:
                self.fail(self.tokens[self.next][2])
        tree = self.atom()
        for _minus in range(minus):
            tree = ["neg", tree]
        return tree

    def atom(self) -> Tree:
        kind, value, at = self.take()
        if kind == "ref":
            return ["ref", value[2:-1]]
        if kind == "number":
            return ["lit", number(value)]
        if kind == "string":
            return ["lit", value[1:-1]]
        if kind == "self":
            return ["self"]
        if (kind, value) == ("op", "("):
            tree = self.binary(0)
            self.expect(")")
            return tree
        if kind != "name":
            self.fail(at)
        return self.call(value, at)

    def call(self, name: str, at: int) -> Tree:
        self.expect("(")
        arguments: list[Tree] = []
        while not self.peek(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.binary(0))
        self.expect(")")
        if name in ("true", "false") and not arguments:
            return ["lit", name == "true"]
        if name == "not" and len(arguments) == 1:
            return ["not", arguments[0]]
        least, most = ARITY.get(name, (1, 0))
        if not least <= len(arguments) <= most:
            self.fail(at)
        return ["call", name, *arguments]


class Scope(NamedTuple):
    """What a tree is evaluated against."""

    answers: Mapping[str, Value]
    own: Value
    today: str


def evaluate(tree: Tree, answers: Mapping[str, Value], own: Value = None, *, today: str = "") -> Value:
    """The value of `tree`. Never raises on answers.

    `answers` hold only relevant items, `own` is what `.` means, `today` the day of the visit (`2026-09-01`).
    """
    return _evaluate(tree, Scope(answers, own, today))


def truth(value: Value) -> bool:
    return not (value is None or value is False or value in (0, "", []))


def number(value: Value) -> float | int | None:
    """`value` as a number, or None: booleans, empty and other text are not numbers."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _finite(value)
    if isinstance(value, str) and _NUMERIC.match(value):
        # A phone knows no whole number of a thousand digits, and int() refuses to read one.
        return _finite(float(value) if "." in value or len(value) > 15 else int(value))
    return None


def is_day(value: Value) -> bool:
    """A calendar day as `2026-09-01`."""
    if not (isinstance(value, str) and _DAY.match(value)):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _evaluate(tree: Tree, scope: Scope) -> Value:
    return _OPERATIONS[tree[0]](tree, scope)


def _empty(value: Value) -> Value:
    return None if value == "" else value


def _text(value: Value) -> str:
    """The text of a value as JavaScript writes it, so that both sides count and compare the same characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        held = _finite(value)
        return "" if held is None else _number_text(held)
    return str(value)


def _number_text(value: float | int) -> str:
    if isinstance(value, int):
        return str(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    figures, point = "".join(map(str, digits)), len(digits) + exponent
    if -6 < point <= 21:
        padded = figures.ljust(point, "0") if point > 0 else "0" * (1 - point) + figures
        whole, rest = padded[: max(point, 1)], padded[max(point, 1) :]
        text = f"{whole}.{rest}" if rest else whole
    else:
        text = f"{figures[0]}{'.' if len(figures) > 1 else ''}{figures[1:]}e{point - 1:+d}"
    return f"-{text}" if sign else text


def _same(a: Value, b: Value) -> bool:
    a, b = _empty(a), _empty(b)
    if a is None or b is None:
        return a is None and b is None
    if isinstance(a, list | dict) or isinstance(b, list | dict):
        return False
    if not (isinstance(a, str) and isinstance(b, str)):
        left, right = number(a), number(b)
        if left is not None and right is not None:
            return left == right
    return _text(a) == _text(b)


def _finite(value: float | int) -> float | int | None:
    """A number as a phone holds it: whole and exact below 2**53, else floating; infinity is no number."""
    if isinstance(value, int) and abs(value) >= EXACT:
        try:
            value = float(value)
        except OverflowError:
            return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if value.is_integer() and abs(value) < EXACT:
            return int(value)
    return value


def _divide(a: float, b: float) -> float | None:
    return a / b if b else None


def _remainder(a: float, b: float) -> float | None:
    return math.fmod(a, b) if b else None


def rounded(value: float, places: int = 0) -> float:
    """Half away from zero, with the very steps the phone takes."""
    factor = 10**places
    size: float = math.floor(abs(value) * factor + 0.5) / factor
    return -size if value < 0 else size


_ARITHMETIC: dict[str, Callable[[Any, Any], float | int | None]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "div": _divide,
    "mod": _remainder,
}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _arithmetic(tree: Tree, scope: Scope) -> Value:
    left, right = (number(_evaluate(part, scope)) for part in tree[1:])
    if left is None or right is None:
        return None
    result = _ARITHMETIC[tree[0]](left, right)
    return None if result is None else _finite(result)


def _ordered(tree: Tree, scope: Scope) -> Value:
    """Numbers by size, calendar days by time; anything else has no order."""
    a, b = (_evaluate(part, scope) for part in tree[1:])
    left, right = number(a), number(b)
    if left is not None and right is not None:
        return _ORDER[tree[0]](left, right)
    return is_day(a) and is_day(b) and _ORDER[tree[0]](a, b)


def _negated(tree: Tree, scope: Scope) -> Value:
    value = number(_evaluate(tree[1], scope))
    return None if value is None else _finite(-value)


def _flat(values: Iterable[Value]) -> Iterator[Value]:
    """What lists hold, however deep: the answers of a repeat's items are lists, of several choices lists of lists."""
    waiting = [*values][::-1]
    while waiting:  # not by recursion: answers may be nested deeper than a stack
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value[::-1]
        else:
            yield value


def _selected(chosen: Value, key: Value) -> Value:
    return key is not None and any(_same(one, key) for one in _flat([chosen]))


def _count(value: Value) -> Value:
    return 0 if value is None else sum(1 for _one in _flat([value]))


def _length(value: Value) -> Value:
    return 0 if value is None or isinstance(value, list | dict) else len(_text(value))


def _numbers(values: Iterable[Value]) -> list[float | int]:
    """Those that are numbers, lists flattened."""
    return [held for held in map(number, _flat(values)) if held is not None]


def _sum(*values: Value) -> Value:
    """The sum of those that are numbers; empty where none is."""
    total: float | int | None = None
    for value in _numbers(values):
        total = value if total is None else _finite(total + value)
        if total is None:
            return None
    return total


def _round(value: Value, places: Value = 0) -> Value:
    held, to = number(value), number(places)
    if held is None or to not in range(7) or abs(held) >= EXACT:
        return None
    return _finite(rounded(held, int(to or 0)))


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "selected": _selected,
    "count": _count,
    "count-selected": _count,
    "coalesce": lambda a, b: b if a is None else a,
    "string-length": _length,
    "sum": _sum,
    "min": lambda *values: min(_numbers(values), default=None),
    "max": lambda *values: max(_numbers(values), default=None),
    "round": _round,
}


def _call(tree: Tree, scope: Scope) -> Value:
    name, arguments = tree[1], tree[2:]
    if name == "today":
        return _empty(scope.today)
    if name == "if":
        return _evaluate(arguments[1 if truth(_evaluate(arguments[0], scope)) else 2], scope)
    return _FUNCTIONS[name](*(_empty(_evaluate(part, scope)) for part in arguments))


_OPERATIONS: dict[str, Callable[[Tree, Scope], Value]] = {
    "lit": lambda tree, scope: _empty(tree[1]),
    "ref": lambda tree, scope: _empty(scope.answers.get(tree[1])),
    "self": lambda tree, scope: _empty(scope.own),
    "and": lambda t, s: truth(_evaluate(t[1], s)) and truth(_evaluate(t[2], s)),
    "or": lambda t, s: truth(_evaluate(t[1], s)) or truth(_evaluate(t[2], s)),
    "not": lambda t, s: not truth(_evaluate(t[1], s)),
    "=": lambda t, s: _same(_evaluate(t[1], s), _evaluate(t[2], s)),
    "!=": lambda t, s: not _same(_evaluate(t[1], s), _evaluate(t[2], s)),
    **dict.fromkeys(_ORDER, _ordered),
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    "neg": _negated,
    "call": _call,
}
