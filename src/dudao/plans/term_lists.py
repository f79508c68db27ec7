"""The term plans of inspectors as a list: who has handed in, who has not."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.kernel import clock
from dudao.people.region_filter import RegionFilter
from dudao.plans.access import KNOWN
from dudao.plans.models import PlanItem, TermPlan
from dudao.plans.periods import Stretch, of_term, term_name
from dudao.plans.states import State
from dudao.rules.models import Term
from dudao.rules.terms import SchoolTerm
from dudao.ui.lists import Action, Choice, Column, Empty, Listing, Search, declare
from dudao.ui.lists.filters import Rows


def _rows(user: Any) -> Rows:
    return TermPlan.objects.visible_to(user).select_related("inspector", "region")


def _prepare(rows: Sequence[Any]) -> None:
    """Each plan with the name of its term, and how many of its items have a day."""
    over: dict[tuple[int, SchoolTerm], Stretch] = {}
    for plan in rows:
        key = (plan.region_id, plan.school_term)
        over[key] = over.get(key) or of_term(plan.school_term, plan.region)
    items = PlanItem.objects.filter(KNOWN, inspector__in=[plan.inspector_id for plan in rows])
    found = list(items.values_list("inspector_id", "month", "planned_on"))
    for plan in rows:
        months = {part.first for part in over[plan.region_id, plan.school_term].months}
        mine = [planned for who, month, planned in found if who == plan.inspector_id and month in months]
        plan.term_name = term_name(plan.school_term)
        plan.items, plan.dated = len(mine), sum(on is not None for on in mine)
        plan.progress = f"{plan.dated} / {plan.items}"


def _terms(user: Any) -> list[tuple[str, str]]:
    """The terms of this school year, the one before and the next, the newest first."""
    today = clock.today()
    years = range(today.year + 1, today.year - 3, -1)
    names = [SchoolTerm(year, term) for year in years for term in (Term.SPRING, Term.AUTUMN)]
    return [(f"{one.year}-{one.term}", term_name(one)) for one in names]


def _of_term(rows: Rows, value: str) -> Rows:
    year, term = value.split("-")
    return rows.filter(year=int(year), term=term)


def _in_state(rows: Rows, state: str) -> Rows:
    return rows.filter(Q(state__in=[State.DRAFT, State.RETURNED]) if state == "open" else Q(state=state))


TERM_PLANS = declare(
    Listing(
        name="term-plans",
        title=_("学期计划"),
        url_name="plans:terms",
        rows=_rows,
        prepare=_prepare,
        sort="-term",
        columns=(
            Column("inspector", _("责任督学"), "inspector.name", "plans/_cells.html#inspector", sort="inspector__name", css="unit"),
            Column("region", _("聘任机构"), "region.name", sort="region__path"),
            Column("term", _("学期"), "term_name", sort="year", width=28),
            Column("state", _("状态"), "get_state_display", "plans/_cells.html#term_state", sort="state", width=12),
            Column("dated", _("已定日期/全部"), "progress", width=14),
            Column("focus", _("本学期重点"), "focus", width=40, css="wording"),
            Column("submitted", _("提交时间"), "submitted_at", sort="submitted_at", css="text-nowrap"),
            Column("reason", _("退回原因"), "reason", width=30, is_shown=False),
        ),
        filters=(
            Search("q", _("督学"), ("inspector__name__holds", "inspector__initials__holds", "focus__holds")),
            Choice("term", _("学期"), _("全部学期"), _terms, _of_term),
            Choice("state", _("状态"), _("全部状态"), lambda user: [("open", _("未提交")), *State.choices], _in_state),
            RegionFilter(capability="plan.view", at="region"),
        ),
        actions=(
            Action(_("确认所选计划"), "plans:terms-confirm", "checks", ("plan.manage",)),
            Action(_("催交"), "plans:terms-remind", "bell", ("plan.manage",)),
        ),
        counted=lambda n: ngettext("共 %(n)s 份计划", "共 %(n)s 份计划", n) % {"n": n},
        empty=Empty("calendar-event", _("还没有学期计划"), _("开学前三周自动开列；也可以现在开列本学期的计划，由督学定日期、写重点后提交。")),
        page_size=40,
    )
)  # fmt: skip
