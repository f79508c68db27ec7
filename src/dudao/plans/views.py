"""Pages of plans: the year's months, a month's items, one item with its companions."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.kernel.errors import Invalid, StaleState
from dudao.kernel.ids import is_uuid
from dudao.people.access import unit_scope
from dudao.people.guards import requires
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places.models import Region, Unit
from dudao.plans import matrix_views, services
from dudao.plans.abouts import abouts
from dudao.plans.forms import AddForm, DayForm, DaysForm, InviteForm, MonthForm
from dudao.plans.lists import PLAN, STATES, standing
from dudao.plans.models import Answer, Invitation, PlanItem
from dudao.plans.queries import plans_for, school_year_of, visits_of, who_may_be_sent
from dudao.rules.queries import special_days
from dudao.ui.lists import respond


@require_GET
@requires("plan.view")
def index(request: SignedIn) -> HttpResponse:
    """The items of plans, this month's unless the address asks for others; with `?period=` the matrix of a period."""
    if "period" in request.GET:
        return matrix_views.show(request)
    region = matrix_views.own_region(request.user)
    asked = _month(request.GET.get("month", f"{services.this_month():%Y-%m}"))
    context = {
        "region": region,
        "month": asked,
        "about": abouts(region, [asked]).get(asked) if region and asked else None,
        "may_add": request.user.can("plan.manage") or request.user.can("visit.record"),
        "has_year": region is not None and Reach(request.user, "plan.view").covers(region),
        "is_managed": region is not None and Reach(request.user, "plan.manage").covers(region),
    }
    return respond(request, PLAN, template="plans/list.html", **context)


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


@require_POST
@requires("plan.manage")
def draw_up(request: SignedIn, code: str, month: str) -> HttpResponse:
    """An item for every school that is due."""
    region, first = _region(request, code), _month(month)
    if first is None:
        raise Http404
    count = services.draw_up(region, first, by=request.user)
    told = (
        ngettext("已生成 %(n)s 项计划。", "已生成 %(n)s 项计划。", count)
        if count
        else _("计划已经齐全，没有新增。")
    )
    messages.success(request, told % {"n": count} if count else told)
    return redirect(f"/plans/?month={month}")


@require_GET
@requires("plan.view")
def year(request: SignedIn, code: str) -> HttpResponse:
    """The twelve months of a school year: what each is about, and who has said so."""
    reach = Reach(request.user, "plan.view")
    region = next((one for one in reach.regions if one.code == code), None)
    if region is None:
        raise Http404
    on = _month(request.GET.get("month", "")) or services.this_month()
    months = school_year_of(on)
    about = abouts(region, months)
    context = {
        "region": region,
        "regions": reach.regions if len(reach.regions) <= 40 else [],
        "months": [(month, about.get(month)) for month in months],
        "this": services.this_month(),
        "before": f"{months[0].year - 1}-09",
        "next": f"{months[0].year + 1}-09",
        "is_managed": Reach(request.user, "plan.manage").covers(region),
    }
    return render(request, "plans/year.html", context)


