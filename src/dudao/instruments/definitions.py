"""What an instrument is: sections of items, as closed types; docs/field-api.md §5."""

import hashlib
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple

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
    """How many photos an item takes, and when at least one is demanded; of a video, audio or file item, how many of
    those."""

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
    "location", "matrix", "video", "audio", "file", "repeat",
)  # fmt: skip
EVIDENCE = ("photo", "video", "audio", "file")  # answered by what was taken: the list of the hashes
WITHIN_REPEAT = ("yes_no", "single", "multiple", "integer", "decimal", "scale", "date", "text")


class Item(Part, frozen=True):
    """One question. `relevant`, `constraint`, `required` are expressions; empty means always, none, not.

    `suggested` is an expression for the answer that follows from the others; whoever answers otherwise gives a reason.
    A scale runs from 1 to `max`; a score from 0 to `max` and counts `weight` times, and with `na` it may be answered
    "na", with a reason, and then counts in nothing.
    A matrix asks each of its `rows` with the same `choices`; its answer is {row: choice}, and required means every row.
    A repeat asks its `items` once for each entry (a class, a room), from `min` to `max` times; `entry` names one entry.
    Its answer is [{sub-item: value}]. Within an entry `${sub}` is the entry's own value; outside, the list of all.
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
    rows: list[Choice] = []
    items: "list[Item]" = []
    entry: Words = Words()
    na: bool = False


class Section(Part, frozen=True):
    """Items under one heading. Sections stand flat, in reading order; `parent` names the earlier one this belongs to.

    What is irrelevant takes those below along; `weight` multiplies what is scored in it and below.
    """

    key: Key
    title: Words
    items: list[Item]
    hint: Words = Words()
    relevant: str = ""
    parent: str = ""
    weight: Number = 1


class Definition(Part, frozen=True):
    """A whole instrument; published, it never changes and is named by its content hash.

    `applies_to` names kinds of unit, none means all; a kind this deployment does not know does no harm.
    Lists show instruments by `order`, under the heading `group`.
    `paper` says as what working paper a filled sheet can be drafted besides the record of the visit; none if empty.
    """

    key: Key
    title: Words
    sections: list[Section]
    applies_to: list[str] = []
    group: Words = Words()
    order: int = 100
    paper: Literal["", "observation", "interview"] = ""

    @property
    def told_as(self) -> str:
        """`paper`; of the library's versions of before it, told by their key, for published versions never change."""
        before = {"class-observation": "observation", "interview": "interview"}
        return self.paper or next((paper for key, paper in before.items() if self.key.startswith(key)), "")

    def items(self) -> Iterator[tuple[Section, Item]]:
        """The items that stand by themselves; those of repeats are in their `items`."""
        return ((section, item) for section in self.sections for item in section.items)

    def every_item(self) -> Iterator[tuple[Section, Item, Item | None]]:
        """All items, those of repeats behind their repeat and with it."""
        for section, item in self.items():
            yield section, item, None
            yield from ((section, sub, item) for sub in item.items)

    def lineage(self, section: Section) -> list[Section]:
        """The section and those it belongs to, the nearest first."""
        line = [section]
        while parent := line[-1].parent:
            line.append(next(one for one in self.sections if one.key == parent))
        return line


class BadDefinition(Invalid):
    """The definition contradicts itself; the message says where."""

    code = "bad-definition"


_canonical = msgspec.json.Encoder(order="sorted")


def content_hash(definition: Definition) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(_canonical.encode(definition)).hexdigest()


class Flaw(NamedTuple):
    """One thing that keeps a definition from being used: the section and the item by their keys, the field, and why."""

    section: str
    item: str
    field: str
    text: str


def check(definition: Definition) -> None:
    """Raise BadDefinition for double keys, unknown references, impossible answers, or circles of relevance."""
    for flaw in flaws(definition):
        where = flaw.item or flaw.section
        raise BadDefinition(_("%(where)s：%(text)s") % {"where": where, "text": flaw.text})


def flaws(definition: Definition) -> Iterator[Flaw]:
    """Every contradiction in a definition, in reading order."""
    of_sections = list(_section_flaws(definition))
    yield from of_sections
    if any(flaw.field == "parent" for flaw in of_sections):
        return  # without a tree of sections nothing can be said of what depends on it
    keys = [item.key for _section, item, _repeat in definition.every_item()]
    is_readable = True
    for section, item, repeat in definition.every_item():
        found = [*_answer_flaws(item), *(_repeat_flaws(item) if repeat else ())]
        if keys.count(item.key) > 1:
            found.append(("key", _("题目编号重复")))
        for field, text in _expressions_at(item):
            why = _unreadable(text, keys)
            found += [(field, why)] if why else []
            is_readable = is_readable and not why
        yield from (Flaw(section.key, item.key, field, text) for field, text in found)
    if is_readable and not of_sections:
        yield from _circles(definition)


def gaps(definition: Definition) -> Iterator[Flaw]:
    """What is still to be written before people can fill it in: names, questions, the words of answers and problems."""
    if not definition.title.zh.strip():
        yield Flaw("", "", "title", _("请写明量表名称"))
    if not any(True for _item in definition.items()):
        yield Flaw("", "", "sections", _("还没有题目"))
    for section in definition.sections:
        if not section.title.zh.strip():
            yield Flaw(section.key, "", "title", _("请写明这一部分的标题"))
    for section, item, _repeat in definition.every_item():
        for field, words, text in _words_due(item):
            if not words.zh.strip():
                yield Flaw(section.key, item.key, field, text)


