"""What one definition says otherwise than another: for two versions, and for two authors of one draft."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.instruments.definitions import Definition, Item, Section, Words
from dudao.instruments.reading import said

FIELDS = {
    "title": gettext_lazy("名称"), "group": gettext_lazy("分组"), "applies_to": gettext_lazy("适用单位"),
    "order": gettext_lazy("排序"), "paper": gettext_lazy("单独成文"), "hint": gettext_lazy("说明"), "relevant": gettext_lazy("显示条件"),
    "parent": gettext_lazy("上级部分"), "weight": gettext_lazy("权重"), "type": gettext_lazy("题型"),
    "label": gettext_lazy("题目"), "basis": gettext_lazy("依据"), "required": gettext_lazy("必填"),
    "constraint": gettext_lazy("答案须满足"), "constraint_message": gettext_lazy("不满足时的提示"),
    "suggested": gettext_lazy("系统建议"), "choices": gettext_lazy("选项"), "ends": gettext_lazy("两端含义"),
    "unit": gettext_lazy("计量单位"), "min": gettext_lazy("最小"), "max": gettext_lazy("最大"),
    "photos": gettext_lazy("佐证要求"), "findings": gettext_lazy("问题规则"), "rows": gettext_lazy("矩阵的行"),
    "items": gettext_lazy("子题"), "entry": gettext_lazy("每一项的名称"), "na": gettext_lazy("可不适用"),
    "key": gettext_lazy("编号"), "place": gettext_lazy("位置"),
}  # fmt: skip
"""The parts of sections and items, as authors call them."""


class Change(NamedTuple):
    """One difference. `kind` is ADDED, REMOVED, MOVED or CHANGED; `what` names the section or item, `field` the part of it."""

    kind: str
    what: str
    field: str
    before: str
    after: str


def changes(before: Definition, after: Definition) -> list[Change]:
    """What `after` says otherwise than `before`, in reading order; what was removed comes last."""
    found = list(_fields("", before, after, skip=("sections", "key")))
    old_sections = {section.key: section for section in before.sections}
    old = {item.key: (section, item) for section, item, _repeat in before.every_item()}
    for section in after.sections:
        found += _section(old_sections.get(section.key), section)
        for item in _every(section):
            found += _item(old.get(item.key), section, item)
    found += _moved(before, after)
    kept_sections = {section.key for section in after.sections}
    kept = {item.key for _section, item, _repeat in after.every_item()}
    found += [
        Change("REMOVED", said(one.title), "", "", "")
        for key, one in old_sections.items()
        if key not in kept_sections
    ]
    found += [
        Change("REMOVED", said(item.label), "", "", "") for key, (_s, item) in old.items() if key not in kept
    ]
    return found


def _every(section: Section) -> Iterator[Item]:
    for item in section.items:
        yield item
        yield from item.items


def _section(before: Section | None, after: Section) -> list[Change]:
    if before is None:
        return [Change("ADDED", said(after.title), "", "", "")]
    return list(_fields(said(after.title), before, after, skip=("items", "key")))


def _item(before: tuple[Section, Item] | None, section: Section, after: Item) -> list[Change]:
    if before is None:
        return [Change("ADDED", said(after.label), "", "", said(section.title))]
    home, item = before
    found = list(_fields(said(after.label), item, after, skip=("items", "key")))
    if home.key != section.key:
        found.append(
            Change("MOVED", said(after.label), str(FIELDS["place"]), said(home.title), said(section.title))
        )
    return found


def _moved(before: Definition, after: Definition) -> list[Change]:
    """The items that changed places within their section: the fewest whose moving explains the new order."""
    found = []
    old = {section.key: [item.key for item in section.items] for section in before.sections}
    for section in after.sections:
        places = {key: place for place, key in enumerate(old.get(section.key, []))}
        stayed = [item for item in section.items if item.key in places]
        kept = _longest_rising([places[item.key] for item in stayed])
        found += [
            Change("MOVED", said(item.label), str(FIELDS["place"]), "", "")
            for item in stayed
            if places[item.key] not in kept
        ]
    return found


def _longest_rising(numbers: list[int]) -> set[int]:
    """The longest rising row within `numbers`, which are all different."""
    best: list[tuple[int, list[int]]] = [(0, [])]
    for number in numbers:
        length, row = max((held for held in best if held[0] == 0 or held[1][-1] < number), key=itemgetter(0))
        best.append((length + 1, [*row, number]))
    return set(max(best, key=itemgetter(0))[1])


def _fields(what: str, before: Any, after: Any, *, skip: tuple[str, ...]) -> Iterator[Change]:
    for name in before.__struct_fields__:
        if name in skip:
            continue
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change("CHANGED", what, str(FIELDS.get(name, name)), shown(old), shown(new))


def shown(value: Any) -> str:
    """A part of a definition on one line."""
    if isinstance(value, Words):
        return " / ".join(filter(None, [value.zh, value.en]))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list | tuple):
        return "；".join(shown(one) for one in value)
    if isinstance(value, msgspec.Struct):
        parts = (shown(getattr(value, name)) for name in value.__struct_fields__ if name != "key")
        return " · ".join(part for part in parts if part)
    return "" if value is None else str(value)