@require_http_methods(["GET", "POST"])
@requires("plan.manage")
def month(request: SignedIn, code: str, month: str) -> HttpResponse:
    """Say what a month is about."""
    region, first = _region(request, code), _month(month)
    if first is None:
        raise Http404
    plan = plans_for(region, [first]).get(first)
    initial = (
        {"themes": plan.themes, "instruments": plan.instruments, "subject": plan.subject} if plan else {}
    )
    form = MonthForm(request.POST or None, region=region, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.set_month(region, first, by=request.user, **form.cleaned_data)
        messages.success(request, _("已保存。"))
        return redirect("plans:year", code)
    context = {"form": form, "region": region, "month": first, "plan": plan}
    return render(request, "plans/month.html", context, status=422 if form.errors else 200)


@require_GET
@requires("plan.view")
def item(request: SignedIn, pk: Any) -> HttpResponse:
    return _page(request, _item(request, pk))


@require_POST
@requires("plan.view")
def plan_day(request: SignedIn, pk: Any) -> HttpResponse:
    """Set the day of an item."""
    one = _item(request, pk)
    form = DayForm(request.POST)
    if form.is_valid():
        try:
            services.plan_day(
                one, form.cleaned_data["planned_on"], note=form.cleaned_data["note"], by=request.user
            )
        except Invalid as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已保存。"))
            _warn_of_day(request, [one], form.cleaned_data["planned_on"])
            return redirect("plans:item", pk)
    return _page(request, one, day_form=form)


def _warn_of_day(request: SignedIn, items: Sequence[PlanItem], on: date | None) -> None:
    """A day of rest, and several schools for one inspector on one day, are told; whether that can be is hers to say."""
    if on is None:
        return
    if not special_days().get(on, on.weekday() < 5):
        messages.warning(request, _("提醒：%(day)s 不是工作日。") % {"day": on})
    seen = PlanItem.objects.visible_to(request.user)
    that_day = seen.filter(planned_on=on, inspector__in={item.inspector_id for item in items})
    for name, count in Counter(that_day.values_list("inspector__name", flat=True)).items():
        if count > 1:
            told = {"name": name, "day": on, "n": count}
            messages.warning(request, _("提醒：%(name)s %(day)s 共安排了 %(n)s 所学校。") % told)


@require_POST
@requires("plan.manage", "visit.record")
def days(request: SignedIn) -> HttpResponse:
    """One day for the chosen items: first asked for, then set."""
    items = _chosen(request)
    if not items:
        messages.warning(request, _("请先勾选未完成的项目。"))
        return redirect("plans:list")
    is_asked = "planned_on" not in request.POST
    initial = {"chosen": [str(item.pk) for item in items], "planned_on": _common_day(items)}
    form = DaysForm(None if is_asked else request.POST, items=items, initial=initial)
    if form.is_valid():
        on = form.cleaned_data["planned_on"]
        try:
            count = services.plan_many(items, on, by=request.user)
        except Invalid as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            told = ngettext("已把 %(n)s 项定在 %(on)s。", "已把 %(n)s 项定在 %(on)s。", count)
            messages.success(request, told % {"n": count, "on": on})
            _warn_of_day(request, items, on)
            return redirect(f"/plans/?month={on:%Y-%m}")
    heading = ngettext("给 %(n)s 项定日期", "给 %(n)s 项定日期", len(items)) % {"n": len(items)}
    context = {"form": form, "heading": heading, "button": _("保存"), "items": items}
    return render(request, "plans/days.html", context, status=422 if form.errors else 200)


def _chosen(request: SignedIn) -> list[Any]:
    """The chosen items that are not done yet."""
    keys = [key for key in request.POST.getlist("chosen") if is_uuid(key)]
    rows: Any = PlanItem.objects.visible_to(request.user).filter(pk__in=keys)
    return list(rows.with_visits().filter(is_done=False).select_related("unit__region", "inspector"))


def _common_day(items: list[Any]) -> date | None:
    found = {item.planned_on for item in items}
    return found.pop() if len(found) == 1 else None


@require_http_methods(["GET", "POST"])
@requires("plan.manage", "visit.record")
def add(request: SignedIn) -> HttpResponse:
    """Put a unit into the plan by hand; `?unit=` (its code) and `?month=` fill the form."""
    user = request.user
    reach = unit_scope(user, "plan.view", unit="")
    units = list(Unit.objects.filter(reach, is_open=True).select_related("region").order_by("name", "pk"))
    people = who_may_be_sent(Reach(user, "plan.manage").regions) if user.can("plan.manage") else None
    asked = request.GET.get("unit", "")
    initial = {
        "unit": next((unit.name for unit in units if unit.code == asked), ""),
        "month": request.GET.get("month", f"{services.this_month():%Y-%m}"),
    }
    form = AddForm(request.POST or None, units=units, inspectors=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            item = services.add(
                data["unit"], data.get("person") or user, data["month"], planned_on=data["planned_on"],
                note=data["note"], by=user, unannounced=data["unannounced"],
            )  # fmt: skip
        except Invalid as error:
            field = error.details.get("field")
            form.add_error(field if field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("已列入计划：%(unit)s。") % {"unit": item.unit.name})
            return redirect("plans:item", item.pk)
    context = {"form": form, "heading": _("列入一项督导"), "button": _("列入计划"), "units": units}
    return render(request, "plans/add.html", context, status=422 if form.errors else 200)


@require_POST
@requires("plan.view")
def invite(request: SignedIn, pk: Any) -> HttpResponse:
    """Ask a colleague along."""
    one = _item(request, pk)
    form = InviteForm(request.POST, item=one)
    if form.is_valid():
        services.invite(one, form.people[form.cleaned_data["user"]], by=request.user)
        messages.success(request, _("已发出邀请。"))
        return redirect("plans:item", pk)
    return _page(request, one, invite_form=form)


@require_POST
@requires("plan.view")
def answer(request: SignedIn, pk: Any) -> HttpResponse:
    """Accept or decline."""
    one = _item(request, pk)
    invitation = get_object_or_404(
        Invitation.objects.select_related("item__unit__region", "item__inspector", "user"),
        item=one,
        user=request.user,
    )
    given = request.POST.get("answer", "")
    if given not in (Answer.ACCEPTED, Answer.DECLINED):
        raise Http404
    try:
        services.answer(invitation, Answer(given), by=request.user)
    except StaleState as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("已答复。"))
    return redirect("plans:item", pk)


@require_POST
@requires("plan.view")
def drop(request: SignedIn, pk: Any) -> HttpResponse:
    """Take an item out of the plan."""
    one = _item(request, pk)
    services.drop(one, by=request.user)
    messages.success(request, _("已从计划中去掉。"))
    return redirect(f"/plans/?month={one.month:%Y-%m}")


def _region(request: SignedIn, code: str) -> Region:
    found = next((one for one in Reach(request.user, "plan.manage").regions if one.code == code), None)
    if found is None:
        raise Http404
    return found


def _item(request: SignedIn, pk: Any) -> PlanItem:
    rows: Any = PlanItem.objects.visible_to(request.user).with_visits()
    found: PlanItem = get_object_or_404(rows.select_related("unit__region", "inspector"), pk=pk)
    return found


def _page(request: SignedIn, one: Any, *, day_form: Any = None, invite_form: Any = None) -> HttpResponse:
    user = request.user
    invitations = list(one.invitations.select_related("user").order_by("pk"))
    mine = next((row for row in invitations if row.user_id == user.pk), None)
    is_managed = Reach(user, "plan.manage").covers(one.unit.region)
    may_change = one.inspector_id == user.pk or is_managed
    context = {
        "item": one,
        "standing": standing(one),
        "standing_words": STATES[standing(one)],
        "about": abouts(one.unit.region, [one.month]).get(one.month),
        "invitations": invitations,
        "visits": visits_of(one, user),
        "mine": mine,
        "may_come": mine is not None and one.invitations.filter(pk=mine.pk).answerable().exists(),
        "may_change": may_change,
        "is_managed": is_managed,
        "may_drop": services.may_drop(one, user),
        "day_form": day_form or DayForm(initial={"planned_on": one.planned_on, "note": one.note}),
        "invite_form": invite_form or InviteForm(item=one),
    }
    return render(request, "plans/item.html", context, status=422 if day_form or invite_form else 200)
