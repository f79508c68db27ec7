"""Expressions of XLSForm in our language: names of questions and choices become keys, and what has no equal is named."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from dudao.instruments import expressions
from dudao.instruments.exchange.columns import unparsed
from dudao.instruments.expressions import ARITY, Tree

SMART = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\n": " ", "\t": " "})
YES = {
    "yes": True,
    "true": True,
    "true()": True,
    "1": True,
    "no": False,
    "false": False,
    "false()": False,
    "0": False,
}
"""How a cell says always or never, in any letters."""
_REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_CALL = re.compile(r"([A-Za-z][\w:.-]*)\s*\(")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_KNOWN = {*ARITY, "not", "true", "false", "and", "or", "div", "mod"}
_COMPARE = ("=", "!=", "<", ">", "<=", ">=")


class Asked(NamedTuple):
    """What an expression may meet in a question: its key, its type, and the keys of its choices by their names."""

    key: str
    type: str
    choices: Mapping[str, str]


class NotSupported(Exception):
    """The expression says what ours cannot: `what` by its name, `why` in words where there is more to say."""

    def __init__(self, what: str, why: str = "", right: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.right = what, why, right


def constant(text: str) -> bool | None:
    """True or False for a cell that says always or never, else None."""
    return YES.get(text.strip().lower())


def translated(text: str, asked: Mapping[str, Asked], own: Asked | None, *, is_ours: bool) -> str:
    """`text` as one of our expressions. Raises NotSupported. One we wrote ourselves stays as it is."""
    plain = text.translate(SMART) if not is_ours else text
    bare = _QUOTED.sub("''", plain)
    for name in _CALL.findall(bare):
        if name not in _KNOWN:
            raise NotSupported(f"{name}()")
    for name in _REFERENCE.findall(bare):
        if name not in asked:
            raise NotSupported(f"${{{name}}}", _("引用的不是已导入的题目"))
    if re.search(r"[/\[\]|@]|\.\.", _REFERENCE.sub("x", bare)):
        raise NotSupported("XPath", _("用了 XPath 路径"))
    renamed = _outside_quotes(plain, lambda part: _REFERENCE.sub(lambda m: f"${{{asked[m[1]].key}}}", part))
    try:
        tree = expressions.parse(renamed)
    except expressions.BadExpression as error:
        raise NotSupported(text, *unparsed(renamed, error)) from None
    if is_ours:
        return renamed
    changed = _Renamer({one.key: one for one in asked.values()}, own).tree(tree)
    return renamed if changed == tree else written(changed)


def _outside_quotes(text: str, change: Any) -> str:
    """`text` with `change` made to all but its quoted parts."""
    result, at = [], 0
    for quoted in _QUOTED.finditer(text):
        result += [change(text[at : quoted.start()]), quoted[0]]
        at = quoted.end()
    return "".join([*result, change(text[at:])])


class _Renamer:
    """Names of choices become their keys; what compares otherwise here than in XForms is refused."""

    def __init__(self, asked: Mapping[str, Asked], own: Asked | None) -> None:
        self._asked, self._own = asked, own

    def tree(self, tree: Tree) -> Tree:
        name = tree[0]
        if name in ("lit", "ref", "self"):
            return tree
        if name == "call":
            return self._call(tree)
        if name in _COMPARE:
            return self._compared(tree)
        for part in tree[1:]:
            if name not in ("and", "or", "not"):
                self._refuse_names(part)
        return [name, *map(self.tree, tree[1:])]

    def _call(self, tree: Tree) -> Tree:
        name, arguments = tree[1], tree[2:]
        if name == "selected":
            item = self._item(arguments[0])
            return ["call", name, self.tree(arguments[0]), self._named(arguments[1], item)]
        if name == "count" and (item := self._item(arguments[0])) and item.type == "multiple":
            raise NotSupported("count()", _("对多选题请用 count-selected()"))
        if name not in ("count", "count-selected", "if", "coalesce"):
            for part in arguments:
                self._refuse_names(part)
        return ["call", name, *map(self.tree, arguments)]

    def _compared(self, tree: Tree) -> Tree:
        name, left, right = tree
        sides = [(left, self._item(right)), (right, self._item(left))]
        for other, item in sides:
            if item and item.type == "multiple" and other != ["lit", ""]:
                raise NotSupported(f"{name} select_multiple", _("多选题请用 selected() 比较"))
            if item and name not in ("=", "!="):
                self._refuse_names([right, left][other is right])
        left, right = (self._named(other, item) if item else self.tree(other) for other, item in sides)
        return [name, left, right]

    def _named(self, tree: Tree, item: Asked | None) -> Tree:
        """A literal that names a choice, as its key."""
        if item is None or tree[0] != "lit":
            return self.tree(tree)
        said = str(tree[1])
        return ["lit", item.choices.get(said, tree[1])]

    def _item(self, tree: Tree) -> Asked | None:
        if tree[0] == "self":
            return self._own
        return self._asked.get(tree[1]) if tree[0] == "ref" else None

    def _refuse_names(self, tree: Tree) -> None:
        """Names of choices that are numbers are numbers no more."""
        item = self._item(tree)
        if item and any(name != key for name, key in item.choices.items()):
            raise NotSupported("select", _("不能用选项的数字计算或比较大小"))


_LEVELS = {"or": 1, "and": 2, **dict.fromkeys(_COMPARE, 3), "+": 4, "-": 4, "*": 5, "div": 5, "mod": 5}


def written(tree: Tree, level: int = 0) -> str:
    """A tree as text that parses to it again."""
    name = tree[0]
    if name == "lit":
        return _literal(tree[1])
    if name == "ref":
        return f"${{{tree[1]}}}"
    if name == "self":
        return "."
    if name == "neg":
        return f"-{written(tree[1], 9)}"
    if name == "not":
        return f"not({written(tree[1])})"
    if name == "call":
        return f"{tree[1]}({', '.join(map(written, tree[2:]))})"
    own = _LEVELS[name]
    text = f"{written(tree[1], own)} {name} {written(tree[2], own + 1)}"
    return f"({text})" if own < level else text


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true()" if value else "false()"
    if isinstance(value, str):
        return f'"{value}"' if "'" in value else f"'{value}'"
    return f"{value:.20f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
