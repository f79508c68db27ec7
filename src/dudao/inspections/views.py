"""Visits: the list, the record as it was made, and the live stream."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dudao.documents.queries import documents_of
from dudao.inspections import joint, live, panels, papers, queries, services
from dudao.inspections.check_ins import under_way
from dudao.inspections.documents import MEDIA
from dudao.inspections.forms import WithoutForm
from dudao.inspections.lists import VISITS
from dudao.inspections.models import Visit
from dudao.inspections.states import VisitState
from dudao.intake.models import Proof
from dudao.journal.queries import timeline
from dudao.kernel.errors import DudaoError, StaleState
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.ui import streams
from dudao.ui.lists import respond

STEPS = {
    "visit.arrive": _("记录已从手机到达"),
    "visit.file": _("全部文件到齐，归档并生成文书"),
    "visit.join": _("同行督学的记录已并入"),
    "visit.supplement": _("归档后收到同行督学的补充"),
    "visit.without": _("不再等待未上报的督学"),
    "visit.release": _("向学校反馈暗访结果"),
}


@require_GET
@requires("visit.view")
def visit_list(request: SignedIn) -> HttpResponse:
    """Visits, the newest first."""
    return respond(request, VISITS)


@require_GET
@requires("visit.view")
def show(request: SignedIn, pk: Any) -> HttpResponse:
    """One visit: what was answered, photographed, found, and which documents came of it."""
    visit = _visit(request, pk)
    return _page(request, visit)


def _visit(request: SignedIn, pk: Any) -> Visit:
    rows = Visit.objects.visible_to(request.user).select_related("unit__region", "inspector")
    found: Visit = get_object_or_404(rows.prefetch_related("joint__parts__inspector"), pk=pk)
    return found


def _page(request: SignedIn, visit: Visit, *, waiting_form: WithoutForm | None = None) -> HttpResponse:
    sheets = queries.sheets_of(visit)
    inside = Visit.objects.with_originals_for(request.user).filter(pk=visit.pk).exists()
    shots = queries.shots(visit, sheets, with_masked=inside)
    companions = joint.companions(visit)
    awaited = visit.state == VisitState.RECEIVING and any(one.standing == "missing" for one in companions)
    if awaited and joint.may_file_without(visit, request.user):
        waiting_form = waiting_form or WithoutForm()
    context = {
        "visit": visit,
        "companions": companions,
        "awaited": awaited,
        "waiting_form": waiting_form,
        "may_release": visit.is_held_back
        and Visit.objects.visible_to(request.user, "finding.issue").filter(pk=visit.pk).exists(),
        "photos": [shot for shot in shots if shot.file.role == "photo"],
        "media": [shot for shot in shots if shot.file.role in MEDIA],
        "signatures": [shot for shot in shots if shot.file.role == "signature" and shot.is_stored],
        "missing": sum(not shot.is_stored for shot in shots),
        "sheets": [queries.answered_sheet(sheet) for sheet in sheets],
        "methods": queries.method_labels(visit),
        "documents": documents_of(request.user, visit),
        "panels": panels.of(request, visit),
        "proof": Proof.objects.filter(entry=visit.pk).first(),
        "supplements": [part for part in visit.parts if part.is_supplement],
        "papers": papers.offered(visit) if request.user.can("document.draft") else [],
        "waits_for": joint.awaited(visit),
        "steps": timeline(visit, STEPS),
    }
    is_faulty = waiting_form is not None and bool(waiting_form.errors)
    return render(request, "inspections/show.html", context, status=422 if is_faulty else 200)


@require_POST
@requires("visit.record", "finding.issue")
def file_without(request: SignedIn, pk: Any) -> HttpResponse:
    """No longer wait for those of a joint visit who have not handed in."""
    visit = _visit(request, pk)
    form = WithoutForm(request.POST)
    if not form.is_valid():
        return _page(request, visit, waiting_form=form)
    try:
        joint.file_without(visit, by=request.user, reason=form.cleaned_data["reason"])
    except StaleState as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("不再等待。后到的记录作为补充。"))
    return redirect("inspections:show", pk=pk)


@require_POST
@requires("document.draft")
def draft_paper(request: SignedIn, pk: Any, kind: str) -> HttpResponse:
    """Draft a working paper of one visit from its sheets."""
    visit = _visit(request, pk)
    if kind not in papers.PAPERS:
        raise Http404
    made = papers.draft(kind, visit, by=request.user)
    messages.success(request, _("已按数据写好初稿，请核对后送审。"))
    return redirect("documents:draft", made.pk)


@require_POST
@requires("finding.issue")
def release(request: SignedIn, pk: Any) -> HttpResponse:
    """Let the unit know what a covert visit found."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user).select_related("unit__region"), pk=pk)
    try:
        services.release(visit, by=request.user)
    except DudaoError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("已向学校反馈，问题已按处置方式下发。"))
    return redirect("inspections:show", pk=pk)


@require_GET
@requires("live.view")
def live_page(request: SignedIn) -> HttpResponse:
    """The live stream and map: what has just come in, telling by itself (督导实况)."""
    key = live.key_for(request.user, live.SHOWN)
    came = live.came_in(key["paths"], live.SHOWN)
    visits, here = [one.visit for one in came], under_way(key["paths"])
    context = {
        "here": here,
        "came": came,
        "land": live.land(key["paths"], live.units_of(visits, here)),
        "spots": live.on_map(key["paths"], visits, here),
        "days": live.DAYS,
    }
    return render(request, "inspections/live.html", context)


@require_GET
@requires("live.view")
def live_stream(request: SignedIn) -> StreamingHttpResponse:
    """The same as it changes."""
    count = live.SHOWN_AT_HOME if request.GET.get("count") == "8" else live.SHOWN
    return streams.hand_over(live.NAME, live.key_for(request.user, count))
