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


Number = int | float


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a definition. What says nothing is left out of its plain form, so that a field added to the language
    later leaves the names (hashes) of what is already published as they are."""


class Words(Part, frozen=True):
    """One text in both languages."""

    zh: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        return self.zh if language.startswith("zh") or not self.en else self.en


class Basis(Part, frozen=True):
    """The legal basis of an item: its text and the id of the rule in the rules library (for example HW-01)."""

    text: Words
    rule: str = ""


class Choice(Part, frozen=True):
    key: Key
    label: Words


class PhotoDemand(Part, frozen=True):
    """How many photos an item takes, and when at least one is demanded."""

    min: int = 0
    max: int = 9
    required_when: str = ""


class FindingRule(Part, frozen=True):
    """Which answer raises which finding."""

    key: Key
    when: str
    category: str
    severity: Literal["MINOR", "MAJOR", "SERIOUS", "CRITICAL"]
    wording: Words
    requirement: Words
    basis: Words


class Ends(Part, frozen=True):
    """What the lowest and the highest step of a scale mean."""

    low: Words
    high: Words


TYPES = (
    "yes_no", "single", "multiple", "integer", "decimal", "scale", "score", "date", "text", "photo", "signature",
    "location",
)  # fmt: skip


class Item(Part, frozen=True):
    """One question. `relevant`, `constraint`, `required` are expressions; empty means always, none, not.

    `suggested` is an expression for the answer that follows from the others; whoever answers otherwise gives a reason.
    A scale runs from 1 to `max`; a score from 0 to `max` and counts `weight` times.
    """

    key: Key
    type: Literal[TYPES]  # type: ignore[valid-type]
    label: Words
    hint: Words = Words()
    basis: Basis | None = None
    required: bool | str = False
    relevant: str = ""
    constraint: str = ""
    constraint_message: Words = Words()
    suggested: str = ""
    choices: list[Choice] = []
    ends: Ends | None = None
    unit: Words = Words()
    min: Number | None = None
    max: Number | None = None
    weight: Number = 1
    photos: PhotoDemand = PhotoDemand()
    findings: list[FindingRule] = []


class Section(Part, frozen=True):
    key: Key
    title: Words
    items: list[Item]
    hint: Words = Words()
    relevant: str = ""


class Definition(Part, frozen=True):
    """A whole instrument; published, it never changes and is named by its content hash.

    `applies_to` names kinds of unit, none means all; a kind this deployment does not know does no harm.
    Lists show instruments by `order`, under the heading `group`.
    """

    key: Key
    title: Words
    sections: list[Section]
    applies_to: list[str] = []
    group: Words = Words()
    order: int = 100

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
    """Raise BadDefinition for double keys, unknown references, impossible answers, or circles of relevance."""
    keys = [item.key for _section, item in definition.items()]
    double = {key for key in keys if keys.count(key) > 1}
    if double:
        raise BadDefinition(_("题目编号重复：%(keys)s") % {"keys": "、".join(sorted(double))})
    needs: dict[str, set[str]] = {}
    for section, item in definition.items():
        _check_answers(item)
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


MOST_STEPS = 10  # of a scale, as many as fit a phone's width


def _check_answers(item: Item) -> None:
    """Some answer must be possible, and only one reading of it."""
    keys = [choice.key for choice in item.choices]
    if item.type in ("single", "multiple") and (not keys or len(set(keys)) < len(keys)):
        raise BadDefinition(_("%(key)s：选择题要有选项，且选项编号不能重复") % {"key": item.key})
    if item.min is not None and item.max is not None and item.min > item.max:
        raise BadDefinition(_("%(key)s：最小值大于最大值") % {"key": item.key})
    if item.type == "scale" and (item.ends is None or item.max not in range(2, MOST_STEPS + 1)):
        raise BadDefinition(
            _("%(key)s：量级题要有 2 到 %(most)s 级，并说明两端的含义")
            % {"key": item.key, "most": MOST_STEPS}
        )
    if item.type == "score" and not (isinstance(item.max, int) and item.max > 0 and item.weight > 0):
        raise BadDefinition(_("%(key)s：评分题的满分和权重要大于零") % {"key": item.key})


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
    texts = [
        section.relevant, item.relevant, item.constraint, item.suggested, required, item.photos.required_when,
    ]  # fmt: skip
    return [text for text in texts + [rule.when for rule in item.findings] if text]


_EXPRESSIONS = re.compile(r"^(relevant|constraint|suggested|required|required_when|when)$")


def with_trees(definition: Definition) -> dict[str, Any]:
    """The definition as plain data, each expression text with its compiled tree beside it, for the phone."""
    compiled = _compile(msgspec.to_builtins(definition))
    assert isinstance(compiled, dict)
    return {"applies_to": []} | compiled


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