def _words_due(item: Item) -> Iterator[tuple[str, Words, str]]:
    yield "label", item.label, _("请写明题目")
    yield from (("choices", choice.label, _("有选项还没有文字")) for choice in item.choices)
    yield from (("rows", row.label, _("有的行还没有文字")) for row in item.rows)
    yield from (("findings", rule.wording, _("请写明问题表述")) for rule in item.findings)


def _section_flaws(definition: Definition) -> Iterator[Flaw]:
    before: set[str] = set()
    parents = {section.parent for section in definition.sections}
    keys = [item.key for _section, item, _repeat in definition.every_item()]
    for section in definition.sections:
        found = []
        if section.key in before:
            found.append(("key", _("部分编号重复")))
        if section.parent and section.parent not in before:
            found.append(("parent", _("上级部分要排在它之前")))
        if not section.items and section.key not in parents:
            found.append(("items", _("这一部分没有题目")))
        if section.weight <= 0:
            found.append(("weight", _("权重要大于零")))
        why = _unreadable(section.relevant, keys) if section.relevant else ""
        found += [("relevant", why)] if why else []
        before.add(section.key)
        yield from (Flaw(section.key, "", field, text) for field, text in found)


def _unreadable(text: str, keys: list[str]) -> str:
    """Why an expression cannot be used; empty where it can."""
    try:
        unknown = expressions.references(expressions.parse(text)) - set(keys)
    except expressions.BadExpression as error:
        return str(error.message)
    return _("引用了不存在的题目：%(refs)s") % {"refs": "、".join(sorted(unknown))} if unknown else ""


def _circles(definition: Definition) -> Iterator[Flaw]:
    homes = {item.key: section.key for section, item, _repeat in definition.every_item()}
    try:
        order(needs(definition))
    except BadDefinition as error:
        for key in error.details["items"]:
            yield Flaw(homes[key], key, "relevant", str(error.message))


MOST_STEPS = 10  # of a scale, as many as fit a phone's width


def _answer_flaws(item: Item) -> Iterator[tuple[str, str]]:
    """Some answer must be possible, and only one reading of it."""
    if item.type in ("single", "multiple", "matrix") and not _are_keyed(item.choices):
        yield "choices", _("选择题要有选项，且选项编号不能重复")
    if item.type == "matrix" and not _are_keyed(item.rows):
        yield "rows", _("矩阵题要有行，且行编号不能重复")
    if item.min is not None and item.max is not None and item.min > item.max:
        yield "max", _("最小值大于最大值")
    if item.type == "scale" and (item.ends is None or item.max not in range(2, MOST_STEPS + 1)):
        yield "max", _("量级题要有 2 到 %(most)s 级，并说明两端的含义") % {"most": MOST_STEPS}
    if item.type == "score" and not (isinstance(item.max, int) and item.max > 0 and item.weight > 0):
        yield "max", _("评分题的满分和权重要大于零")
    if item.na and item.type != "score":
        yield "na", _("只有评分题可以设“不适用”")
    if item.type == "repeat" and not (item.items and item.entry.zh):
        yield "items", _("重复题组要有小题，并写明每一组叫什么")
    if item.items and item.type != "repeat":
        yield "items", _("只有重复题组可以有小题")


def _are_keyed(choices: list[Choice]) -> bool:
    """At least one, and no key twice."""
    keys = {choice.key for choice in choices}
    return bool(keys) and len(keys) == len(choices)


def _repeat_flaws(item: Item) -> Iterator[tuple[str, str]]:
    """What proves or scores stands by itself: evidence and problems are named by one item, not by an entry."""
    if item.type not in WITHIN_REPEAT:
        yield "type", _("重复题组里不能有这种题")
    if item.findings:
        yield "findings", _("重复题组里的小题不能生成问题")


def needs(definition: Definition) -> dict[str, set[str]]:
    """For each item, those its relevance speaks of; an item of a repeat needs the repeat as well."""
    found = {}
    for section, item, repeat in definition.every_item():
        above = {repeat.key} if repeat else set()
        found[item.key] = above | _spoken_of(relevance(definition, section, item))
    return found


def order(needs: dict[str, set[str]]) -> list[str]:
    """Items so that each stands behind those its relevance speaks of. Raises BadDefinition on a circle."""
    done: list[str] = []
    waiting = dict(needs)
    while waiting:
        free = [key for key, before in waiting.items() if not before - set(done)]
        if not free:
            keys = sorted(waiting)
            raise BadDefinition(_("显示条件互相循环：%(keys)s") % {"keys": "、".join(keys)}, items=keys)
        done += free
        for key in free:
            del waiting[key]
    return done


def _spoken_of(texts: list[str]) -> set[str]:
    return set().union(*(expressions.references(expressions.parse(text)) for text in texts), set())


def relevance(definition: Definition, section: Section, item: Item) -> list[str]:
    """The expressions that all have to hold for the item to be asked: its own, its section's, and those above."""
    texts = [*(one.relevant for one in definition.lineage(section)), item.relevant]
    return [text for text in texts if text]


def expressions_of(definition: Definition) -> Iterator[tuple[Item | None, str]]:
    """Every expression, each with the item it stands at; None for a section's."""
    yield from ((None, section.relevant) for section in definition.sections if section.relevant)
    for _section, item, _repeat in definition.every_item():
        yield from ((item, text) for _field, text in _expressions_at(item))


def _expressions_at(item: Item) -> list[tuple[str, str]]:
    required = item.required if isinstance(item.required, str) else ""
    named = [
        ("relevant", item.relevant), ("constraint", item.constraint), ("suggested", item.suggested),
        ("required", required), ("photos", item.photos.required_when),
        *(("findings", rule.when) for rule in item.findings),
    ]  # fmt: skip
    return [(field, text) for field, text in named if text]


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
