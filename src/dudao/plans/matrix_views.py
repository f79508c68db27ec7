"""The plan as a matrix: whose and over which months stands in the address; as a page, on paper, as an Excel file."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.inspectors.models import Inspector, Zone
from dudao.kernel import clock
from dudao.kernel.excel import workbook
from dudao.kernel.ids import is_uuid
from dudao.people.models import Assignment, User
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places.models import Region
from dudao.plans.abouts import abouts
from dudao.plans.lists import STATES
from dudao.plans.matrix import Cell, Matrix, Whose, matrix
from dudao.plans.models import PlanItem
from dudao.plans.periods import Period, Stretch, stretch
from dudao.ui.lists.reading import MOST_PRINTED

SUMS = {
    "needed": gettext_lazy("应督导（校次）"),
    "planned": gettext_lazy("已列入计划（项）"),
    "dated": gettext_lazy("已定日期（项）"),
    "done": gettext_lazy("已完成（校次）"),
    "missing": gettext_lazy("未列入计划（所）"),
}
"""What is summed up for each month; the names of `matrix.Column`."""
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = 100


@dataclass
class Asked:
    """What the address asks for, and what else could be asked."""

    whose: Whose | None
    over: Stretch
    regions: list[Region]
    zones: list[Zone]
    inspectors: list[Inspector]
    is_understood: bool


def show(request: SignedIn) -> HttpResponse:
    """The matrix of `?period=…&from=…` for `&region=…`, `&zone=…` or `&inspector=…`; by default one's own region or schools."""
    asked = _asked(request)
    found = matrix(request.user, asked.whose, asked.over) if asked.whose else Matrix()
    if "export" in request.GET:
        return _excel(asked, found)
    is_for_paper = "print" in request.GET
    region = asked.whose.region if asked.whose else None
    about = abouts(region, [part.first for part in asked.over.months]) if region else {}
    context = {
        "asked": asked,
        "over": asked.over,
        "whose": asked.whose,
        "periods": Period.choices,
        "region": region,
        "columns": [(column, about.get(column.part.first)) for column in found.columns],
        "sums": [
            (label, name, [getattr(one, name) for one in found.columns]) for name, label in SUMS.items()
        ],
        "page": Paginator(found.rows, MOST_PRINTED if is_for_paper else ROWS).get_page(
            request.GET.get("page")
        ),
        "is_for_paper": is_for_paper,
        "paper_title": " · ".join(filter(None, (asked.whose.name if asked.whose else "", _("督导计划")))),
        "today": clock.today(),
        "provisional": [f"{part.first:%Y-%m}" for part in asked.over.months if part.is_provisional],
        "may_set_terms": request.user.can("rule.manage"),
        "may_add": request.user.can("plan.manage") or request.user.can("visit.record"),
        "this": clock.today().replace(day=1),
    }
    return render(request, "plans/matrix.html", context)


def own_region(user: User) -> Region | None:
    """The person's own region: that of their office, else where they are appointed, else of the schools they inspect."""
    for grant in user.grants_with("plan.view"):
        if grant.region is not None:
            return grant.region
    appointed = Inspector.objects.filter(user=user, left_on__isnull=True).select_related("region").first()
    if appointed is not None:
        return appointed.region
    mine = Assignment.objects.in_force(clock.today()).filter(inspector=user).select_related("unit__region")
    one = mine.order_by("pk").first()
    if one is not None:
        return one.unit.region
    item = PlanItem.objects.visible_to(user).select_related("unit__region").order_by("-month").first()
    return item.unit.region if item else None


def _asked(request: SignedIn) -> Asked:
    user, query = request.user, request.GET
    regions = Reach(user, "plan.view").regions
    zone, inspector = _zone(request), _inspector(request)
    region = next((one for one in regions if one.code == query.get("region", "")), None)
    understood = all(
        found is not None or not query.get(name) for name, found in (("zone", zone), ("region", region))
    )
    if zone is not None:
        region, inspector = zone.region, None
    elif inspector is not None:
        region = inspector.region
    region = region or own_region(user)
    person = inspector.user if inspector else None if regions else user
    understood = understood and (person is not None or not query.get("inspector") or zone is not None)
    zones, inspectors = _choices(request, region) if regions and region else ([], [])
    period, on = query.get("period", ""), _day(query.get("from", ""))
    understood = understood and period in Period.values and (on is not None or not query.get("from"))
    over = stretch(Period(period) if period in Period.values else Period.MONTH, on or clock.today(), region)
    whose = Whose(region, zone, person) if region else None
    return Asked(whose, over, regions, zones, inspectors, understood)


def _zone(request: SignedIn) -> Zone | None:
    pk = request.GET.get("zone", "")
    rows = Zone.objects.visible_to(request.user, "plan.view").select_related("region")
    return rows.filter(pk=pk).first() if is_uuid(pk) else None


def _inspector(request: SignedIn) -> Inspector | None:
    pk = request.GET.get("inspector", "")
    rows = Inspector.objects.visible_to(request.user, "plan.view").select_related("region", "user")
    return rows.filter(pk=pk).first() if is_uuid(pk) else None


def _choices(request: SignedIn, region: Region) -> tuple[list[Zone], list[Inspector]]:
    """The zones in force and the inspectors in office of a region."""
    zones = Zone.objects.visible_to(request.user, "plan.view").in_force(clock.today()).filter(region=region)
    people = Inspector.objects.visible_to(request.user, "plan.view")
    serving = people.filter(region=region, left_on__isnull=True).select_related("user")
    return list(zones), list(serving.order_by("user__name", "pk"))


def _day(text: str) -> date | None:
    """A day, or a month for its first day."""
    try:
        on = parse_date(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        return None
    return on if on and 2000 <= on.year <= 2098 else None


def _excel(asked: Asked, found: Matrix) -> HttpResponse:
    head = [(_("学校"), 28), (_("所属区县"), 14), (_("责任督学"), 14)]
    head += [(f"{part.first:%Y-%m}", 18) for part in asked.over.months]
    rows = [
        [row.unit.name, row.unit.region.name, row.inspectors, *map(_in_words, row.cells)]
        for row in found.rows
    ]
    rows += [
        [str(label), "", "", *(getattr(column, name) for column in found.columns)]
        for name, label in SUMS.items()
    ]
    answer = HttpResponse(workbook(_("督导计划"), head, rows), content_type=_EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="plan-{asked.over.starts_on}.xlsx"'
    return answer


def _in_words(cell: Cell) -> str:
    told = [f"{entry.item.planned_on or ''} {STATES[entry.state]}".strip() for entry in cell.entries]
    if cell.is_missing:
        told.append(_("未列入"))
    if cell.is_extra:
        told.append(_("已督导"))
    return "；".join(told)
