"""Pages of the registry: one inspector, their terms, training, ties, and handing over their schools."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.inspectors import letters, links, queries, services
from dudao.inspectors.forms import (
    HandOverForm,
    InspectorForm,
    LeaveForm,
    PhotoForm,
    TermForm,
    TieForm,
    TrainingForm,
)
from dudao.inspectors.lists import INSPECTORS
from dudao.inspectors.models import Inspector
from dudao.inspectors.serving import photo_of
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError
from dudao.people.guards import requires
from dudao.people.models import Assignment, User
from dudao.people.phones import people_with_phones
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places.models import Unit
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
        "links": links.every,
        "is_managed": Reach(request.user, "inspector.manage").covers(one.region),
        "may_call": people_with_phones(request.user).filter(pk=one.user_id).exists(),
    }
    return render(request, "inspectors/show.html", context, status=422 if form is not None else 200)


def _blank(name: str, one: Inspector) -> Any:
    return _FORMS[name](prefix=name, **({"region": one.region} if name == "tie" else {}))


def _form(request: SignedIn, form: InspectorForm, heading: str, **more: Any) -> HttpResponse:
    context = {"form": form, "heading": heading, "button": _("保存"), **more}
    return render(request, "inspectors/form.html", context, status=form.status)
