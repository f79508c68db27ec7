"""Pages of term plans: the list of the office, and the plan an inspector writes."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from dudao.journal.queries import timeline
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError
from dudao.kernel.ids import is_uuid
from dudao.kernel.workdays import is_working
from dudao.people.guards import requires
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places.models import Region
from dudao.plans import term_plans
from dudao.plans.abouts import abouts
from dudao.plans.forms import ReturnForm, TermPlanForm
from dudao.plans.lists import standing
from dudao.plans.matrix_views import own_region
from dudao.plans.models import TermPlan
from dudao.plans.periods import Stretch, coming_terms, of_term, term_name
from dudao.plans.spreading import MOST_A_DAY
from dudao.plans.states import MOVES, WITH_INSPECTOR
from dudao.plans.term_lists import TERM_PLANS
from dudao.rules.models import Term
from dudao.rules.queries import special_days
from dudao.rules.terms import SchoolTerm
from dudao.ui.lists import respond

STEPS = {
    "plan.term_open": gettext_lazy("开列学期计划"),
    "plan.term_keep": gettext_lazy("写明学期重点"),
    "plan.term_submit": gettext_lazy("提交学期计划"),
    "plan.term_confirm": gettext_lazy("确认学期计划"),
    "plan.term_return": gettext_lazy("退回学期计划"),
    "plan.term_remind": gettext_lazy("催交学期计划"),
}


@require_GET
@requires("plan.view")
def index(request: SignedIn) -> HttpResponse:
    """Term plans; for the terms running or coming, who has none yet."""
    region = own_region(request.user)
    is_managed = region is not None and Reach(request.user, "plan.manage").covers(region)
    offered = []
    spans = coming_terms(region, clock.today()) if region else []
    for span in spans:
        term = SchoolTerm(span.year, span.term)
        if is_managed and region is not None:
            offered.append((term, term_name(term), len(term_plans.without_plan(region, term))))
        elif request.user.can("visit.record"):
            has_one = TermPlan.objects.visible_to(request.user).filter(
                inspector=request.user, year=term.year, term=term.term
            )
            offered.append((term, term_name(term), 0 if has_one.exists() else 1))
    context = {
        "region": region,
        "is_managed": is_managed,
        "offered": [one for one in offered if one[2]],
        "is_unset": not spans,
        "may_set_terms": request.user.can("rule.manage"),
    }
    return respond(request, TERM_PLANS, template="plans/terms.html", **context)


@require_POST
@requires("plan.manage", "visit.record")
def open_term(request: SignedIn, year: int, name: str) -> HttpResponse:
    """The office opens the plans of all its inspectors; an inspector her own."""
    region = own_region(request.user)
    if region is None or name not in Term.values or not 2000 <= year <= 2098:
        raise Http404
    term = SchoolTerm(year, Term(name))
    if Reach(request.user, "plan.manage").covers(region):
        count = term_plans.open_all(region, term, by=request.user)
        told = ngettext("已为 %(n)s 位督学开列学期计划。", "已为 %(n)s 位督学开列学期计划。", count)
        messages.success(request, told % {"n": count})
        return redirect("plans:terms")
    plan = term_plans.open_plan(request.user, term, region, by=request.user)
    return redirect("plans:term", plan.pk)


@require_GET
@requires("plan.view")
def show(request: SignedIn, pk: Any) -> HttpResponse:
    """One plan; `?spread=1` puts proposed days beside what has none, kept only when the form is saved."""
    plan = _plan(request, pk)
    return _page(request, plan, is_spread=request.GET.get("spread") == "1")


@require_POST
@requires("plan.view")
def keep(request: SignedIn, pk: Any) -> HttpResponse:
    """Keep focus and days; then, as the button says, stay, ask for a proposal, or hand in."""
    plan = _plan(request, pk)
    items = term_plans.items_of(plan)
    form = TermPlanForm(request.POST, items=items)
    if not form.is_valid():
        return _page(request, plan, form=form)
    seen, do = request.POST.get("seen", ""), request.POST.get("do", "")
    try:
        plan = term_plans.keep(
            plan, focus=form.cleaned_data["focus"], days=form.days(), seen=seen, by=request.user
        )
        _warn(request, items, form.days())
        if do == "submit":
            term_plans.move(plan, "submit", seen=seen, by=request.user)
    except DudaoError as error:
        if error.status != 422:
            raise
        form.add_error(error.details.get("field"), str(error.message))
        return _page(request, plan, form=form)
    messages.success(request, _("已提交，等待督导办确认。") if do == "submit" else _("已保存。"))
    address = reverse("plans:term", args=[pk])
    return redirect(f"{address}?spread=1#months" if do == "spread" else address)


def _warn(request: SignedIn, items: list[Any], days: dict[UUID, date | None]) -> None:
    """Days of rest, and more than two schools on a day, are allowed and said."""
    special = special_days()
    planned = sorted(on for on in days.values() if on is not None)
    rest = sorted({on for on in planned if not is_working(on, special)})
    crowded = sorted({on for on in planned if planned.count(on) > MOST_A_DAY})
    if rest:
        messages.warning(request, _("提醒：%(day)s 不是工作日。") % {"day": _("、").join(map(str, rest))})
    if crowded:
        told = _("提醒：%(day)s 一天安排了两所以上学校。")
        messages.warning(request, told % {"day": _("、").join(map(str, crowded))})


@require_POST
@requires("plan.manage")
def move(request: SignedIn, pk: Any, name: str) -> HttpResponse:
    """The office confirms a plan, or returns it with a reason."""
    plan = _plan(request, pk)
    if name not in MOVES or MOVES[name].is_own:
        raise Http404
    form = ReturnForm(request.POST)
    if name == "return" and not form.is_valid():
        return _page(request, plan, return_form=form)
    reason = form.cleaned_data["reason"] if name == "return" else ""
    term_plans.move(plan, name, seen=request.POST.get("seen", ""), by=request.user, reason=reason)
    messages.success(request, _("已确认。") if name == "confirm" else _("已退回。"))
    return redirect("plans:term", pk)


@require_POST
@requires("plan.manage")
def confirm_chosen(request: SignedIn) -> HttpResponse:
    """Confirm the chosen plans that wait for it."""
    count = term_plans.confirm_many(_chosen(request), by=request.user)
    told = ngettext("已确认 %(n)s 份计划。", "已确认 %(n)s 份计划。", count)
    messages.success(request, told % {"n": count}) if count else messages.warning(
        request, _("所选计划中没有待确认的。")
    )
    return redirect("plans:terms")


@require_POST
@requires("plan.manage")
def remind_chosen(request: SignedIn) -> HttpResponse:
    """Remind those of the chosen who have not handed in."""
    count = term_plans.remind(_chosen(request), by=request.user)
    told = ngettext("已提醒 %(n)s 位督学。", "已提醒 %(n)s 位督学。", count)
    messages.success(request, told % {"n": count}) if count else messages.warning(
        request, _("所选计划都已提交，或者已经提醒过。")
    )
    return redirect("plans:terms")


def _chosen(request: SignedIn) -> list[TermPlan]:
    keys = [key for key in request.POST.getlist("chosen") if is_uuid(key)]
    rows = TermPlan.objects.visible_to(request.user, "plan.manage").filter(pk__in=keys)
    return list(rows.select_related("inspector", "region"))


def _plan(request: SignedIn, pk: Any) -> TermPlan:
    rows = TermPlan.objects.visible_to(request.user).select_related("inspector", "region")
    found: TermPlan = get_object_or_404(rows, pk=pk)
    return found


def _page(
    request: SignedIn, plan: TermPlan, *, is_spread: bool = False, form: Any = None, return_form: Any = None
) -> HttpResponse:
    items, over = term_plans.items_of(plan), of_term(plan.school_term, plan.region)
    may_write = plan.inspector_id == request.user.pk and plan.state in WITH_INSPECTOR
    proposed = term_plans.proposal(plan, items) if is_spread and may_write else {}
    shown = form or TermPlanForm(items=items, proposed=proposed, initial={"focus": plan.focus})
    context = {
        "plan": plan,
        "term": term_name(plan.school_term),
        "over": over,
        "form": shown,
        "return_form": return_form or ReturnForm(),
        "may_write": may_write,
        "is_managed": Reach(request.user, "plan.manage").covers(plan.region),
        "proposed": len(proposed),
        "undated": sum(item.planned_on is None and not item.is_done for item in items),
        "months": _months(plan.region, over, items, shown, proposed),
        "steps": timeline(plan, STEPS),
    }
    return render(request, "plans/term.html", context, status=422 if form or return_form else 200)


def _months(region: Region, over: Stretch, items: list[Any], form: TermPlanForm, proposed: Any) -> list[Any]:
    """Each month's part of the term, what it is about, and its items: (item, look, field or None, whether proposed).
    Months that are over and had none are left out."""
    about = abouts(region, [part.first for part in over.months])
    return [
        (
            part,
            about.get(part.first),
            [
                (item, standing(item), form.field_of(item), item.pk in proposed)
                for item in items
                if item.month == part.first
            ],
        )
        for part in over.months
        if part.ends_on >= clock.today() or any(item.month == part.first for item in items)
    ]
