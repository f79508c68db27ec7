"""An expression as a sentence: what an author reads instead of `${stage} != 'junior'`, in the language of the moment."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from dudao.instruments import expressions
from dudao.instruments.definitions import Definition, Item
from dudao.instruments.expressions import Tree
from dudao.instruments.reading import said

LONGEST = 24  # characters of a question's words within a sentence


class Speaker:
    """Turns the expressions of one definition into sentences; unknown items are named by their keys."""

    def __init__(self, definition: Definition) -> None:
        self._items = {item.key: item for _section, item, _repeat in definition.every_item()}

    def sentence(self, text: str, own: Item | None = None) -> str:
        """`text` in words; `own` is the item it stands at. Raises BadExpression."""
        return self._said(expressions.parse(text), own, 0)

    def _said(self, tree: Tree, own: Item | None, depth: int) -> str:
        name = tree[0]
        if name in ("and", "or"):
            parts = [self._said(part, own, depth + 1) for part in _chain(tree, name)]
            joined = (_("，并且") if name == "and" else _("，或者")).join(parts)
            return _("（%(said)s）") % {"said": joined} if depth else joined
        if name == "not":
            return self._negated(tree[1], own)
        if name in _COMPARED:
            return self._compared(tree, own)
        if name == "call" and tree[1] == "selected":
            values = {"item": self._value(tree[2], own), "choice": self._literal(tree[3], tree[2], own)}
            return _("%(item)s选了%(choice)s") % values
        return self._value(tree, own)

    def _negated(self, tree: Tree, own: Item | None) -> str:
        if tree[0] == "call" and tree[1] == "selected":
            values = {"item": self._value(tree[2], own), "choice": self._literal(tree[3], tree[2], own)}
            return _("%(item)s没有选%(choice)s") % values
        return _("不是“%(said)s”的情形") % {"said": self._said(tree, own, 0)}

    def _compared(self, tree: Tree, own: Item | None) -> str:
        name, left, right = tree
        if right == ["lit", ""] and name in ("=", "!="):
            said_ = _("%(item)s没有填写") if name == "=" else _("%(item)s已填写")
            return said_ % {"item": self._value(left, own)}
        return _COMPARED[name]() % {"item": self._value(left, own), "value": self._literal(right, left, own)}

    def _literal(self, tree: Tree, beside: Tree, own: Item | None) -> str:
        """A value beside an item reads as that item's answer: a choice by its words."""
        if tree[0] != "lit":
            return self._value(tree, own)
        item = own if beside[0] == "self" else self._items.get(beside[1]) if beside[0] == "ref" else None
        return (
            _("“%(said)s”") % {"said": answer_said(item, tree[1])}
            if isinstance(tree[1], str)
            else _plain(tree[1])
        )

    def _value(self, tree: Tree, own: Item | None) -> str:
        name = tree[0]
        if name == "self":
            return _("本题答案")
        if name == "ref":
            return self._named(tree[1], own)
        if name == "lit":
            return _plain(tree[1])
        if name == "neg":
            return f"-{self._value(tree[1], own)}"
        if name in _ARITHMETIC:
            left, right = (self._value(part, own) for part in tree[1:])
            return f"（{left} {_ARITHMETIC[name]} {right}）"
        if name == "call":
            return self._called(tree, own)
        return self._said(tree, own, 1)

    def _called(self, tree: Tree, own: Item | None) -> str:
        if tree[1] == "if":
            then, other = (self._literal(part, ["self"], own) for part in tree[3:])
            return _("若%(when)s则为%(then)s，否则为%(other)s") % {
                "when": self._said(tree[2], own, 1), "then": then, "other": other,
            }  # fmt: skip
        values = [self._value(part, own) for part in tree[2:]]
        if tree[1] == "today":
            return _("督导当天")
        return _CALLED[tree[1]]() % {"of": _("、").join(values), "first": values[0], "last": values[-1]}

    def _named(self, key: str, own: Item | None) -> str:
        if own is not None and key == own.key:
            return _("本题答案")
        item = self._items.get(key)
        words = said(item.label) if item else key
        return _("“%(said)s”") % {"said": words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"}


def answer_said(item: Item | None, value: Any) -> str:
    """A literal as the answer of `item`: yes, no and choices by their words."""
    if item is not None and item.type == "yes_no":
        return {"yes": _("是"), "no": _("否"), "na": _("不适用")}.get(value, str(value))
    if item is not None and item.choices:
        labels = {choice.key: said(choice.label) for choice in item.choices}
        return labels.get(value, str(value))
    return _("不适用") if item is not None and item.na and value == "na" else str(value)


def _chain(tree: Tree, name: str) -> list[Tree]:
    """The parts of `a and b and c`, which the parser nests to the left."""
    if tree[0] != name:
        return [tree]
    return [*_chain(tree[1], name), tree[2]]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


_ARITHMETIC = {"+": "+", "-": "−", "*": "×", "div": "÷", "mod": "mod"}
_COMPARED: dict[str, Callable[[], str]] = {
    "=": lambda: _("%(item)s是%(value)s"),
    "!=": lambda: _("%(item)s不是%(value)s"),
    "<": lambda: _("%(item)s小于%(value)s"),
    "<=": lambda: _("%(item)s不超过%(value)s"),
    ">": lambda: _("%(item)s大于%(value)s"),
    ">=": lambda: _("%(item)s不少于%(value)s"),
}
_CALLED: dict[str, Callable[[], str]] = {
    "selected": lambda: _("%(first)s选了%(last)s"),
    "count": lambda: _("%(of)s的个数"),
    "count-selected": lambda: _("%(of)s所选的个数"),
    "coalesce": lambda: _("%(first)s（未填时取%(last)s）"),
    "string-length": lambda: _("%(of)s的字数"),
    "sum": lambda: _("%(of)s之和"),
    "min": lambda: _("%(of)s中最小的"),
    "max": lambda: _("%(of)s中最大的"),
    "round": lambda: _("%(first)s四舍五入"),
}
