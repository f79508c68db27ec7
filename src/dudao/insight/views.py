"""Coverage of schools: the city sees its counties and drills down to the school."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dudao.insight import brief as briefs
from dudao.insight import glance, grids, problem_map, queries
from dudao.insight import monthly as reports
from dudao.insight.forms import MonthlyForm
from dudao.insight.standings import old_since
from dudao.kernel import clock
from dudao.people.access import region_scope
from dudao.people.guards import requires
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places.models import Region


@require_GET
@requires("coverage.view")
def start(request: SignedIn) -> HttpResponse:
    """To the person's own region."""
    return redirect("insight:coverage", code=_own(request).code)


@require_GET
@requires("coverage.view")
def glance_start(request: SignedIn) -> HttpResponse:
    """A leader's page: the person's own region at one glance."""
    return _glance(request, _own(request))


@require_GET
@requires("coverage.view")
def glance_of(request: SignedIn, code: str) -> HttpResponse:
    """The same of a region below."""
    reach = Region.objects.filter(region_scope(request.user, "coverage.view"))
    return _glance(request, get_object_or_404(reach.select_related("parent"), code=code))


def _glance(request: SignedIn, region: Region) -> HttpResponse:
    parent = region.parent
    is_above = (
        parent and Region.objects.filter(region_scope(request.user, "coverage.view"), pk=parent.pk).exists()
    )
    context = {
        "region": region,
        "parent": parent if is_above else None,
        "glance": glance.of(region),
        "may_draft": Reach(request.user, "document.draft").covers(region),
        "today": clock.today(),
        "old_since": old_since(),
    }
    return render(request, "insight/glance.html", context)


def _own(request: SignedIn) -> Region:
    region = Region.objects.filter(region_scope(request.user, "coverage.view")).order_by("path").first()
    assert region is not None, f"coverage.view without a region: {request.user.pk=}"
    return region


@require_GET
@requires("coverage.view")
def coverage(request: SignedIn, code: str) -> HttpResponse:
    """One region: its counties, or its schools by month."""
    reach = Region.objects.filter(region_scope(request.user, "coverage.view"))
    region = get_object_or_404(reach.select_related("parent"), code=code)
    month = _month(request)
    leaf = queries.is_leaf(region)
    tabs = grids.offered(region, is_leaf=leaf)
    by = request.GET.get("by", "")
    by = by if by in dict(tabs) else ""
    context = {
        "tabs": tabs,
        "by": by,
        "grid": grids.grid(by, region, month) if by and by != "map" else None,
        "map": problem_map.of(region) if by == "map" else None,
        "by_term": grids.visits_of_term(region, month) if leaf and not by else {},
        "least_of_term": grids.least_per_semester(region, month),
        "region": region,
        "parent": region.parent if region.parent and reach.filter(pk=region.parent.pk).exists() else None,
        "month": month,
        "is_past": month < queries.this_month(),
        "previous": queries.months_back(month, 2)[0],
        "total": queries.coverage(region, month),
        "below": [] if leaf or by else queries.coverage_below(region, month),
        "months": queries.months_back(month, 6),
        "rows": queries.unit_rows(region, month) if leaf and not by else [],
        "is_leaf": leaf,
        "own_url": reverse("insight:coverage", args=[code]),
        "old_since": old_since(),
        "paper_title": f"{region.name} · {dict(tabs).get(by, _('督导覆盖'))}",
        "paper_about": _("月份：%(month)s") % {"month": f"{month:%Y-%m}"},
        "today": clock.today(),
    }
    return render(request, "insight/coverage.html", context)


@require_http_methods(["GET", "POST"])
@requires("document.draft")
def monthly(request: SignedIn) -> HttpResponse:
    """Draft the monthly report of a region, a zone or an inspector, or the brief of a region; an inspector drafts
    their own report."""
    offered = reports.offered_to(request.user)
    latest = queries.this_month()
    usual = {"about": next(iter(offered), ""), "month": f"{latest:%Y-%m}"} | request.GET.dict()
    form = MonthlyForm(
        request.POST or None,
        initial=usual,
        latest=latest,
        choices=[(key, one.name) for key, one in offered.items()],
    )
    if request.method == "POST" and form.is_valid():
        about, month = offered[form.cleaned_data["about"]], form.cleaned_data["month"]
        if form.cleaned_data["paper"] == "brief":
            made = briefs.draft(about.region, month, by=request.user)
        else:
            made = reports.draft(about, month, by=request.user)
        messages.success(request, _("已按数据写好初稿，请核对后送审。"))
        return redirect("documents:draft", made.pk)
    context = {"form": form, "heading": _("起草月报或简报"), "button": _("起草")}
    return render(request, "insight/monthly.html", context, status=form.status)


def _month(request: SignedIn) -> date:
    try:
        asked = date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        return queries.this_month()
    return min(asked, queries.this_month())
