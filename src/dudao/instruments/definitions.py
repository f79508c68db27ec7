"""What an instrument is: sections of items, as closed types; docs/field-api.md §5."""

import hashlib
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from django.utils.translation import gettext as _

from dudao.instruments import expressions
from dudao.kernel.errors import Invalid

Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in both languages."""

    zh: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        return self.zh if language.startswith("zh") or not self.en else self.en


class Basis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The legal basis of an item: its text and the id of the rule in the rules library (for example HW-01)."""

    text: Words
    rule: str = ""


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: Key
    label: Words


class PhotoDemand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many photos an item takes, and when at least one is demanded."""

    min: int = 0
    max: int = 9
    required_when: str = ""


class FindingRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which answer raises which finding."""

    key: Key
    when: str
    category: str
    severity: Literal["MINOR", "MAJOR", "SERIOUS", "CRITICAL"]
    wording: Words
    requirement: Words
    basis: Words


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question. `relevant`, `constraint`, `required` are expressions; empty means always, none, not."""

    key: Key
    type: Literal["yes_no", "single", "integer", "text", "photo", "signature", "location"]
    label: Words
    hint: Words = Words()
    basis: Basis | None = None
    required: bool | str = False
    relevant: str = ""
    constraint: str = ""
    constraint_message: Words = Words()
    choices: list[Choice] = []
    unit: Words = Words()
    min: int | None = None
    max: int | None = None
    photos: PhotoDemand = PhotoDemand()
    findings: list[FindingRule] = []


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: Key
    title: Words
    items: list[Item]
    hint: Words = Words()
    relevant: str = ""


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole instrument; published, it never changes and is named by its content hash."""

    key: Key
    title: Words
    sections: list[Section]
    applies_to: list[str] = []

    def items(self) -> Iterator[tuple[Section, Item]]:
        return ((section, item) for section in self.sections for item in section.items)


class BadDefinition(Invalid):
    """The definition contradicts itself; the message says where."""

    code = "bad-definition"


_canonical = msgspec.json.Encoder(order="sorted")


def content_hash(definition: Definition) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(_canonical.encode(definition)).hexdigest()


def check(definition: Definition) -> None:
    """Raise BadDefinition for double keys, unknown references, choices missing, or circles of relevance."""
    keys = [item.key for _section, item in definition.items()]
    double = {key for key in keys if keys.count(key) > 1}
    if double:
        raise BadDefinition(_("题目编号重复：%(keys)s") % {"keys": "、".join(sorted(double))})
    needs: dict[str, set[str]] = {}
    for section, item in definition.items():
        if item.type == "single" and not item.choices:
            raise BadDefinition(_("单选题缺少选项：%(key)s") % {"key": item.key})
        trees = [expressions.parse(text) for text in _texts(section, item)]
        spoken = set().union(*map(expressions.references, trees), set())
        if spoken - set(keys):
            raise BadDefinition(
                _("%(key)s 引用了不存在的题目：%(refs)s")
                % {"key": item.key, "refs": "、".join(sorted(spoken - set(keys)))}
            )
        relevance = [text for text in (section.relevant, item.relevant) if text]
        needs[item.key] = set().union(
            *(expressions.references(expressions.parse(t)) for t in relevance), set()
        )
    order(needs)


def order(needs: dict[str, set[str]]) -> list[str]:
    """Items so that each stands behind those its relevance speaks of. Raises BadDefinition on a circle."""
    done: list[str] = []
    waiting = dict(needs)
    while waiting:
        free = [key for key, before in waiting.items() if not before - set(done)]
        if not free:
            raise BadDefinition(_("显示条件互相循环：%(keys)s") % {"keys": "、".join(sorted(waiting))})
        done += free
        for key in free:
            del waiting[key]
    return done


def _texts(section: Section, item: Item) -> list[str]:
    required = item.required if isinstance(item.required, str) else ""
    texts = [section.relevant, item.relevant, item.constraint, required, item.photos.required_when]
    return [text for text in texts + [rule.when for rule in item.findings] if text]


_EXPRESSIONS = re.compile(r"^(relevant|constraint|required|required_when|when)$")


def with_trees(definition: Definition) -> dict[str, Any]:
    """The definition as plain data, each expression text with its compiled tree beside it, for the phone."""
    compiled = _compile(msgspec.to_builtins(definition))
    assert isinstance(compiled, dict)
    return compiled


def _compile(node: Any) -> Any:
    if isinstance(node, list):
        return [_compile(part) for part in node]
    if not isinstance(node, dict):
        return node
    result = {key: _compile(part) for key, part in node.items()}
    for key, value in node.items():
        if _EXPRESSIONS.match(key) and isinstance(value, str) and value:
            result[f"{key}_tree"] = expressions.parse(value)
    return result
