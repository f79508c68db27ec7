"""The problem ledger and one problem."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.findings import handling, papers, queries, stepping, telling
from dudao.findings.acts import ACTS, Act
from dudao.findings.asking import Kept
from dudao.findings.evidence import names_of
from dudao.findings.forms import FORMS, ProposeForm, SeenForm, StepReportForm, StepVerifyForm
from dudao.findings.lists import LEDGER
from dudao.findings.looks import CLIMBS, history
from dudao.findings.models import Finding, Milestone, Part, PhotoKind, Proof
from dudao.findings.offering import Offer, offers, parts_of, put_together
from dudao.findings.states import RUNNING, WITH_UNIT
from dudao.findings.storing import held, store
from dudao.inspections.models import Visit
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Forbidden
from dudao.kernel.ids import is_uuid
from dudao.people.guards import requires
from dudao.people.models import User
from dudao.people.requests import SignedIn
from dudao.rules.models import WordKind
from dudao.rules.queries import words
from dudao.ui.lists import respond


@require_GET
@requires("finding.view")
def ledger(request: SignedIn) -> HttpResponse:
    """Problems, at first those not yet struck off."""
    return respond(request, LEDGER, template="findings/ledger.html")


@require_GET
@requires("finding.view")
def show(request: SignedIn, pk: Any) -> HttpResponse:
    """One problem: what was found, what is asked, by when, and the next step."""
    return _page(request, _get(request, pk))


@require_http_methods(["GET", "POST"])
def move(request: SignedIn, pk: Any, name: str) -> HttpResponse:
    """Make one move. A fault shows at its field with all that was typed; a photo once sent is kept."""
    if name not in FORMS:
        raise Http404
    finding = _get(request, pk)
    if request.method == "GET":  # the address of a failed attempt, opened again
        return redirect("findings:show", pk=pk)
    form = FORMS[name](request.POST, request.FILES, finding=finding, user=request.user)
    valid, stored = form.is_valid(), store(form, request.POST, by=request.user)
    if isinstance(form, ProposeForm) and "another_row" in request.POST:
        # Without JavaScript the page comes back with one more row.
        return _page(request, finding, tried=name, form=form.with_another_row(), kept=stored)
    if valid and not form.errors:
        try:
            ACTS[name](Act(finding, request.user, form.cleaned_data, stored))
        except DudaoError as error:
            form.add_error(
                error.details.get("field") if error.details.get("field") in form.fields else None,
                error.message,
            )
            return _page(request, _get(request, pk), tried=name, form=form, kept=stored, status=error.status)
        finding.refresh_from_db()
        messages.success(request, telling.after_move(finding, name))
        still_theirs = Finding.objects.visible_to(request.user).filter(pk=pk).exists()
        return redirect("findings:show", pk=pk) if still_theirs else redirect("findings:ledger")
    return _page(request, finding, tried=name, form=form, kept=stored, status=422)


@require_POST
@requires("document.draft")
def choose_paper(request: SignedIn) -> HttpResponse:
    """Which document to draft about the chosen problems."""
    chosen = _chosen(request)
    found = list(chosen.select_related("unit").prefetch_related("reports").order_by("unit__name", "number"))
    if not found:
        messages.warning(request, _("请先勾选问题。"))
        return redirect("findings:ledger")
    return render(request, "findings/papers.html", {"found": found, "offers": papers.offers(found)})


@require_POST
@requires("document.draft")
def draft_paper(request: SignedIn, kind: str) -> HttpResponse:
    """Draft a document about the chosen problems."""
    if kind not in papers.PAPERS:
        raise Http404
    made = papers.draft(kind, _chosen(request), by=request.user)
    messages.success(request, _("已按数据写好初稿，请核对后送审。"))
    return redirect("documents:draft", made.pk)


@require_POST
@requires("finding.verify")
def remind(request: SignedIn) -> HttpResponse:
    """Urge the units of the chosen problems; says for each what became of it."""
    found = list(_chosen(request).select_related("unit__region").order_by("unit__name", "number"))
    return _outcomes(request, _("催办"), handling.remind_all(found, by=request.user))


@require_POST
@requires("finding.verify")
def urge(request: SignedIn, pk: Any) -> HttpResponse:
    """Urge the unit about one problem, from its own page."""
    (made,) = handling.remind_all([_get(request, pk)], by=request.user)
    if made.fault:
        messages.info(request, made.fault)
    else:
        messages.success(request, telling.after_urging(made.finding))
    return redirect("findings:show", pk=pk)


@require_POST
@requires("finding.issue")
def assign(request: SignedIn) -> HttpResponse:
    """Put one person in charge of the chosen problems: first who, then what became of each."""
    found = list(_chosen(request).select_related("unit__region").order_by("unit__name", "number"))
    people = sorted(
        {one for unit in {f.unit for f in found} for one in handling.may_verify(unit)},
        key=lambda one: one.name,
    )
    to = next((one for one in people if str(one.pk) == request.POST.get("to")), None)
    if found and to is None:
        context = {"found": found, "people": people, "is_wrong": "to" in request.POST}
        return render(request, "findings/assign.html", context, status=422 if "to" in request.POST else 200)
    return _outcomes(
        request, _("指定核查人"), handling.assign_all(found, to=to, by=request.user) if to else []
    )


def _outcomes(request: SignedIn, title: str, made: list[handling.Outcome]) -> HttpResponse:
    if not made:
        messages.warning(request, _("请先勾选问题。"))
        return redirect("findings:ledger")
    context = {"title": title, "made": made, "done": sum(not one.fault for one in made)}
    return render(request, "findings/outcomes.html", context)


def _chosen(request: SignedIn) -> Any:
    keys = [key for key in request.POST.getlist("chosen") if is_uuid(key)]
    return Finding.objects.visible_to(request.user).filter(pk__in=keys)


def _get(request: SignedIn, pk: Any) -> Finding:
    rows = Finding.objects.visible_to(request.user)
    found: Finding = get_object_or_404(
        rows.select_related(
            "unit__region",
            "inspector",
            "visit",
            "verified_by",
            "handler",
            "in_charge",
            "merged_into",
            "department_unit",
        ),
        pk=pk,
    )
    return found


def _page(
    request: SignedIn,
    finding: Finding,
    *,
    tried: str = "",
    form: SeenForm | None = None,
    kept: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = offers(finding, request.user)
    late = (
        form if tried not in [one.name for one in found] else None
    )  # someone was faster: keep what was typed in sight
    if form is not None and late is None:
        found = [one._replace(form=form, obstacles=[]) if one.name == tried else one for one in found]
    parts = parts_of(finding) if request.user.can("finding.write") else []
    drafts = _drafted(request.user, found, parts, tried)
    kept_by = {name: files for name, (_text, files) in drafts.items()} | ({tried: kept} if kept else {})
    usual = [one for one in found if not one.is_seldom]
    reports = list(finding.reports.select_related("reported_by", "verified_by").prefetch_related("photos"))
    petitions = list(finding.petitions.select_related("asked_by", "decided_by").prefetch_related("proofs"))
    milestones = list(
        finding.milestones.select_related("reported_by", "verified_by").prefetch_related("proofs")
    )
    proofs = list(Proof.objects.filter(finding=finding, look_back=None))
    steps, verifies = history(finding), _holds(finding, request.user, "finding.verify")
    reported = [photo for one in reports for photo in one.photos.all() if photo.kind == PhotoKind.FILE]
    files = [*(one.sha256 for one in proofs if one.kind == PhotoKind.FILE), *(one.sha256 for one in reported)]
    kept_files = [sha for fields in kept_by.values() for sha in fields.get("papers", [])]
    context = {
        "finding": finding,
        "due": queries.due(finding),
        "moves": usual,
        "seldom": [one for one in found if one.is_seldom],
        "tried": tried,
        "late": late,
        "kept": {one.name: held(kept_by.get(one.name, {}), request.user) for one in found},
        "file_names": names_of([*files, *kept_files]),
        "steps": steps,
        "reports": reports,
        "petitions": petitions,
        "waiting": next((one for one in petitions if one.is_pending), None),
        "milestones": milestones,
        "may_report_step": _holds(finding, request.user, "finding.report") and finding.state in RUNNING,
        "may_verify_step": verifies and finding.state in RUNNING,
        "may_urge": verifies and finding.state in WITH_UNIT and finding.paused_on is None,
        "is_urged": any(
            one.event.kind == "finding.remind" and timezone.localtime(one.event.at).date() == clock.today()
            for one in steps
        ),
        "step_report": StepReportForm(),
        "step_verify": StepVerifyForm(),
        "parts": parts,
        "may_see_visit": finding.visit_id is not None
        and Visit.objects.visible_to(request.user).filter(pk=finding.visit_id).exists(),
        "photos": queries.photos_by_report(finding, reports, request.user),
        "checked": queries.photos_by_step(finding, milestones, request.user),
        "category": next(
            (w.label for w in words(WordKind.CATEGORY) if w.key == finding.category), finding.category
        ),
        "may_draft": request.user.can("document.draft"),
        "climb": CLIMBS.get(finding.climbed, ""),
        "similar": queries.similar_struck_off(finding) if any(one.name == "start" for one in found) else [],
    }
    return render(request, "findings/show.html", context, status=status)


def _holds(finding: Finding, user: User, capability: str) -> bool:
    return Finding.objects.visible_to(user, capability).filter(pk=finding.pk).exists()


def _drafted(
    user: User, found: list[Offer], parts: list[Part], tried: str
) -> dict[str, tuple[str, dict[str, list[str]]]]:
    """Fill the report with what was written for it, and one's own part with what one wrote; not what was just sent."""
    drafts = {}
    for one in found:
        if one.name not in ("report", "write") or one.name == tried:
            continue
        own = parts if one.name == "report" else [part for part in parts if part.author_id == user.pk]
        if own:
            drafts[one.name] = put_together(own)
            one.form.initial["text"] = drafts[one.name][0]
    return drafts


