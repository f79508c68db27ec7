"""An instrument as its page shows it before anything is filled in, in the language of the moment."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.instruments.definitions import EVIDENCE, Definition, Item, Section
from dudao.instruments.models import Version
from dudao.instruments.reading import said
from dudao.instruments.sentences import Speaker
from dudao.places.models import COMPULSORY, Kind

TYPE_LABELS = {
    "yes_no": gettext_lazy("是否题"),
    "single": gettext_lazy("单选题"),
    "multiple": gettext_lazy("多选题"),
    "integer": gettext_lazy("整数"),
    "decimal": gettext_lazy("小数"),
    "scale": gettext_lazy("量级题"),
    "score": gettext_lazy("评分题"),
    "date": gettext_lazy("日期"),
    "text": gettext_lazy("文字"),
    "photo": gettext_lazy("照片"),
    "signature": gettext_lazy("签字"),
    "location": gettext_lazy("定位"),
    "matrix": gettext_lazy("矩阵题"),
    "video": gettext_lazy("视频"),
    "audio": gettext_lazy("录音"),
    "file": gettext_lazy("文件"),
    "repeat": gettext_lazy("重复题组"),
}


class Row(NamedTuple):
    """One item: what it asks, which answers it takes, when it appears, what it rests on, what it raises."""

    label: str
    hint: str
    type_label: str
    is_required: bool
    options: list[str]
    is_short: bool
    mark: str
    range: str
    conditions: list[tuple[str, str]]
    basis: str
    rule: str
    findings: list[tuple[str, str]]


class Part(NamedTuple):
    title: str
    hint: str
    relevant: str
    rows: list[Row]


class Card(NamedTuple):
    """One line of the list of instruments."""

    version: Version
    title: str
    for_whom: str
    item_count: int


class Group(NamedTuple):
    title: str
    cards: list[Card]


def parts(definition: Definition) -> list[Part]:
    speaker = Speaker(definition)
    return [
        Part(
            _section_title(definition, section),
            said(section.hint),
            speaker.sentence(section.relevant) if section.relevant else "",
            [row for item in section.items for row in _rows(item, speaker)],
        )
        for section in definition.sections
    ]


def _section_title(definition: Definition, section: Section) -> str:
    """With the titles of those it belongs to before it, and how often it counts."""
    title = " › ".join(said(one.title) for one in reversed(definition.lineage(section)))
    return (
        title
        if section.weight == 1
        else _("%(title)s（权重 %(weight)s）") % {"title": title, "weight": section.weight}
    )


def _rows(item: Item, speaker: Speaker) -> list[Row]:
    """The item, and those asked in each entry of a repeat."""
    within = [_row(sub, speaker) for sub in item.items]
    return [_row(item, speaker), *(row._replace(label=f"{said(item.entry)} · {row.label}") for row in within)]


def groups(versions: Iterable[Version]) -> list[Group]:
    """The instruments under their headings, in the order in which they are offered."""
    return [
        Group(title or _("其他量表"), [_card(version) for version in members])
        for title, members in groupby(versions, key=lambda version: said(version.definition.group))
    ]


SCHOOLS = {*COMPULSORY, Kind.SENIOR, Kind.VOCATIONAL}


def for_whom(kinds: Iterable[str]) -> str:
    """Kinds of unit in words, whole families by their own; a kind not known here is left out, and none named means all."""
    named = set(kinds)
    if not named:
        return _("各类单位")
    family, label = (SCHOOLS, _("中小学校")) if named >= SCHOOLS else (set(COMPULSORY), _("义务教育学校"))
    held = named >= family
    labels = [label] if held else []
    labels += [str(kind.label) for kind in Kind if kind in named and not (held and kind in family)]
    return _("、").join(labels)


def _card(version: Version) -> Card:
    definition = version.definition
    return Card(
        version,
        said(definition.title),
        for_whom(definition.applies_to),
        sum(1 for _item in definition.items()),
    )


def _row(item: Item, speaker: Speaker) -> Row:
    return Row(
        label=said(item.label),
        hint=said(item.hint),
        type_label=str(TYPE_LABELS[item.type]),
        is_required=bool(item.required),
        options=_options(item),
        is_short=item.type in ("yes_no", "scale"),
        mark={"multiple": "☐", "matrix": "·"}.get(item.type, "○"),
        range=_range(item),
        conditions=_conditions(item, speaker),
        basis=said(item.basis.text) if item.basis else "",
        rule=item.basis.rule if item.basis else "",
        findings=[(rule.severity, said(rule.wording)) for rule in item.findings],
    )


def _options(item: Item) -> list[str]:
    if item.type == "yes_no":
        return [_("是"), _("否"), _("不适用")]
    if item.type == "scale":
        steps = [str(step) for step in range(1, int(item.max or 0) + 1)]
        ends = (said(item.ends.low), said(item.ends.high)) if item.ends else ("", "")
        return [f"{steps[0]} {ends[0]}".strip(), *steps[1:-1], f"{steps[-1]} {ends[1]}".strip()]
    labels = [said(choice.label) for choice in item.choices]
    if item.type == "matrix":
        return [f"{said(row.label)}{_('：')}{' / '.join(labels)}" for row in item.rows]
    return labels


def _range(item: Item) -> str:
    if item.type == "score":
        full = _("0 至 %(most)s 分") % {"most": item.max}
        full = full if item.weight == 1 else f"{full} × {item.weight}"
        return _("%(range)s，可选“不适用”") % {"range": full} if item.na else full
    if item.type in EVIDENCE and item.type != "photo":
        return _("至多 %(most)s 个") % {"most": item.photos.max}
    if item.type == "repeat":
        return f"{said(item.entry)} × {_bounds(item)}" if _bounds(item) else said(item.entry)
    if item.type not in ("integer", "decimal"):
        return ""
    return f"{_bounds(item)} {said(item.unit)}".strip()


def _bounds(item: Item) -> str:
    least, most = ("" if one is None else str(one) for one in (item.min, item.max))
    return _("%(least)s 至 %(most)s") % {"least": least, "most": most} if least and most else least or most


def _conditions(item: Item, speaker: Speaker) -> list[tuple[str, str]]:
    """The expressions of an item as sentences, each with what it decides."""
    named = (
        (_("仅当"), item.relevant),
        (_("必填条件"), item.required if isinstance(item.required, str) else ""),
        (_("答案须满足"), item.constraint),
        (_("系统建议"), item.suggested),
    )
    return [(name, speaker.sentence(text, item)) for name, text in named if text]
