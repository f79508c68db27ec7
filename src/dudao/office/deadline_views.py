"""Times to rectify by severity and kind of problem: all in one table, and an office setting its own level's."""

from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dudao.journal.queries import Step, timeline
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError
from dudao.office.rule_forms import DeadlineForm
from dudao.office.rule_views import Question, level_name, own_region
from dudao.office.titles import RULE_STEPS
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.places.models import Region
from dudao.rules import setting
from dudao.rules.access import own_levels
from dudao.rules.deadlines import Deadlines, ProblemKind, coming, deadlines, rule_label
from dudao.rules.kinds import said
from dudao.rules.models import Mark, Rule, Word, WordKind
from dudao.rules.queries import labels, offered, words

LAST_CHANGES = 10


class Cell(NamedTuple):
    """What holds for one category within one severity; `is_own`: there is a value for this very kind."""

    severity: str
    value: str
    level: str
    rule: Rule
    is_own: bool


class Row(NamedTuple):
    """One category, or in the first row all that have no value of their own; `names` says which these are."""

    key: str
    label: str
    cells: list[Cell]
    names: str = ""


class Coming(NamedTuple):
    rule: Rule
    label: str
    value: str
    level: str


@require_GET
@requires("rule.view")
def deadline_table(request: SignedIn) -> HttpResponse:
    """What is in force for each kind of problem in one region on one day, what begins later, and who changed what."""
    question = Question.of(request)
    held = deadlines(region=question.region, on=question.on)
    names = labels(WordKind.CATEGORY)
    severities = words(WordKind.SEVERITY)
    own = {kind.category for kind in held.rows if kind.category}
    rest = [word.label for word in offered(WordKind.CATEGORY) if word.key not in own]
    context = {
        "question": question,
        "severities": severities,
        "rows": [
            Row("", _("未单独规定的类别"), _cells(held, severities, ""), _("、").join(rest)),
            *(Row(key, names[key], _cells(held, severities, key)) for key in names if key in own),
        ],
        "coming": [
            Coming(one, rule_label(one, names), said(one.value, {}), level_name(one.region))
            for one in coming(region=question.region, after=question.on)
        ],
        "steps": _steps(severities, question.region),
        "own": question.region is not None and question.region.pk in own_levels(request.user),
    }
    return render(request, "office/deadlines.html", context)


def _cells(held: Deadlines, severities: list[Word], category: str) -> list[Cell]:
    rows = [(word.label, word.key, held.row(word.key, category)) for word in severities]
    return [
        Cell(
            label, said(row.value, {}), level_name(row.region), row, ProblemKind(key, category).key == row.key
        )
        for label, key, row in rows
    ]


def _steps(severities: list[Word], region: Region | None) -> list[Step]:
    """The last changes that concern this region: those of its levels, and below."""
    path = region.path if region else ""
    found = [
        step
        for word in severities
        for step in timeline(setting.base_of(ProblemKind(word.key).key), RULE_STEPS)
        if path.startswith(step.event.region_path) or step.event.region_path.startswith(path)
    ]
    return sorted(found, key=lambda step: -step.event.pk)[:LAST_CHANGES]


@require_http_methods(["GET", "POST"])
@requires("rule.manage")
def set_deadline(request: SignedIn, code: str) -> HttpResponse:
    """Set the time to rectify of one kind of problem for this level, from a day on."""
    region = own_region(request.user, code)
    wanted = _wanted(request)
    held = deadlines(region=region, on=clock.today())
    form = DeadlineForm(request.POST or None, kind=wanted, now=held.row(*wanted))
    if request.method == "POST" and form.is_valid():
        starts_on: date = form.cleaned_data["starts_on"]
        try:
            setting.set_rule(
                form.problem_kind().key, region, form.value(), starts_on=starts_on, source=form.cleaned_data["source"],
                source_en=form.cleaned_data["source_en"], mark=Mark(form.cleaned_data["mark"]), by=request.user,
            )  # fmt: skip
        except DudaoError as error:
            form.blame(error)
        else:
            messages.success(request, _("已设定，自 %(day)s 起执行。") % {"day": starts_on})
            return redirect(_table(region))
    context: dict[str, Any] = {
        "form": form, "heading": _("整改期限规定 · %(region)s") % {"region": region.name}, "button": _("设定"),
        "note": _("已下发的问题按原来的期限；从生效之日起新发现的问题按新的期限。"),
        "back": _table(region), "back_label": _("整改期限规定"),
    }  # fmt: skip
    return render(request, "office/kept_form.html", context, status=form.status)


def _wanted(request: SignedIn) -> ProblemKind:
    """What the address asks for; the first severity, all categories, unless it names others."""
    severity = request.GET.get("severity") or words(WordKind.SEVERITY)[0].key
    category = request.GET.get("category", "")
    if severity not in labels(WordKind.SEVERITY) or (category and category not in labels(WordKind.CATEGORY)):
        raise Http404
    return ProblemKind(severity, category)


def _table(region: Region) -> str:
    return f"{reverse('office:deadlines')}?region={region.code}"
