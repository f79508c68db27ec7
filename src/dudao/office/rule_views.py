"""Rules: what is in force where and when, how it came about, and an office setting the values of its own level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.journal.queries import Step, timeline
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError
from dudao.kernel.excel import workbook
from dudao.office.rule_forms import EndForm, RuleForm
from dudao.office.titles import RULE_STEPS
from dudao.people.guards import requires
from dudao.people.models import User
from dudao.people.requests import SignedIn
from dudao.places.models import Region
from dudao.rules import setting
from dudao.rules.access import own_levels, read_scope
from dudao.rules.deadlines import kind_of_problem, rule_label
from dudao.rules.kinds import Comparison, compared, in_order, said, subject_of
from dudao.rules.models import Mark, Rule, WordKind
from dudao.rules.queries import all_in_force, labels, levels_of, paths_above, published_years, rule_in_force
from dudao.ui.forms import OfficeForm

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Line(NamedTuple):
    """One rule as the page shows it. `comparison` is None where no level above has a value."""

    rule: Rule
    label: str
    subject: Any
    value: str
    level: str
    above: str
    comparison: Comparison | None


@dataclass
class Question:
    """What somebody asks: in force where, and on which day?"""

    regions: list[Region]
    region: Region | None
    on: date
    is_understood: bool

    @classmethod
    def of(cls, request: SignedIn) -> "Question":
        """From the address; without one, the person's own level today."""
        regions = list(Region.objects.filter(read_scope(request.user)).order_by("path"))
        own = own_levels(request.user)
        usual = next((one for one in regions if one.pk in own), regions[0] if regions else None)
        wanted, day = request.GET.get("region", ""), request.GET.get("on", "")
        region = next((one for one in regions if one.code == wanted), None)
        on = _day(day)
        understood = (region is not None or not wanted) and (on is not None or not day)
        return cls(regions, region or usual, on or clock.today(), understood)

    @property
    def address(self) -> str:
        return f"?region={self.region.code if self.region else ''}&on={self.on}"


def _day(text: str) -> date | None:
    try:
        on = parse_date(text)
    except ValueError:
        return None
    return on if on and 2000 <= on.year <= 2099 else None


def level_name(region: Region | None) -> str:
    return region.name if region else _("全国")


def _lines(question: Question) -> list[Line]:
    names, categories = labels(WordKind.SEVERITY), labels(WordKind.CATEGORY)
    return [
        Line(
            one.rule,
            rule_label(one.rule, categories),
            subject_of(one.rule.key).label,
            said(one.rule.value, names),
            level_name(one.rule.region),
            said(one.above.value, names) if one.above else "",
            compared(one.rule.key, one.rule.value, one.above.value) if one.above else None,
        )
        for one in sorted(
            all_in_force(region=question.region, on=question.on), key=lambda one: in_order(one.rule.key)
        )
    ]


@require_GET
@requires("rule.view")
def rules(request: SignedIn) -> HttpResponse:
    """Every rule as it holds in one region on one day: value, level, source."""
    question = Question.of(request)
    lines = _lines(question)
    if "export" in request.GET:
        return _excel(question, lines)
    subjects: dict[str, list[Line]] = {}
    for line in lines:
        subjects.setdefault(str(line.subject), []).append(line)
    context = {
        "question": question,
        "subjects": subjects,
        "count": len(lines),
        "own": question.region is not None and question.region.pk in own_levels(request.user),
        "unpublished": question.on.year if question.on.year not in published_years() else None,
    }
    return render(request, "office/rules.html", context)


