"""Pages on which an office keeps its schools and institutions, and says what its own office is called."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dudao.kernel.errors import DudaoError
from dudao.office import unit_services
from dudao.office.unit_forms import (
    AreaForm,
    InstitutionForm,
    RegionForm,
    TurnForm,
    UnitForm,
    YearForm,
    newest_year,
)
from dudao.people.access import unit_scope
from dudao.people.guards import requires
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places import services
from dudao.places.models import Kind, Level, TurnKind, Unit
from dudao.ui.forms import OfficeForm


def managed(request: SignedIn, pk: Any) -> Unit:
    """A unit this person keeps, else 404."""
    rows = Unit.objects.filter(unit_scope(request.user, "unit.manage", unit=""))
    found: Unit = get_object_or_404(rows.select_related("region", "stands_in"), pk=pk)
    return found


@require_http_methods(["GET", "POST"])
@requires("unit.manage")
def new(request: SignedIn) -> HttpResponse:
    """Add one unit by hand."""
    form = UnitForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            unit = services.add_unit(by=request.user, **form.facts())
        except DudaoError as error:
            form.blame(error)
        else:
            messages.success(request, _("已新增：%(name)s") % {"name": unit.name})
            return redirect("office:unit", unit.pk)
    return _form(request, form, _("新增学校或机构"), _("保存"))


@require_http_methods(["GET", "POST"])
@requires("unit.manage")
def edit(request: SignedIn, pk: Any) -> HttpResponse:
    """Correct the facts of a unit."""
    unit = managed(request, pk)
    form = UnitForm(request.POST or None, user=request.user, unit=unit)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_unit(unit, by=request.user, **form.facts())
        except DudaoError as error:
            form.blame(error)
        else:
            messages.success(request, _("已保存。"))
            return redirect("office:unit", unit.pk)
    return _form(request, form, unit.name, _("保存"), unit=unit)


@require_http_methods(["GET", "POST"])
@requires("unit.manage")
def institution(request: SignedIn, pk: Any) -> HttpResponse:
    """Licence, fees and hours of a training institution."""
    unit = managed(request, pk)
    if unit.kind != Kind.TRAINING:
        raise Http404
    form = InstitutionForm(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        services.keep_institution(unit, by=request.user, **form.cleaned_data)
        messages.success(request, _("已保存。"))
        return redirect("office:unit", unit.pk)
    return _form(request, form, unit.name, _("保存"), unit=unit)


@require_http_methods(["GET", "POST"])
@requires("unit.manage")
def year(request: SignedIn, pk: Any) -> HttpResponse:
    """The figures of one school year: the same year again corrects it."""
    unit = managed(request, pk)
    form = YearForm(request.POST or None, stored=newest_year(unit))
    if request.method == "POST" and form.is_valid():
        services.keep_year(unit, by=request.user, **form.cleaned_data)
        messages.success(request, _("已保存。"))
        return redirect("office:unit", unit.pk)
    return _form(request, form, unit.name, _("保存"), unit=unit)


@require_http_methods(["GET", "POST"])
@requires("unit.manage")
def turn(request: SignedIn, pk: Any, kind: str) -> HttpResponse:
    """A turn in a unit's history: renamed, handed over, merged, split, closed, reopened."""
    unit = managed(request, pk)
    if kind not in TurnKind.values or (kind == TurnKind.REOPENED) == unit.is_open:
        raise Http404
    form = TurnForm(request.POST or None, kind=kind, unit=unit, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            unit_services.turn(unit, TurnKind(kind), by=request.user, **form.cleaned_data)
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已记入沿革。"))
            return redirect("office:unit", unit.pk)
    label = TurnKind(kind).label
    confirm = _("“%(turn)s”会写入 %(unit)s 的沿革，不能撤回。确定吗？") % {"turn": label, "unit": unit.name}
    return _form(request, form, str(label), _("记入沿革"), unit=unit, confirm=confirm)


@require_http_methods(["GET", "POST"])
@requires("region.manage")
def regions(request: SignedIn) -> HttpResponse:
    """The offices within reach, as they are named in documents; functional areas of a city."""
    within = Reach(request.user, "region.manage").regions
    cities = [region for region in within if region.level == Level.CITY]
    form = AreaForm(request.POST or None, cities=cities)
    if request.method == "POST" and cities and form.is_valid():
        parent = next(city for city in cities if city.code == form.cleaned_data["parent"])
        try:
            services.add_functional_area(
                parent, code=form.cleaned_data["code"], name=form.cleaned_data["name"], by=request.user
            )
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已新增：%(name)s") % {"name": form.cleaned_data["name"]})
            return redirect("office:regions")
    context = {"regions": within, "form": form if cities else None}
    return render(request, "office/regions.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires("region.manage")
def region(request: SignedIn, code: str) -> HttpResponse:
    """What the region's inspection office is called."""
    found = next((one for one in Reach(request.user, "region.manage").regions if one.code == code), None)
    if found is None:
        raise Http404
    names = ("office", "office_mark", "name_en")
    form = RegionForm(request.POST or None, stored={name: getattr(found, name) for name in names})
    if request.method == "POST" and form.is_valid():
        services.change_region(found, by=request.user, **form.cleaned_data)
        messages.success(request, _("已保存。"))
        return redirect("office:regions")
    return _form(request, form, found.name, _("保存"))


def _form(
    request: SignedIn,
    form: OfficeForm,
    heading: str,
    button: str,
    *,
    unit: Unit | None = None,
    confirm: str = "",
) -> HttpResponse:
    context = {"form": form, "heading": heading, "button": button, "unit": unit, "confirm": confirm}
    return render(request, "office/form.html", context, status=form.status)
