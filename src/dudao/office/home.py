"""What waits for a person, in order of urgency: the workbench (工作台)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dudao.documents.models import Document, Draft
from dudao.documents.states import Standing
from dudao.findings.lists import GROUPS
from dudao.findings.models import Finding, LookBack
from dudao.findings.queries import Due, with_due
from dudao.findings.states import RUNNING, WITH_UNIT, PetitionKind, State
from dudao.insight import glance
from dudao.insight import queries as insight
from dudao.insight.glance import Glance
from dudao.insight.queries import Coverage
from dudao.insight.standings import Standing as Problems
from dudao.insight.standings import old_since, standings_for
from dudao.inspections import live
from dudao.inspections.check_ins import under_way
from dudao.inspections.models import CheckIn
from dudao.inspectors.models import Application
from dudao.inspectors.states import State as ApplicationState
from dudao.intake.models import Entry
from dudao.kernel import clock
from dudao.office.first_steps import Step, first_steps
from dudao.people import phones
from dudao.people.access import region_scope, unit_scope
from dudao.people.lists import NO_ROLE
from dudao.people.models import User
from dudao.people.queries import accounts_visible_to, assignments_on, without_rights
from dudao.people.roles import Role
from dudao.places.models import COMPULSORY, Region, Unit
from dudao.plans.models import TermPlan
from dudao.plans.queries import invitations_to_answer
from dudao.plans.states import State as TermState
from dudao.rules.teaching import visits_asked


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits: how many, how it looks, where it leads."""

    label: str
    count: int
    icon: str
    tone: str
    url: str


@dataclass(frozen=True)
class School:
    """One of an inspector's schools this month: how often it was visited, and how often it is to be."""

    unit: Unit
    visits: int
    asked: int


@dataclass(frozen=True)
class Beginning:
    """What a school with nothing to do is told: who its inspectors are."""

    unit: Unit
    inspectors: list[User]


@dataclass(frozen=True)
class Home:
    waiting: list[Waiting]
    tasks: list[tuple[Finding, Due | None]]
    region: Region | None
    total: Coverage | None
    below: list[Coverage]
    glance: Glance | None
    here: list[CheckIn]
    stream: list[live.Came]
    schools: list[School]
    steps: list[Step]
    begins: Beginning | None
    old_since: datetime | None  # the figures are older than that


def of(user: User) -> Home:
    """The workbench of `user`: only what her grants open."""
    region = Region.objects.filter(region_scope(user, "coverage.view")).order_by("path").first()
    month = insight.this_month()
    tasks = _tasks(user)
    watched = live.key_for(user, live.SHOWN_AT_HOME)["paths"] if user.can("live.view") else []
    return Home(
        waiting=[one for one in _waiting(user) if one.count],
        tasks=tasks,
        region=region,
        total=insight.coverage(region, month) if region else None,
        below=insight.coverage_below(region, month) if region and not insight.is_leaf(region) else [],
        glance=glance.of(region) if region else None,
        here=under_way(watched),
        stream=live.came_in(watched, live.SHOWN_AT_HOME) if watched else [],
        schools=_schools(user),
        steps=first_steps(user, region),
        begins=None if tasks else _begins(user),
        old_since=old_since(),
    )


def _ledger(**query: Any) -> str:
    return reverse("findings:ledger") + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def _without_rights(user: User) -> int:
    return without_rights(accounts_visible_to(user)).count() if user.can("grant.manage") else 0


def _referred_to(user: User) -> int:
    """Problems a department of the bureau was asked to deal with."""
    if not any(grant.unit_id for grant in user.grants_with("finding.answer")):
        return 0
    rows = Finding.objects.visible_to(user, "finding.answer").filter(state=State.REFERRED)
    return int(rows.count())


def _asked(user: User) -> int:
    """Problems whose unit asks for more time, or for a plan in steps, that this person may decide."""
    deciding = {PetitionKind.EXTENSION: "finding.verify", PetitionKind.PLAN: "finding.issue"}
    return sum(
        Finding.objects.visible_to(user, capability).asking(kind).count()
        for kind, capability in deciding.items()
        if user.can(capability)
    )


def _steps_to_verify(user: User) -> int:
    if not user.can("finding.verify"):
        return 0
    return int(Finding.objects.visible_to(user, "finding.verify").with_a_step_to_verify().count())


def _invited(user: User) -> Waiting:
    """Visits this person is asked to come along to; it leads to the first of them."""
    asked = invitations_to_answer(user)
    url = reverse("plans:item", args=[asked[0].item_id]) if asked else ""
    return Waiting(_("同行邀请"), len(asked), "user-plus", "orange", url)


def _terms_to_confirm(user: User) -> int:
    """Term plans handed in to this person's office."""
    if not user.can("plan.manage"):
        return 0
    own = region_scope(user, "plan.manage", path="region__path")
    return TermPlan.objects.filter(own, state=TermState.SUBMITTED).count()


def _applications_to_review(user: User) -> int:
    if not user.can("inspector.manage"):
        return 0
    rows = Application.objects.visible_to(user, "inspector.manage")
    return int(rows.filter(state=ApplicationState.SUBMITTED).count())


def _to_look_again(user: User) -> int:
    """Look-backs this person is sent on."""
    return int(LookBack.objects.filter(goes=user, result="").count()) if user.can("finding.verify") else 0


