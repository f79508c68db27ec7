"""School years and terms of each level, and the work calendar all deadlines are counted by."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dudao.kernel import clock
from dudao.kernel.errors import DudaoError
from dudao.office.rule_forms import DayForm, TermForm
from dudao.office.rule_views import Question, level_name, own_region
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.places.models import Region
from dudao.rules import calendar
from dudao.rules.access import own_levels
from dudao.rules.models import SpecialDay, Term, TermDates
from dudao.rules.queries import published_years
from dudao.rules.terms import Span, keep_term, spans, term_of
from dudao.ui.forms import OfficeForm

FIRST_YEAR, LAST_YEAR = 2000, 2098


class TermLine(NamedTuple):
    """A term as the page shows it, and the regions below whose dates differ."""

    span: Span
    year_label: str
    level: str
    is_now: bool
    others: list[TermDates]


@require_GET
@requires("rule.view")
def terms(request: SignedIn) -> HttpResponse:
    """The terms of one region: last school year, this one and the next."""
    question = Question.of(request)
    region, today = question.region, clock.today()
    lines: list[TermLine] = []
    if region is not None:
        now = term_of(today, region=region)
        years = [now.year - 1, now.year, now.year + 1]
        below = _below(region, years)
        for span in spans(region, years):
            others = [one for one in below if (one.year, one.term) == (span.year, span.term)]
            level = level_name(span.dates.region) if span.dates else ""
            lines.append(TermLine(span, year_label(span.year), level, (span.year, span.term) == now, others))
    context = {
        "question": question,
        "lines": lines,
        "may_set": region is not None and region.pk in own_levels(request.user),
    }
    return render(request, "office/terms.html", context)


def year_label(year: int) -> str:
    return _("%(year)s—%(next)s 学年") % {"year": year, "next": year + 1}


def _below(region: Region, years: list[int]) -> list[TermDates]:
    inside = Q(region__path__startswith=region.path) & ~Q(region=region)
    return list(
        TermDates.objects.filter(inside, year__in=years).select_related("region").order_by("region__path")
    )


@require_http_methods(["GET", "POST"])
@requires("rule.manage")
def term(request: SignedIn, code: str, year: int, name: str) -> HttpResponse:
    """Publish or correct the dates of one term."""
    region = own_region(request.user, code)
    if name not in Term.values or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    stored = TermDates.objects.filter(region=region, year=year, term=name).first()
    form = TermForm(request.POST or None, stored=stored, year=year, term=Term(name))
    if request.method == "POST" and form.is_valid():
        try:
            keep_term(region, year, Term(name), by=request.user, **form.cleaned_data)
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已保存。"))
            return redirect(f"{reverse('office:terms')}?region={region.code}")
    heading = f"{year_label(year)} · {Term(name).label} · {region.name}"
    return _form(
        request, form, heading, back=f"{reverse('office:terms')}?region={code}", back_label=_("学年学期")
    )


@require_GET
@requires("rule.view")
def work_calendar(request: SignedIn, year: int | None = None) -> HttpResponse:
    """A year as twelve months, and whether its holidays are published."""
    shown = year or clock.today().year
    if not FIRST_YEAR <= shown <= LAST_YEAR:
        raise Http404
    published = published_years()
    coming = clock.today().year + 1
    context = {
        "year": shown,
        "today": clock.today(),
        "months": calendar.months(shown),
        "weekdays": [_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日")],
        "unpublished": shown if shown not in published else (coming if coming not in published else None),
        "sources": sorted(set(SpecialDay.objects.filter(day__year=shown).values_list("source", flat=True))),
    }
    return render(request, "office/work_calendar.html", context)


@require_http_methods(["GET", "POST"])
@requires("calendar.manage")
def calendar_day(request: SignedIn) -> HttpResponse:
    """Add one day that differs from the plain week, or correct it."""
    form = DayForm(request.POST or None, initial=_day_initial(request.GET.get("day", "")))
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        told = calendar.Told(got["day"], got["works"] == "1", got["name"], got["source"])
        calendar.keep_days([told], by=request.user)
        messages.success(request, _("已保存。未办结问题的期限按新的日历重算，并通知有关人员。"))
        return redirect("office:calendar-year", got["day"].year)
    return _form(
        request, form, _("增加或更正一天"), back=reverse("office:calendar"), back_label=_("工作日历")
    )


def _day_initial(text: str) -> dict[str, Any]:
    try:
        on = parse_date(text)
    except ValueError:
        on = None
    if on is None:
        return {}
    row = SpecialDay.objects.filter(day=on).first()
    works = row.works if row else on.weekday() >= 5
    found = {"day": on, "works": "1" if works else "0"}
    return found | ({"name": row.name, "source": row.source} if row else {})


def _form(request: SignedIn, form: OfficeForm, heading: str, *, back: str, back_label: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "button": _("保存"), "back": back, "back_label": back_label}
    return render(request, "office/kept_form.html", context, status=form.status)