@require_http_methods(["GET", "POST"])
def step(request: SignedIn, pk: Any, step_pk: int) -> HttpResponse:
    """Report one step of a plan, or judge the report."""
    finding = _get(request, pk)
    found = get_object_or_404(
        Milestone.objects.select_related("finding__unit__region"), pk=step_pk, finding=finding
    )
    judges = found.waits and _holds(finding, request.user, "finding.verify")
    if not judges and not _holds(finding, request.user, "finding.report"):
        raise Forbidden
    form = (StepVerifyForm if judges else StepReportForm)(request.POST or None, request.FILES or None)
    stored: dict[str, list[str]] = {}
    if request.method == "POST":
        valid = form.is_valid()
        stored = store(form, request.POST, by=request.user)
        if valid and form.is_valid() and _did_step(found, form, stored, request.user):
            messages.success(request, telling.after_step(found))
            return redirect("findings:show", pk=pk)
    context = {
        "finding": finding,
        "step": found,
        "form": form,
        "kept": held(stored, request.user),
        "file_names": names_of(stored.get("papers", [])),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "findings/step.html", context, status=status)


def _did_step(found: Milestone, form: forms.Form, stored: dict[str, list[str]], user: User) -> bool:
    data = form.cleaned_data
    try:
        if "outcome" in data:
            outcome = data["outcome"]
            stepping.verify_step(
                found, by=user, passed=outcome == "pass", partly=outcome == "part", facts=data["facts"]
            )
        else:
            stepping.report_step(
                found, by=user, text=data["text"], kept=Kept(stored["photos"], stored["papers"])
            )
    except Forbidden:
        raise
    except DudaoError as error:
        field = error.details.get("field")
        form.add_error(field if field in form.fields else None, error.message)
        return False
    return True
