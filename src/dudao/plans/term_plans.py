"""An inspector's plan for a term: opened with the months' items, written, submitted, confirmed or returned by the office."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dudao.inspectors.models import Inspector
from dudao.journal import services as journal
from dudao.journal.services import Happening
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, NotReady, StaleState
from dudao.kernel.text import clean
from dudao.people.models import Assignment, User
from dudao.people.reach import Reach
from dudao.places.models import Region
from dudao.plans import messages, services
from dudao.plans.access import KNOWN
from dudao.plans.models import PlanItem, TermPlan
from dudao.plans.periods import Stretch, coming_terms, of_term, term_name
from dudao.plans.spreading import spread, working_days
from dudao.plans.states import MOVES, WITH_INSPECTOR, State
from dudao.rules.queries import special_days
from dudao.rules.terms import SchoolTerm

DAYS_BEFORE = 21
"""So many days before a term begins, inspectors get its plan to write."""


@transaction.atomic
def open_plan(inspector: User, term: SchoolTerm, region: Region, *, by: User | None) -> TermPlan:
    """The inspector's plan of a term with an item per school and month; opened again, it only gains what has become due.

    Raises NotReady while the term has no published dates, Forbidden for others than the inspector and the office.
    """
    if by is not None and by != inspector and not Reach(by, "plan.manage").covers(region):
        raise Forbidden
    over = _published(term, region)
    plan, made = TermPlan.objects.get_or_create(
        inspector=inspector, year=term.year, term=term.term, defaults={"region": region}
    )
    services.draw_up_for(inspector, [part.first for part in over.months], by=by)
    if made:
        _tell("plan.term_open", plan, by=by)
        messages.tell_opened(plan)
    return plan


def open_all(region: Region, term: SchoolTerm, *, by: User) -> int:
    """A plan for everyone appointed by `region` who is responsible for a school. Returns how many had none yet; raises as
    `open_plan`."""
    if not Reach(by, "plan.manage").covers(region):
        raise Forbidden
    _published(term, region)
    before = TermPlan.objects.filter(year=term.year, term=term.term).count()
    for one in _serving(region):
        open_plan(one, term, region, by=by)
    return TermPlan.objects.filter(year=term.year, term=term.term).count() - before


def _published(term: SchoolTerm, region: Region) -> Stretch:
    over = of_term(term, region)
    if not over.is_set:
        raise NotReady(_("%(term)s 的校历还没有登记，不能编写学期计划。") % {"term": term_name(term)})
    return over


def without_plan(region: Region, term: SchoolTerm) -> list[User]:
    """Who is responsible for a school and has no plan of the term yet."""
    there = TermPlan.objects.filter(year=term.year, term=term.term).values_list("inspector_id", flat=True)
    return [one for one in _serving(region) if one.pk not in set(there)]


def open_coming() -> int:
    """Before a term begins, every inspector gets its plan. Run again, it changes nothing."""
    today, opened = clock.today(), 0
    for region in Region.objects.filter(
        inspectors__left_on__isnull=True, inspectors__isnull=False
    ).distinct():
        for span in coming_terms(region, today):
            if span.starts_on - timedelta(days=DAYS_BEFORE) <= today < span.starts_on:
                term = SchoolTerm(span.year, span.term)
                for one in without_plan(region, term):
                    open_plan(one, term, region, by=None)
                    opened += 1
    return opened


def _serving(region: Region) -> list[User]:
    appointed = Inspector.objects.filter(region=region, left_on__isnull=True).values("user_id")
    holding = Assignment.objects.in_force(clock.today()).filter(inspector__in=appointed)
    return list(User.objects.filter(pk__in=holding.values("inspector_id")).order_by("name", "pk"))


def items_of(plan: TermPlan) -> list[Any]:
    """The plan's items with `is_done`, by month and school."""
    months = [part.first for part in of_term(plan.school_term, plan.region).months]
    rows: Any = PlanItem.objects.filter(KNOWN, inspector=plan.inspector, month__in=months)
    return list(
        rows.with_visits().select_related("unit__region", "inspector").order_by("month", "unit__name", "pk")
    )


def proposal(plan: TermPlan, items: Collection[Any]) -> dict[UUID, date]:
    """Days for the items that have none, from today on, within the term: evenly over each month's working days."""
    special, today, over = special_days(), clock.today(), of_term(plan.school_term, plan.region)
    proposed: dict[UUID, date] = {}
    for part in over.months:
        here = [item for item in items if item.month == part.first and not item.is_done]
        open_ = [item for item in here if item.planned_on is None]
        days = working_days(max(part.starts_on, today), part.ends_on, special)
        taken = [item.planned_on for item in here if item.planned_on is not None]
        proposed |= {item.pk: on for item, on in zip(open_, spread(len(open_), days, taken), strict=False)}
    return proposed


