"""What the value of a rule is made of: its kind, how it is said, and how it compares with the level above."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """How a value is typed."""

    DAYS = "days"  # {"days": 5, "unit": "working"}
    MINUTES = "minutes"  # {"minutes": 60}
    NUMBER = "number"  # 2
    MONTH_DAY = "month-day"  # {"starts": "09-01"}
    LIST = "list"  # ["SERIOUS"]: keys of severities


class Comparison(models.TextChoices):
    """A value beside the one of the level above."""

    STRICTER = "STRICTER", _("严于上级")
    LAXER = "LAXER", _("宽于上级")
    SAME = "SAME", _("与上级相同")
    OTHER = "OTHER", _("与上级不同")


MORE_IS_STRICTER = frozenset(
    {
        "visit.per_month",
        "visit.per_semester",
        "inspector.training_hours",
        "inspector.experience_years",
        "inspector.publicity_working_days",
        "finding.report.photos",
        "finding.lookback.share",
        "finding.lookback.raise",
        "field.pin",
    }
)
"""Lower bounds. Every other number is an upper bound: less is stricter."""

HOURS = frozenset({"notify.digest_hour", "notify.quiet_from"})
"""Numbers that are an hour of the day."""

FEWEST = {"field.pin": 4}
"""Numbers that are either none (0) or no fewer than this: a PIN of three digits is none."""


class Subject(NamedTuple):
    """What a group of rules is about, by the beginning of their keys."""

    prefix: str
    label: Any


SUBJECTS = (
    Subject("finding.", _("问题整改")),
    Subject("alarm.", _("重大隐患上报")),
    Subject("notify.", _("通知")),
    Subject("visit.", _("督导频次")),
    Subject("burden.", _("学校负担")),
    Subject("field.", _("督学手机端")),
    Subject("inspector.", _("督学")),
    Subject("zone.", _("责任区")),
    Subject("document.", _("文书")),
    Subject("homework.", _("作业时间")),
    Subject("term.", _("学年学期")),
)


OTHERS = Subject("", _("其他"))


def subject_of(key: str) -> Subject:
    """The first subject whose prefix fits; the last one fits everything."""
    return next(one for one in (*SUBJECTS, OTHERS) if key.startswith(one.prefix))


def in_order(key: str) -> tuple[int, str]:
    """Rules in the order of their subjects, then by key."""
    return (*SUBJECTS, OTHERS).index(subject_of(key)), key


def kind_of(value: Any) -> Kind:
    """The kind a value is of, by its shape."""
    if isinstance(value, list):
        return Kind.LIST
    if isinstance(value, dict):
        for mark, kind in (("unit", Kind.DAYS), ("minutes", Kind.MINUTES), ("starts", Kind.MONTH_DAY)):
            if mark in value:
                return kind
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Kind.NUMBER
    raise ValueError(f"no kind of rule has such a value: {value=}")


def said(value: Any, names: Mapping[str, str]) -> str:
    """A value in words. `names` are the words of the severities."""
    kind = kind_of(value)
    if kind is Kind.DAYS and value["unit"] == "working":
        return ngettext("%(n)s 个工作日", "%(n)s 个工作日", value["days"]) % {"n": value["days"]}
    if kind is Kind.DAYS:
        return ngettext("%(n)s 日", "%(n)s 日", value["days"]) % {"n": value["days"]}
    if kind is Kind.MINUTES:
        return ngettext("%(n)s 分钟", "%(n)s 分钟", value["minutes"]) % {"n": value["minutes"]}
    if kind is Kind.MONTH_DAY:
        month, day = value["starts"].split("-")
        return gettext("%(month)s 月 %(day)s 日") % {"month": int(month), "day": int(day)}
    if kind is Kind.LIST:
        return gettext("、").join(names.get(key, key) for key in value) or gettext("无")
    return f"{value:g}"


def compared(key: str, own: Any, above: Any) -> Comparison:
    """How `own` stands to the value of the level above."""
    kind = kind_of(own)
    if own == above:
        return Comparison.SAME
    if kind is Kind.DAYS:
        return _days(own, above)
    if kind is Kind.LIST:
        return _sets(set(own), set(above))
    if kind is Kind.MONTH_DAY:
        return Comparison.OTHER
    less = own["minutes"] < above["minutes"] if kind is Kind.MINUTES else own < above
    return Comparison.STRICTER if less != (key in MORE_IS_STRICTER) else Comparison.LAXER


def _days(own: Any, above: Any) -> Comparison:
    """Working days last at least as long as natural ones; beyond that, different units do not compare."""
    if own["unit"] == above["unit"]:
        return Comparison.STRICTER if own["days"] < above["days"] else Comparison.LAXER
    if own["unit"] == "natural" and own["days"] <= above["days"]:
        return Comparison.STRICTER
    if own["unit"] == "working" and own["days"] >= above["days"]:
        return Comparison.LAXER
    return Comparison.OTHER


def _sets(own: set[str], above: set[str]) -> Comparison:
    if own > above:
        return Comparison.STRICTER
    return Comparison.LAXER if own < above else Comparison.OTHER
