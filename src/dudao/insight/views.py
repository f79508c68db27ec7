"""Coverage of schools: the city sees its counties and drills down to the school."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dudao.insight import queries
from dudao.people.access import region_scope
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.places.models import Region


@require_GET
@requires("coverage.view")
def start(request: SignedIn) -> HttpResponse:
    """To the person's own region."""
    region = Region.objects.filter(region_scope(request.user, "coverage.view")).order_by("path").first()
    assert region is not None, f"coverage.view without a region: {request.user.pk=}"
    return redirect("insight:coverage", code=region.code)


@require_GET
@requires("coverage.view")
def coverage(request: SignedIn, code: str) -> HttpResponse:
    """One region: its counties, or its schools by month."""
    reach = Region.objects.filter(region_scope(request.user, "coverage.view"))
    region = get_object_or_404(reach.select_related("parent"), code=code)
    month = _month(request)
    leaf = queries.is_leaf(region)
    context = {
        "region": region,
        "parent": region.parent if region.parent and reach.filter(pk=region.parent.pk).exists() else None,
        "month": month,
        "previous": queries.months_back(month, 2)[0],
        "total": queries.coverage(region, month),
        "below": [] if leaf else queries.coverage_below(region, month),
        "months": queries.months_back(month, 6),
        "rows": queries.unit_rows(region, month) if leaf else [],
        "is_leaf": leaf,
        "own_url": reverse("insight:coverage", args=[code]),
    }
    return render(request, "insight/coverage.html", context)


def _month(request: SignedIn) -> date:
    try:
        asked = date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        return queries.this_month()
    return min(asked, queries.this_month())
