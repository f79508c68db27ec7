"""The expression language: the XLSForm subset of docs/field-api.md §5, parsed to a small JSON tree and evaluated.

The phone runs the same trees (frontend/shared); `tests/vectors/expressions.json` holds both to the same answers.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

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
_COMPARE = ("=", "!=", "<=", ">=", "<", ">")
ARITY = {"selected": 2, "count": 1, "if": 3, "coalesce": 2, "string-length": 1}
DEEPEST = 40  # nesting no author needs; a phone's stack stays safe


class BadExpression(Invalid):
    """The text is not an expression; `details` has `text` and `at` (character position)."""

    code = "bad-expression"


def parse(text: str) -> Tree:
    """`text` as a tree. Raises BadExpression, saying where."""
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
        raise BadExpression(f"“{self.text}”：第 {at + 1} 个字符处无法理解。", text=self.text, at=at)

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
            return ["lit", float(value) if "." in value else int(value)]
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
        if ARITY.get(name) != len(arguments):
            self.fail(at)
        return ["call", name, *arguments]


def evaluate(tree: Tree, answers: Mapping[str, Value], own: Value = None) -> Value:
    """The value of `tree`; `answers` hold only relevant items, `own` is what `.` means. Never raises on answers."""
    return _OPERATIONS[tree[0]](tree, answers, own)


def truth(value: Value) -> bool:
    return not (value is None or value is False or value in (0, "", []))


def number(value: Value) -> float | int | None:
    """`value` as a number, or None: booleans, empty and other text are not numbers."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and _NUMERIC.match(value):
        return float(value) if "." in value else int(value)
    return None


def _empty(value: Value) -> Value:
    return None if value == "" else value


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


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
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if value.is_integer() and abs(value) < 2**53:
            return int(value)
    return value


def _divide(a: float, b: float) -> float | None:
    return a / b if b else None


def _remainder(a: float, b: float) -> float | None:
    return math.fmod(a, b) if b else None


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


def _both_numbers(tree: Tree, answers: Mapping[str, Value], own: Value) -> tuple[Any, Any] | None:
    left, right = number(evaluate(tree[1], answers, own)), number(evaluate(tree[2], answers, own))
    return None if left is None or right is None else (left, right)


def _arithmetic(tree: Tree, answers: Mapping[str, Value], own: Value) -> Value:
    pair = _both_numbers(tree, answers, own)
    result = _ARITHMETIC[tree[0]](*pair) if pair else None
    return None if result is None else _finite(result)


def _ordered(tree: Tree, answers: Mapping[str, Value], own: Value) -> Value:
    pair = _both_numbers(tree, answers, own)
    return bool(pair) and _ORDER[tree[0]](*pair)  # type: ignore[misc]


def _negated(tree: Tree, answers: Mapping[str, Value], own: Value) -> Value:
    value = number(evaluate(tree[1], answers, own))
    return None if value is None else _finite(-value)


def _call(tree: Tree, answers: Mapping[str, Value], own: Value) -> Value:
    name, arguments = tree[1], tree[2:]
    if name == "if":
        chosen = 1 if truth(evaluate(arguments[0], answers, own)) else 2
        return evaluate(arguments[chosen], answers, own)
    values = [_empty(evaluate(part, answers, own)) for part in arguments]
    if name == "coalesce":
        return values[0] if values[0] is not None else values[1]
    if name == "selected":
        held = values[0] if isinstance(values[0], list) else [values[0]]
        return values[1] is not None and any(_same(one, values[1]) for one in held)
    if name == "count":
        return 0 if values[0] is None else len(values[0]) if isinstance(values[0], list) else 1
    return 0 if values[0] is None else len(_text(values[0]))


_OPERATIONS: dict[str, Callable[[Tree, Mapping[str, Value], Value], Value]] = {
    "lit": lambda tree, answers, own: _empty(tree[1]),
    "ref": lambda tree, answers, own: _empty(answers.get(tree[1])),
    "self": lambda tree, answers, own: _empty(own),
    "and": lambda t, a, o: truth(evaluate(t[1], a, o)) and truth(evaluate(t[2], a, o)),
    "or": lambda t, a, o: truth(evaluate(t[1], a, o)) or truth(evaluate(t[2], a, o)),
    "not": lambda t, a, o: not truth(evaluate(t[1], a, o)),
    "=": lambda t, a, o: _same(evaluate(t[1], a, o), evaluate(t[2], a, o)),
    "!=": lambda t, a, o: not _same(evaluate(t[1], a, o), evaluate(t[2], a, o)),
    **dict.fromkeys(_ORDER, _ordered),
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    "neg": _negated,
    "call": _call,
}
