"""The problem ledger and one problem."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.findings import issuing, papers, queries, services
from dudao.findings.forms import FORMS, SeenForm
from dudao.findings.lists import LEDGER
from dudao.findings.looks import STEPS
from dudao.findings.models import Finding, PhotoKind
from dudao.findings.states import MOVES, Disposition
from dudao.intake.handed_in import store_picture
from dudao.journal.queries import timeline
from dudao.kernel.errors import DudaoError, Invalid
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
    return respond(request, LEDGER)


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
    form = FORMS[name](request.POST, request.FILES)
    valid, kept = form.is_valid(), _store_photos(request, form)
    if valid and not form.errors:
        try:
            _services[name](finding, request.user, form.cleaned_data, kept)
        except DudaoError as error:
            form.add_error(
                error.details.get("field") if error.details.get("field") in form.fields else None,
                error.message,
            )
            return _page(request, _get(request, pk), tried=name, form=form, kept=kept, status=error.status)
        messages.success(request, _("已完成：%(step)s") % {"step": MOVES[name].label})
        return redirect("findings:show", pk=pk)
    return _page(request, finding, tried=name, form=form, kept=kept, status=422)


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


def _chosen(request: SignedIn) -> Any:
    keys = [key for key in request.POST.getlist("chosen") if is_uuid(key)]
    return Finding.objects.visible_to(request.user).filter(pk__in=keys)


def _get(request: SignedIn, pk: Any) -> Finding:
    rows = Finding.objects.visible_to(request.user)
    found: Finding = get_object_or_404(
        rows.select_related("unit__region", "inspector", "visit", "verified_by"), pk=pk
    )
    return found


def _store_photos(request: SignedIn, form: SeenForm) -> dict[str, list[str]]:
    """Store what was uploaded at once, so that no fault elsewhere asks for the photos again. What is no photo is told
    at its field."""
    stored: dict[str, list[str]] = {}
    for field in ("before", "after", "photos"):
        if field not in form.fields:
            continue
        stored[field] = [sha for sha in request.POST.getlist(f"kept_{field}") if len(sha) == 64]
        for file in form.cleaned_data.get(field) or []:
            try:
                stored[field].append(store_picture(file, by=request.user).sha256)
            except Invalid as error:
                form.add_error(field, error.message)
    return stored


def _seen(data: dict[str, Any]) -> services.Seen:
    return services.Seen(data["seen_state"], data["seen_round"])


def _verify(passed: bool) -> Any:
    def do(finding: Finding, user: User, data: dict[str, Any], kept: dict[str, list[str]]) -> None:
        services.verify(
            finding, by=user, seen=_seen(data), passed=passed, method=data["method"], facts=data["facts"],
            photos=kept["photos"],
        )  # fmt: skip

    return do


_services: dict[str, Any] = {
    "issue": lambda f, user, data, kept: issuing.release(f, by=user, seen=_seen(data), note=data["note"]),
    "refer": lambda f, user, data, kept: services.refer(
        f, by=user, seen=_seen(data), department=data["department"], note=data["note"]
    ),
    "answer": lambda f, user, data, kept: services.answer(f, by=user, seen=_seen(data), note=data["note"]),
    "receive": lambda f, user, data, kept: services.receive(f, by=user, seen=_seen(data)),
    "start": lambda f, user, data, kept: services.start(
        f, by=user, seen=_seen(data), measures=data["measures"], person_in_charge=data["person_in_charge"]
    ),
    "report": lambda f, user, data, kept: services.report(
        f, by=user, seen=_seen(data), text=data["text"], before=kept["before"], after=kept["after"]
    ),
    "verify": _verify(True),
    "return": _verify(False),
    "sign_off": lambda f, user, data, kept: services.sign_off(
        f, by=user, seen=_seen(data), note=data["note"]
    ),
    "refuse": lambda f, user, data, kept: services.refuse(f, by=user, seen=_seen(data), note=data["note"]),
}


def _page(
    request: SignedIn,
    finding: Finding,
    *,
    tried: str = "",
    form: SeenForm | None = None,
    kept: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    open_moves = available(finding, request.user)
    late = form if tried not in open_moves else None  # someone was faster: what was typed stays in sight
    if form is not None and late is None:
        open_moves[tried] = form
    reports = list(finding.reports.select_related("reported_by", "verified_by").prefetch_related("photos"))
    context = {
        "finding": finding,
        "due": queries.due(finding),
        "moves": [(name, MOVES[name], one) for name, one in open_moves.items()],
        "tried": tried,
        "late": late,
        "kept": kept or {},
        "steps": timeline(finding, STEPS),
        "reports": reports,
        "photo_kinds": list(PhotoKind),
        "category": next(
            (w.label for w in words(WordKind.CATEGORY) if w.key == finding.category), finding.category
        ),
        "may_draft": request.user.can("document.draft"),
        "similar": queries.similar_struck_off(finding, request.user)
        if request.user.can("finding.report")
        else [],
    }
    return render(request, "findings/show.html", context, status=status)


def available(finding: Finding, user: User) -> dict[str, SeenForm]:
    """The moves this person can make now, the main one first, each with an empty form."""
    initial = {
        "seen_state": finding.state, "seen_round": finding.round, "department": finding.department,
    }  # fmt: skip
    found = {}
    for name in _in_order(finding):
        step = MOVES[name]
        if finding.state not in step.sources:
            continue
        allowed = Finding.objects.visible_to(user, step.capability).filter(pk=finding.pk).exists()
        if allowed and not (name in ("sign_off",) and finding.verified_by_id == user.pk):
            found[name] = FORMS[name](initial=initial, auto_id=f"{name}_%s")
    return found


def _in_order(finding: Finding) -> list[str]:
    """The moves as in the table; but what was found to be a department's matter is first of all referred or answered."""
    if finding.disposition != Disposition.COMPLEX:
        return list(MOVES)
    return sorted(MOVES, key=lambda name: name not in ("refer", "answer"))
