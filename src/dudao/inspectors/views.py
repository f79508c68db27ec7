"""Pages of the registry, the zones, and who is responsible for which school."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.inspectors import letters, queries, services
from dudao.inspectors.forms import (
    ArrangeForm,
    HandOverForm,
    InspectorForm,
    LeaveForm,
    PhotoForm,
    TermForm,
    TieForm,
    TrainingForm,
    ZoneForm,
)
from dudao.inspectors.lists import INSPECTORS
from dudao.inspectors.models import Inspector, Zone
from dudao.inspectors.serving import photo_of
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError
from dudao.people.guards import requires
from dudao.people.models import Assignment, User
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places.models import Level, Region, Unit
from dudao.rules.queries import in_force
from dudao.ui.lists import respond


@require_GET
@requires("inspector.view")
def index(request: SignedIn) -> HttpResponse:
    """The registry."""
    return respond(request, INSPECTORS, template="inspectors/list.html")


@require_GET
@requires("inspector.view")
def show(request: SignedIn, pk: Any) -> HttpResponse:
    """One inspector: schools, terms, training, ties."""
    one = _inspector(request, pk, "inspector.view")
    return _page(request, one)


@require_http_methods(["GET", "POST"])
@requires("inspector.manage")
def new(request: SignedIn) -> HttpResponse:
    """Register an inspector, with an account where there is none."""
    form = InspectorForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            one = _register(form, request.user)
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已登记：%(name)s") % {"name": one.user.name})
            return redirect("inspectors:show", one.pk)
    return _form(request, form, _("登记督学"))


@transaction.atomic
def _register(form: InspectorForm, by: User) -> Inspector:
    user = services.account_of(form.cleaned_data["username"], by=by, **form.personal())
    return services.register(user, form.regions[form.cleaned_data["region"]], by=by, **form.facts())


@require_http_methods(["GET", "POST"])
@requires("inspector.manage")
def edit(request: SignedIn, pk: Any) -> HttpResponse:
    one = _inspector(request, pk)
    form = InspectorForm(request.POST or None, user=request.user, one=one)
    if request.method == "POST" and form.is_valid():
        services.change(one, by=request.user, **form.facts(), **form.personal())
        messages.success(request, _("已保存。"))
        return redirect("inspectors:show", pk)
    return _form(request, form, one.user.name, one=one)


@require_POST
@requires("inspector.manage")
def letter(request: SignedIn, pk: Any, term: int) -> HttpResponse:
    """Issue the letter of appointment of one term."""
    one = _inspector(request, pk)
    letters.issue_letter(
        get_object_or_404(one.terms.select_related("inspector__user", "inspector__region"), pk=term),
        by=request.user,
    )
    messages.success(request, _("聘书已签发，文件通常在一分钟内生成。"))
    return redirect("inspectors:show", pk)


_FORMS: dict[str, Any] = {"term": TermForm, "training": TrainingForm, "tie": TieForm, "leave": LeaveForm}


@require_POST
@requires("inspector.manage")
def add(request: SignedIn, pk: Any, what: str) -> HttpResponse:
    """A term, a training, a tie, or the last day."""
    if what not in _FORMS:
        raise Http404
    one = _inspector(request, pk)
    form = _FORMS[what](request.POST, prefix=what, **({"region": one.region} if what == "tie" else {}))
    if form.is_valid():
        try:
            _add(what, one, form.cleaned_data, request.user)
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已保存。"))
            return redirect("inspectors:show", pk)
    return _page(request, one, tried=what, form=form)


def _add(what: str, one: Inspector, data: dict[str, Any], by: User) -> None:
    if what == "term":
        services.add_term(one, starts_on=data["starts_on"], by=by)
    elif what == "training":
        services.add_training(one, on=data["on"], hours=data["hours"], title=data["title"], by=by)
    elif what == "tie":
        unit = Unit.objects.select_related("region").get(pk=data["unit"])
        services.add_tie(one, unit, reason=data["reason"], by=by)
    else:
        services.leave(one, on=data["on"], by=by)


@require_GET
@requires("inspector.view")
def photo(request: SignedIn, pk: Any) -> HttpResponse:
    """The photo, for those who may see the inspector."""
    return photo_of(_inspector(request, pk, "inspector.view"), "private, no-cache")


@require_POST
@requires("inspector.manage")
def photo_set(request: SignedIn, pk: Any) -> HttpResponse:
    """Take a photo, or the photo away."""
    one = _inspector(request, pk)
    if request.POST.get("remove") == "1":
        services.remove_photo(one, by=request.user)
        messages.success(request, _("照片已移除。"))
        return redirect("inspectors:show", pk)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.set_photo(one, form.cleaned_data["photo"], by=request.user)
        except DudaoError as error:
            form.add_error("photo", str(error.message))
        else:
            messages.success(request, _("照片已保存。"))
            return redirect("inspectors:show", pk)
    return _page(request, one, tried="photo", form=form)


@require_http_methods(["GET", "POST"])
@requires("zone.manage")
def hand_over(request: SignedIn, pk: Any) -> HttpResponse:
    """Move the schools of one inspector to another, all or some, in one step."""
    one = _inspector(request, pk, "zone.manage")
    running = Assignment.objects.in_force(clock.today()).filter(
        inspector=one.user, unit__region__path__startswith=one.region.path
    )
    units = [row.unit for row in running.select_related("unit__region").order_by("unit__name")]
    others = [other for other in queries.assignable(one.region) if other != one]
    form = HandOverForm(request.POST or None, inspectors=others)
    chosen = set(request.POST.getlist("chosen"))
    if request.method == "POST" and form.is_valid():
        heir = form.inspectors[form.cleaned_data["heir"]]
        theirs = [unit for unit in units if str(unit.pk) in chosen]
        try:
            count = services.hand_over(
                one.user, heir.user, theirs, on=form.cleaned_data["on"], by=request.user
            )
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已移交 %(n)s 所学校。") % {"n": count})
            return redirect("inspectors:show", pk)
    context = {"one": one, "units": units, "form": form, "chosen": chosen or {str(unit.pk) for unit in units}}
    return render(request, "inspectors/hand_over.html", context, status=422 if form.errors else 200)


@require_GET
@requires("zone.view")
def zones_start(request: SignedIn) -> HttpResponse:
    """To one's own region; with several, to the first county."""
    regions = Reach(request.user, "zone.view").regions
    county = next((region for region in regions if region.level == Level.COUNTY), None) or regions[0]
    return redirect("inspectors:zones", county.code)