def _excel(question: Question, lines: Sequence[Line]) -> HttpResponse:
    head = [(_("规则"), 36), (_("值"), 16), (_("适用层级"), 14), (_("与上级相比"), 14), (_("生效"), 12), (_("失效"), 12),
            (_("依据"), 60), (_("可靠程度"), 12)]  # fmt: skip
    cells = [
        (
            line.label, line.value, line.level, line.comparison.label if line.comparison else "", line.rule.starts_on,
            line.rule.ends_on, line.rule.source_label, line.rule.get_mark_display(),
        )
        for line in lines
    ]  # fmt: skip
    title = f"{level_name(question.region)} {question.on}"
    answer = HttpResponse(workbook(title, head, cells), content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="rules-{question.on}.xlsx"'
    return answer


class Level(NamedTuple):
    """One level of a rule on a day: its own value, if it has one."""

    name: str
    rule: Rule | None
    value: str
    comparison: Comparison | None
    holds: bool


class Version(NamedTuple):
    """One row of a rule's history."""

    rule: Rule
    level: str
    value: str
    state: str
    may_withdraw: bool


@require_GET
@requires("rule.view")
def rule(request: SignedIn, key: str) -> HttpResponse:
    """One rule: each level's value on that day, all its versions, who changed it when."""
    question = Question.of(request)
    rows = list(levels_of(question.region).filter(key=key).order_by("-starts_on", "-pk"))
    if not rows:
        raise Http404
    own = own_levels(request.user)
    names, today = labels(WordKind.SEVERITY), clock.today()
    own_now = next((row for row in rows if row.region_id in own and _holds(row, today)), None)
    context = {
        "question": question,
        "key": key,
        "label": rule_label(rows[0]),
        "problem": kind_of_problem(key),
        "levels": _levels(question, rows, names),
        "versions": [
            Version(row, level_name(row.region), said(row.value, names), _state(row, today),
                    row.region_id in own and row.starts_on > today)
            for row in rows
        ],
        "may_set": question.region is not None and question.region.pk in own,
        "own_now": own_now if question.region and own_now and own_now.region_id == question.region.pk else None,
        "steps": _steps(key, question.region),
    }  # fmt: skip
    return render(request, "office/rule.html", context)


def _holds(row: Rule, on: date) -> bool:
    return row.starts_on <= on and (row.ends_on is None or row.ends_on >= on)


def _state(row: Rule, today: date) -> str:
    if row.starts_on > today:
        return "COMING"
    return "HOLDS" if _holds(row, today) else "ENDED"


def _levels(question: Question, rows: list[Rule], names: dict[str, str]) -> list[Level]:
    regions: list[Region | None] = [None]
    if question.region is not None:
        regions += Region.objects.filter(path__in=paths_above(question.region)).order_by("path")
    levels: list[Level] = []
    above: Rule | None = None
    for region in regions:
        own = next((row for row in rows if row.region == region and _holds(row, question.on)), None)
        comparison = compared(own.key, own.value, above.value) if own and above else None
        levels.append(
            Level(level_name(region), own, said(own.value, names) if own else "", comparison, False)
        )
        above = own or above
    nearest = max((at for at, one in enumerate(levels) if one.rule), default=-1)
    return [one._replace(holds=at == nearest) for at, one in enumerate(levels)]


def _steps(key: str, region: Region | None) -> list[Step]:
    """What happened to the rule at this region's levels and below; to that of a severity, also for kinds of problems."""
    base = setting.base_of(key)
    path = region.path if region else ""
    return [
        step
        for step in timeline(base, RULE_STEPS)
        if (path.startswith(step.event.region_path) or step.event.region_path.startswith(path))
        and (key == base.key or step.event.after.get("key") == key)
    ]


def own_region(user: User, code: str) -> Region:
    """A region for which this person sets values, else 404."""
    found: Region = get_object_or_404(Region, code=code, pk__in=own_levels(user))
    return found


def back_to(key: str, region: Region) -> HttpResponse:
    return redirect(f"{reverse('office:rule', args=[key])}?region={region.code}")


@require_http_methods(["GET", "POST"])
@requires("rule.manage")
def set_value(request: SignedIn, key: str, code: str) -> HttpResponse:
    """Set this level's value from a day on."""
    region = own_region(request.user, code)
    now = rule_in_force(key, region=region, on=clock.today())
    if now is None:
        raise Http404
    label = rule_label(now)
    form = RuleForm(request.POST or None, now=now)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        try:
            setting.set_rule(
                key, region, form.value(), starts_on=got["starts_on"], source=got["source"], source_en=got["source_en"],
                mark=Mark(got["mark"]), by=request.user,
            )  # fmt: skip
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已设定，自 %(day)s 起执行。") % {"day": got["starts_on"]})
            return back_to(key, region)
    note = _("现行：%(value)s（%(level)s）") % {
        "value": said(now.value, labels(WordKind.SEVERITY)), "level": level_name(now.region)
    }  # fmt: skip
    return _form(request, form, f"{label} · {region.name}", _("设定"), back=(label, key, region), note=note)


@require_http_methods(["GET", "POST"])
@requires("rule.manage")
def end(request: SignedIn, key: str, code: str) -> HttpResponse:
    """Let the level above hold again."""
    region = own_region(request.user, code)
    row = rule_in_force(key, region=region, on=clock.today())
    if row is None or row.region_id != region.pk:
        raise Http404
    label = rule_label(row)
    form = EndForm(request.POST or None, initial={"last_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            setting.end_rule(row, last_on=form.cleaned_data["last_on"], by=request.user)
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已保存。"))
            return back_to(key, region)
    return _form(request, form, f"{label} · {region.name}", _("恢复执行上级规定"), back=(label, key, region))


@require_POST
@requires("rule.manage")
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take back a value that has not begun."""
    row = get_object_or_404(
        Rule.objects.select_related("region", "follows"), pk=pk, region__in=own_levels(request.user)
    )
    assert row.region is not None
    setting.withdraw_rule(row, by=request.user)
    messages.success(request, _("已撤回。"))
    return back_to(row.key, row.region)


def _form(
    request: SignedIn,
    form: OfficeForm,
    heading: str,
    button: str,
    *,
    back: tuple[str, str, Region],
    note: str = "",
) -> HttpResponse:
    label, key, region = back
    context = {
        "form": form, "heading": heading, "button": button, "note": note, "back_label": label,
        "back": f"{reverse('office:rule', args=[key])}?region={region.code}",
    }  # fmt: skip
    return render(request, "office/kept_form.html", context, status=form.status)
