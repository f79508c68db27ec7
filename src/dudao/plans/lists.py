"""The items of a month's plan as a list."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.kernel import clock
from dudao.people.region_filter import RegionFilter
from dudao.plans.models import Answer, Invitation, PlanItem
from dudao.plans.queries import school_year_of
from dudao.ui.lists import Action, Choice, Column, Empty, Listing, Search, declare
from dudao.ui.lists.filters import Rows

STATES = {
    "open": _("待督导"),
    "late": _("已过计划日期"),
    "undated": _("未定日期"),
    "done": _("已督导"),
}


def _rows(user: Any) -> Rows:
    rows = PlanItem.objects.visible_to(user).with_visits()
    return rows.select_related("unit__region", "inspector")


def _prepare(rows: Sequence[Any]) -> None:
    """Each item with its state and who comes along."""
    asked: dict[Any, list[Invitation]] = {}
    for one in Invitation.objects.filter(item__in=rows).select_related("user").order_by("pk"):
        asked.setdefault(one.item_id, []).append(one)
    for item in rows:
        item.asked = [one for one in asked.get(item.pk, []) if one.answer != Answer.DECLINED]
        item.companions = _("、").join(one.user.name for one in item.asked)
        item.standing = standing(item)
        item.standing_words = STATES[item.standing]


def standing(item: Any) -> str:
    """Done, late, undated or open; `item.is_done` comes from `with_visits`."""
    if item.is_done:
        return "done"
    if item.planned_on is None:
        return "undated"
    return "late" if item.planned_on < clock.today() else "open"


def _in_state(rows: Rows, state: str) -> Rows:
    today = clock.today()
    narrowed = {
        "done": Q(is_done=True),
        "undated": Q(is_done=False, planned_on__isnull=True),
        "late": Q(is_done=False, planned_on__lt=today),
        "open": Q(is_done=False) & (Q(planned_on__gte=today) | Q(planned_on__isnull=True)),
    }
    return rows.filter(narrowed[state])


def months(user: Any) -> list[tuple[str, str]]:
    """This school year and the one before, the newest month first."""
    today = clock.today()
    year = school_year_of(today)
    before = [date(month.year - 1, month.month, 1) for month in year]
    return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in sorted({*year, *before}, reverse=True)]


def _of_month(rows: Rows, value: str) -> Rows:
    return rows.filter(month=date.fromisoformat(f"{value}-01"))


PLAN = declare(
    Listing(
        name="plan",
        title=_("督导计划"),
        url_name="plans:list",
        rows=_rows,
        prepare=_prepare,
        sort="planned",
        columns=(
            Column("month", _("月份"), lambda item: f"{item.month:%Y-%m}", sort="month", width=10, is_shown=False),
            Column("planned", _("计划日期"), "planned_on", "plans/_cells.html#planned", sort="planned_on", width=12, css="text-nowrap"),
            Column("unit", _("校名"), "unit.name", "plans/_cells.html#unit", sort="unit__name", width=28, css="unit"),
            Column("region", _("所属区县"), "unit.region.name", sort="unit__region__path", is_shown=False),
            Column("inspector", _("责任督学"), "inspector.name", sort="inspector__name"),
            Column("companions", _("同行督学"), "companions"),
            Column("state", _("状态"), "standing_words", "plans/_cells.html#state", width=10),
            Column("note", _("说明"), "note", is_shown=False, width=30),
            Column("by_hand", _("手工列入"), lambda item: _("是") if item.is_by_hand else "", is_shown=False, width=10),
        ),
        filters=(
            Search("q", _("学校或督学"),
                   ("unit__name__holds", "unit__initials__holds", "inspector__name__holds",
                    "inspector__initials__holds")),
            Choice("month", _("月份"), _("全部月份"), months, _of_month, initial=lambda: f"{clock.today():%Y-%m}"),
            Choice("state", _("状态"), _("全部状态"), lambda user: list(STATES.items()), _in_state),
            RegionFilter(capability="plan.view"),
        ),
        actions=(Action(_("定日期或改期"), "plans:days", "calendar-event", ("plan.manage", "visit.record")),),
        counted=lambda n: ngettext("共 %(n)s 项", "共 %(n)s 项", n) % {"n": n},
        empty=Empty("calendar-event", _("还没有督导计划"), _("督导办可按责任关系一键生成每月计划，督学再定日期。")),
        page_size=40,
    )
)  # fmt: skip