@require_http_methods(["GET", "POST"])
@requires("zone.view")
def zones(request: SignedIn, code: str) -> HttpResponse:
    """The arrangement of a region on any day; today's can be changed."""
    regions = Reach(request.user, "zone.view").regions
    region = next((one for one in regions if one.code == code), None)
    if region is None:
        raise Http404
    on = _day(request.GET.get("on", "")) or clock.today()
    may = Reach(request.user, "zone.manage").covers(region)
    found = queries.arrangement(region, on)
    form = ArrangeForm(request.POST or None, targets=_targets(found, region)) if may else None
    chosen = set(request.POST.getlist("chosen"))
    if request.method == "POST":
        if form is None:
            raise Http404
        if not chosen:
            form.add_error(None, _("请先勾选学校。"))
        elif form.is_valid() and _arrange(request, form, region, chosen):
            return redirect("inspectors:zones", code)
    context = {
        "region": region, "regions": regions, "found": found, "on": on, "is_today": on == clock.today(),
        "form": form if on == clock.today() else None, "chosen": chosen,
        "zone_count": sum(area.zone is not None for area in found.areas),
    }  # fmt: skip
    return render(
        request, "inspectors/zones.html", context, status=422 if form is not None and form.errors else 200
    )


def _targets(found: queries.Arrangement, region: Region) -> list[tuple[str, list[tuple[str, str]]]]:
    loads = {load.inspector.pk: load.schools for load in found.loads}
    people = [
        (
            f"inspector:{one.pk}",
            _("%(name)s（现 %(n)s 所）") % {"name": one.user.name, "n": loads.get(one.pk, 0)},
        )
        for one in queries.assignable(region)
    ]
    areas = [(f"zone:{area.zone.pk}", area.zone.name) for area in found.areas if area.zone is not None]
    return [(_("由谁负责"), people), (_("划入责任区"), areas)]


def _arrange(request: SignedIn, form: ArrangeForm, region: Region, chosen: set[str]) -> bool:
    """Do it and say so; False with the reason in the form."""
    near = Unit.objects.filter(region=region).select_related("region")
    units = list(near.filter(pk__in=[pk for pk in chosen if len(pk) == 36]))
    what, _colon, key = form.cleaned_data["to"].partition(":")
    on = form.cleaned_data["on"]
    try:
        if what == "zone":
            zone = Zone.objects.visible_to(request.user, "zone.manage").get(pk=key)
            count = services.put_in_zone(units, zone, on=on, by=request.user)
        else:
            inspector = next(one for one in queries.assignable(region) if str(one.pk) == key)
            count = services.assign(units, inspector.user, on=on, by=request.user)
            _warn(request, inspector, region, on)
    except DudaoError as error:
        form.add_error(None, str(error.message))
        return False
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
    initial = {"name": zone.name, "lead": str(zone.lead_id or "")}
    form = ZoneForm(
        request.POST or None, inspectors=queries.assignable(zone.region), is_new=False, initial=initial
    )
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


def _inspector(request: SignedIn, pk: Any, capability: str = "inspector.manage") -> Inspector:
    rows = Inspector.objects.visible_to(request.user, capability).select_related("user", "region")
    found: Inspector = get_object_or_404(rows, pk=pk)
    return found


def _page(request: SignedIn, one: Inspector, *, tried: str = "", form: Any = None) -> HttpResponse:
    today = clock.today()
    trainings = list(one.trainings.all())
    hours = sum(row.hours for row in trainings if row.on.year == today.year)
    forms = {name: _blank(name, one) for name in _FORMS} | {"photo": PhotoForm()}
    if form is not None:
        forms[tried] = form
    running = Assignment.objects.in_force(today).filter(inspector=one.user).select_related("unit__region")
    found = letters.letters_of(request.user, one)
    context = {
        "one": one,
        "assignments": running.order_by("unit__name"),
        "terms": [(term, found.get(str(term.pk))) for term in one.terms.all()],
        "trainings": trainings[:20],
        "hours": hours,
        "wanted": in_force("inspector.training_hours", region=one.region, on=today),
        "ties": one.ties.select_related("unit"),
        "forms": forms,
        "tried": tried,
        "is_managed": Reach(request.user, "inspector.manage").covers(one.region),
    }
    return render(request, "inspectors/show.html", context, status=422 if form is not None else 200)


def _blank(name: str, one: Inspector) -> Any:
    return _FORMS[name](prefix=name, **({"region": one.region} if name == "tie" else {}))


def _form(request: SignedIn, form: Any, heading: str, **more: Any) -> HttpResponse:
    context = {"form": form, "heading": heading, "button": _("保存"), **more}
    return render(request, "inspectors/form.html", context, status=422 if form.errors else 200)
