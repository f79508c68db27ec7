"""How answers and scores read, in the language of the moment; documents are made in Chinese."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dudao.instruments.definitions import Item, Words
from dudao.instruments.scores import Score


def said(words: Words) -> str:
    return words.in_language(get_language() or "zh")


def answer(item: Item, value: object) -> str:
    """An answer as a person reads it."""
    if value is None:
        return _("未填")
    if item.type == "yes_no":
        return {"yes": _("是"), "no": _("否"), "na": _("不适用")}.get(str(value), str(value))
    if item.type in ("single", "multiple"):
        labels = {choice.key: said(choice.label) for choice in item.choices}
        chosen = value if isinstance(value, list) else [value]
        return _("、").join(labels.get(str(key), str(key)) for key in chosen)
    if item.type in ("scale", "score"):
        return f"{_number(value)}/{_number(item.max)}{_end(item, value)}"
    if item.type in ("integer", "decimal"):
        return f"{_number(value)} {said(item.unit)}".strip()
    if item.type == "location" and isinstance(value, dict):
        return f"{value.get('lat')}, {value.get('lng')}"
    return str(value)


def score(held: Score) -> str:
    return _("%(percent)s%%（%(points)s/%(most)s 分）") % {
        "percent": _number(held.percent), "points": _number(round(held.points, 1)), "most": _number(held.most),
    }  # fmt: skip


def _end(item: Item, value: object) -> str:
    """What the step means, where it is one of the two ends."""
    if item.ends is None or value not in (1, item.max):
        return ""
    return _("（%(end)s）") % {"end": said(item.ends.low if value == 1 else item.ends.high)}


def _number(value: object) -> str:
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)
