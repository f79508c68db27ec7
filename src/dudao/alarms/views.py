"""Alarms: the list, one of them, and the banner that stands on every page while one waits."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dudao.alarms import services
from dudao.alarms.forms import AcknowledgeForm, CloseForm
from dudao.alarms.lists import ALARMS
from dudao.alarms.models import Alarm
from dudao.alarms.states import STEPS
from dudao.intake.covered import shown
from dudao.intake.models import EvidenceFile
from dudao.journal.queries import timeline
from dudao.kernel.errors import DudaoError
from dudao.people.guards import requires
from dudao.people.models import User
from dudao.people.phones import people_with_phones
from dudao.people.requests import SignedIn
from dudao.ui.lists import respond


@require_GET
@requires("alarm.view")
def alarm_list(request: SignedIn) -> HttpResponse:
    return respond(request, ALARMS)


@require_GET
@requires("alarm.view")
def show(request: SignedIn, pk: Any) -> HttpResponse:
    """One alarm, and the next step for whoever may take it."""
    return _page(request, _get(request, pk))


@require_POST
@requires("alarm.handle")
def acknowledge(request: SignedIn, pk: Any) -> HttpResponse:
    alarm, form = _get(request, pk), AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _page(request, alarm, acknowledging=form, status=422)
    try:
        services.acknowledge(alarm, by=request.user, handler=form.cleaned_data["handler"])
    except DudaoError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("已知悉，督学的手机上会显示由谁处理。"))
    return redirect("alarms:show", pk=pk)


@require_POST
@requires("alarm.handle")
def close(request: SignedIn, pk: Any) -> HttpResponse:
    alarm, form = _get(request, pk), CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, alarm, closing=form, status=422)
    try:
        services.close(alarm, by=request.user, outcome=form.cleaned_data["outcome"])
    except DudaoError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("已办结。"))
    return redirect("alarms:show", pk=pk)


@require_GET
@requires("alarm.handle")
def banner(request: SignedIn) -> HttpResponse:
    """The banner again, for a page that stays open."""
    return HttpResponse(on_every_page(request))


def on_every_page(request: HttpRequest) -> SafeString:
    """What waits for this person, in red, with a clock; empty, but asking again, where nothing does."""
    user = request.user
    if not isinstance(user, User) or not user.can("alarm.handle"):
        return SafeString("")
    waiting = list(Alarm.objects.waiting_for(user).select_related("unit__region", "inspector")[:5])
    return render_to_string("alarms/_banner.html", {"waiting": waiting}, request=request)


def _get(request: SignedIn, pk: Any) -> Alarm:
    rows = Alarm.objects.visible_to(request.user).select_related(
        "unit__region", "inspector", "acknowledged_by", "closed_by"
    )
    found: Alarm = get_object_or_404(rows, pk=pk)
    return found


def _page(
    request: SignedIn,
    alarm: Alarm,
    *,
    acknowledging: AcknowledgeForm | None = None,
    closing: CloseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    photos = shown(list(alarm.photos.all()), with_masked=True)  # whoever sees an alarm sees the originals
    stored = EvidenceFile.objects.in_bulk([one.sha256 for one in photos])
    context = {
        "alarm": alarm,
        "photos": [one for one in photos if one.sha256 in stored],
        "missing": len(photos) - len(stored),
        "may_handle": Alarm.objects.visible_to(request.user, "alarm.handle").filter(pk=alarm.pk).exists(),
        "may_call": people_with_phones(request.user).filter(pk=alarm.inspector_id).exists(),
        "acknowledging": acknowledging or AcknowledgeForm(initial={"handler": request.user.name}),
        "closing": closing or CloseForm(),
        "steps": timeline(alarm, STEPS),
    }
    return render(request, "alarms/show.html", context, status=status)