def _unconfirmed(user: User) -> int:
    sent = Document.objects.visible_to(user, "document.receive").filter(standing=Standing.SENT)
    return int(sent.count())


FINDING_CAPABILITIES = (
    "finding.view", "finding.issue", "finding.receive", "finding.report", "finding.write", "finding.answer", "finding.verify",
    "finding.sign_off",
)  # fmt: skip
SOON = timedelta(days=3)


def _waiting(user: User) -> list[Waiting]:
    """The most urgent first: what is late, what came back, what is due, then step by step."""
    own = standings_for(user, [one for one in FINDING_CAPABILITIES if user.can(one)])
    seen, today = own.get("finding.view", Problems()), clock.today()

    def count(capability: str, *states: State) -> int:
        return own[capability].in_states(states) if capability in own else 0

    acts = "finding.report" if "finding.report" in own else "finding.write"
    return [
        Waiting(_("已逾期"), seen.overdue(today), "clock-exclamation", "red", _ledger(state="", overdue=1)),
        Waiting(
            _("退回再改"), count(acts, State.RETURNED), "corner-up-left", "red", _ledger(state="RETURNED")
        ),
        Waiting(
            _("三天内到期"), seen.due(today, today + SOON), "calendar-due", "orange",
            _ledger(state="", due_from=today, due_until=today + SOON),
        ),
        Waiting(
            _("待审核下发"), count("finding.issue", State.RECORDED), "send", "orange", _ledger(state="RECORDED")
        ),
        Waiting(
            _("异议待定"), count("finding.issue", State.OBJECTED), "message-report", "orange", _ledger(state="OBJECTED")
        ),
        Waiting(_("申请待批"), _asked(user), "help-circle", "orange", _ledger(state="", asked=1)),
        Waiting(_("转办待答复"), _referred_to(user), "arrow-right", "indigo", _ledger(state="REFERRED")),
        Waiting(_("待签收"), count("finding.receive", State.NOTIFIED), "mail", "orange", _ledger(state="NOTIFIED")),
        Waiting(_("待整改"), count(acts, *GROUPS["doing"]), "progress", "blue", _ledger(state="doing")),
        Waiting(
            _("待核查"), count("finding.verify", State.REPORTED), "report-search", "purple", _ledger(state="REPORTED")
        ),
        Waiting(_("节点待核查"), _steps_to_verify(user), "report-search", "purple", _ledger(state="", step=1)),
        Waiting(
            _("待销号"), count("finding.sign_off", State.VERIFIED), "progress-check", "teal", _ledger(state="VERIFIED")
        ),
        _invited(user),
        Waiting(
            _("学期计划待确认"), _terms_to_confirm(user), "calendar-due", "purple",
            reverse("plans:terms") + f"?state={TermState.SUBMITTED}",
        ),
        Waiting(
            _("聘任申请待审核"), _applications_to_review(user), "user-plus", "purple",
            reverse("inspectors:applications") + f"?state={ApplicationState.SUBMITTED}",
        ),
        Waiting(_("待回访"), _to_look_again(user), "history", "purple", reverse("findings:look-backs")),
        Waiting(
            _("文书待办"), Draft.objects.waiting_for(user).count(), "pencil", "purple", reverse("documents:list")
        ),
        Waiting(_("文书待签收"), _unconfirmed(user), "mail", "orange", reverse("documents:list")),
        Waiting(
            _("待查条目"),
            Entry.objects.visible_to(user).in_trouble().count(),
            "alert-triangle", "red", reverse("intake:quarantine"),
        ),
        Waiting(
            _("没有授权的账号"), _without_rights(user), "user-plus", "orange",
            f"{reverse('people:accounts')}?role={NO_ROLE}",
        ),
    ]  # fmt: skip


def _tasks(user: User) -> list[tuple[Finding, Due | None]]:
    """What a unit must act on, nearest deadline first. Its staff confirm no receipt; what was handed to them stands first."""
    is_head = user.has_role(Role.UNIT)
    if not (is_head or user.has_role(Role.UNIT_STAFF)):
        return []
    states = WITH_UNIT if is_head else RUNNING
    rows = Finding.objects.visible_to(user, "finding.write").filter(state__in=states)
    found = with_due(list(rows.select_related("unit__region")))
    found.sort(key=lambda pair: pair[1].on if pair[1] else clock.today())
    return sorted(found, key=lambda pair: not is_head and pair[0].handler_id != user.pk)


def _begins(user: User) -> Beginning | None:
    if not user.has_role(Role.UNIT):
        return None
    rows = Unit.objects.filter(unit_scope(user, "finding.report", unit="")).select_related("region")
    unit = rows.order_by("pk").first()
    return Beginning(unit, list(phones.inspectors_of(unit, seen_by=user))) if unit else None


def _schools(user: User) -> list[School]:
    """An inspector's schools, those still due this month first."""
    units = Unit.objects.filter(pk__in=assignments_on(clock.today()).filter(inspector=user).values("unit_id"))
    counted = insight.visits_this_month([unit.pk for unit in units])
    own, month = list(units.select_related("region")), insight.this_month()
    asked = visits_asked({unit.region for unit in own}, [month])
    rows = [
        School(unit, counted.get(unit.pk, 0), asked[unit.region_id, month] if unit.kind in COMPULSORY else 0)
        for unit in own
    ]
    return sorted(rows, key=lambda row: (row.visits >= row.asked, row.visits))
