"""Pages of the zones: who is responsible for which school, as a list and as a map."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from dudao.inspectors import queries, services
from dudao.inspectors.forms import ArrangeForm, NarrowForm, ZoneForm
from dudao.inspectors.models import Inspector, Zone
from dudao.inspectors.zone_maps import drawn
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError
from dudao.people.guards import requires
from dudao.people.models import Assignment
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places.models import Level, Region, Unit
from dudao.rules.queries import in_force


@require_GET
@requires("zone.view")
def zones_start(request: SignedIn) -> HttpResponse:
    """To one's own region; with several, to the first county. What the address asks for is kept."""
    regions = Reach(request.user, "zone.view").regions
    county = next((region for region in regions if region.level == Level.COUNTY), None) or regions[0]
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("inspectors:zones", args=[county.code]) + query)


@require_http_methods(["GET", "POST"])
@requires("zone.view")
def zones(request: SignedIn, code: str) -> HttpResponse:
    """The arrangement of a region on any day, as a list or with `?view=map` as a map; today's can be changed."""
    regions = Reach(request.user, "zone.view").regions
    region = next((one for one in regions if one.code == code), None)
    if region is None:
        raise Http404
    on = _day(request.GET.get("on", "")) or clock.today()
    found = queries.arrangement(region, on)
    narrow = NarrowForm(request.GET)
    areas = queries.narrowed(found, **narrow.cleaned_data) if narrow.is_valid() else found.areas
    form = _arrange_form(request, found) if Reach(request.user, "zone.manage").covers(region) else None
    chosen = set(request.POST.getlist("chosen"))
    if request.method == "POST":
        if form is None:
            raise Http404
        if not chosen:
            form.add_error(None, _("请先勾选学校。"))
        elif form.is_valid() and _arrange(request, form, region, chosen):
            return redirect(request.get_full_path())
    is_map = request.GET.get("view") == "map"
    context = {
        "region": region, "regions": regions, "found": found, "areas": areas, "on": on,
        "is_today": on == clock.today(), "form": form if on == clock.today() else None, "chosen": chosen,
        "zone_count": sum(area.zone is not None for area in found.areas), "narrow": narrow,
        "is_narrowed": areas is not found.areas, "map": drawn(found, areas) if is_map else None,
    }  # fmt: skip
    return render(
        request, "inspectors/zones.html", context, status=422 if form is not None and form.errors else 200
    )


def _arrange_form(request: SignedIn, found: queries.Arrangement) -> ArrangeForm:
    loads = {load.inspector.pk: load.schools for load in found.loads}
    told = _("%(name)s（现 %(n)s 所）")
    people = [
        (str(one.pk), told % {"name": one.user.name, "n": loads.get(one.pk, 0)})
        for one in queries.assignable(found.region)
    ]
    areas = [(str(area.zone.pk), area.zone.name) for area in found.areas if area.zone is not None]
    return ArrangeForm(request.POST or None, zones=areas, inspectors=people)


def _arrange(request: SignedIn, form: ArrangeForm, region: Region, chosen: set[str]) -> bool:
    """Do it and say so; False with the reason in the form."""
    near = Unit.objects.filter(region=region).select_related("region")
    units = list(near.filter(pk__in=[pk for pk in chosen if len(pk) == 36]))
    data, on = form.cleaned_data, form.cleaned_data["on"]
    zones_here = Zone.objects.visible_to(request.user, "zone.manage")
    zone = zones_here.get(pk=data["zone"]) if data["zone"] else None
    inspector = next((one for one in queries.assignable(region) if str(one.pk) == data["inspector"]), None)
    try:
        count = services.arrange(
            units, zone=zone, inspector=inspector.user if inspector else None, on=on, reason=form.backdating,
            by=request.user,
        )  # fmt: skip
    except DudaoError as error:
        form.add_error(error.details.get("field"), str(error.message))
        return False
    if inspector is not None:
        _warn(request, inspector, region, on)
    messages.success(
        request, ngettext("已安排 %(n)s 所学校。", "已安排 %(n)s 所学校。", count) % {"n": count}
    )
    return True


def _warn(request: SignedIn, inspector: Inspector, region: Region, on: date) -> None:
    """More schools than the rule speaks of is allowed, and said."""
    most = int(in_force("inspector.schools", region=region, on=on))
    count = Assignment.objects.in_force(on).filter(inspector=inspector.user).count()
    if count > most:
        told = _("%(name)s 现负责 %(n)s 所学校，超过每人 %(most)s 所左右的规定。")
        messages.warning(request, told % {"name": inspector.user.name, "n": count, "most": most})


@require_http_methods(["GET", "POST"])
@requires("zone.manage")
def zone_new(request: SignedIn, code: str) -> HttpResponse:
    region = next((one for one in Reach(request.user, "zone.manage").regions if one.code == code), None)
    if region is None:
        raise Http404
    form = ZoneForm(request.POST or None, inspectors=queries.assignable(region))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.open_zone(
                region, name=data["name"], lead=form.chosen_lead, on=data["on"], by=request.user
            )
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已新增：%(name)s") % {"name": data["name"]})
            return redirect("inspectors:zones", code)
    return _form(request, form, _("新增责任区"))


@require_http_methods(["GET", "POST"])
@requires("zone.manage")
def zone_edit(request: SignedIn, pk: Any) -> HttpResponse:
    """Rename a zone, give it another lead, or close it."""
    zone = get_object_or_404(
        Zone.objects.visible_to(request.user, "zone.manage").select_related("region", "lead"), pk=pk
    )
    form = ZoneForm(request.POST or None, inspectors=queries.assignable(zone.region), zone=zone)
    if request.method == "POST" and request.POST.get("close") == "1":
        services.close_zone(zone, on=clock.today(), by=request.user)
        messages.success(request, _("责任区已撤销，原有学校等待重新划入。"))
        return redirect("inspectors:zones", zone.region.code)
    if request.method == "POST" and form.is_valid():
        services.change_zone(zone, name=form.cleaned_data["name"], lead=form.chosen_lead, by=request.user)
        messages.success(request, _("已保存。"))
        return redirect("inspectors:zones", zone.region.code)
    return _form(request, form, zone.name, zone=zone)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _form(request: SignedIn, form: ZoneForm, heading: str, **more: Any) -> HttpResponse:
    context = {"form": form, "heading": heading, "button": _("保存"), **more}
    return render(request, "inspectors/form.html", context, status=form.status)