@transaction.atomic
def keep(plan: TermPlan, *, focus: str, days: Mapping[UUID, date | None], seen: str, by: User) -> TermPlan:
    """Keep the focus and the days of items. Raises Forbidden for anyone but the inspector, StaleState once handed in,
    Invalid for a day outside its month."""
    if plan.inspector_id != by.pk:
        raise Forbidden
    focus, before = clean(focus), {"focus": plan.focus}
    rows = TermPlan.objects.filter(pk=plan.pk, state=seen)
    if seen not in WITH_INSPECTOR or not rows.update(focus=focus):
        raise StaleState(_("计划状态已变化，请刷新后再试。"), seen=seen)
    plan.refresh_from_db()
    if before["focus"] != focus:
        _tell("plan.term_keep", plan, by=by, before=before, after={"focus": focus})
    for item in items_of(plan):
        if item.pk in days and not item.is_done:
            services.plan_day(item, days[item.pk], note=item.note, by=by)
    return plan


@transaction.atomic
def move(plan: TermPlan, name: str, *, seen: str, by: User, reason: str = "") -> TermPlan:
    """Make one move of `states.MOVES`. Raises Forbidden, Invalid without a focus or a reason, NotReady while an item of a
    coming month has no day, StaleState if someone was faster."""
    step, now = MOVES[name], clock.now()
    if not (plan.inspector_id == by.pk if step.is_own else Reach(by, "plan.manage").covers(plan.region)):
        raise Forbidden
    changes: dict[str, Any] = {"decided_at": now, "decided_by": by, "reason": ""}
    if name == "submit":
        _check_complete(plan)
        changes = {"submitted_at": now, "decided_at": None, "decided_by": None, "reason": ""}
    if name == "return":
        changes["reason"] = clean(reason)
        if not changes["reason"]:
            raise Invalid(_("请写明退回原因。"), field="reason")
    rows = TermPlan.objects.filter(pk=plan.pk, state=seen)
    if seen not in step.sources or not rows.update(state=step.target, **changes):
        raise StaleState(_("计划状态已变化，请刷新后再试。"), move=name, seen=seen)
    plan.refresh_from_db()
    _tell(
        f"plan.term_{name}",
        plan,
        by=by,
        before={"state": seen},
        after={"state": plan.state},
        note=plan.reason,
    )
    messages.tell_moved(name, plan)
    return plan


def _check_complete(plan: TermPlan) -> None:
    if not plan.focus:
        raise Invalid(_("请先写一句本学期重点。"), field="focus")
    this = services.this_month()
    open_ = [
        item for item in items_of(plan) if item.planned_on is None and not item.is_done and item.month > this
    ]
    if open_:
        told = _("还有 %(n)d 项没有定日期，例如 %(unit)s %(month)s。")
        first = open_[0]
        raise NotReady(told % {"n": len(open_), "unit": first.unit.name, "month": f"{first.month:%Y-%m}"})


def confirm_many(plans: Collection[TermPlan], *, by: User) -> int:
    """Confirm those that wait for it; the others are left alone. Returns how many."""
    waiting = [plan for plan in plans if plan.state == State.SUBMITTED]
    with transaction.atomic():
        for plan in waiting:
            move(plan, "confirm", seen=State.SUBMITTED, by=by)
    return len(waiting)


@transaction.atomic
def remind(plans: Collection[TermPlan], *, by: User) -> int:
    """Remind those who have not handed in, each once a return or opening. Returns how many were reminded now."""
    reach, told = Reach(by, "plan.manage"), []
    for plan in plans:
        if not reach.covers(plan.region):
            raise Forbidden
        if plan.state in WITH_INSPECTOR and messages.tell_reminded(plan):
            told.append(plan)
    journal.record_many("plan.term_remind", [_happening(plan) for plan in told], by=by)
    return len(told)


def _tell(kind: str, plan: TermPlan, *, by: User | None, **what: Any) -> None:
    journal.record_many(kind, [_happening(plan)._replace(**what)], by=by)


def _happening(plan: TermPlan) -> Happening:
    return Happening(plan, f"{plan.inspector.name} {term_name(plan.school_term)}", plan.region.path)
