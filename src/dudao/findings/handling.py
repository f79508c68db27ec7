"""What an office does with a problem on its way: refer, reassign, pause, put somebody in charge, merge, withdraw."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dudao.findings import asking, checks
from dudao.findings.checks import Case
from dudao.findings.models import Finding
from dudao.findings.moving import Seen, move, running_again, stopped
from dudao.findings.services import anew, notified, verified
from dudao.findings.states import CLOSED, MOVES, WITH_UNIT, Decision, Disposition
from dudao.journal import services as journal
from dudao.journal.models import Event
from dudao.journal.services import Happening
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Invalid
from dudao.kernel.text import clean
from dudao.people.access import unit_scope
from dudao.people.models import Grant, User
from dudao.people.roles import RIGHTS
from dudao.places.models import Unit
from dudao.rules.queries import last_day, limit


@transaction.atomic
def refer(
    finding: Finding,
    *,
    by: User,
    seen: Seen,
    department: str,
    note: str = "",
    unit: Unit | None = None,
    answer_by: date | None = None,
) -> Finding:
    """The office asks a department to deal with it (协商转办), by a day of the rule `finding.referral` unless it names
    another. `unit` is the department's own account, if it has one: then it answers itself."""
    department = clean(department) or (unit.name if unit else "")
    if not department:
        raise Invalid(_("请填写转办的部门。"), field="department")
    if answer_by is not None and answer_by <= clock.today():
        raise Invalid(_("办理期限要在今天以后。"), field="answer_by")
    checks.refuse("refer", Case(finding, by, {}))
    within = limit("finding.referral", region=finding.unit.region, on=clock.today())
    by_day = answer_by or last_day(clock.today(), within)
    moved = move(
        finding, "refer", by=by, seen=seen, note=note, department=department, department_unit=unit,
        answer_by=by_day, disposition=Disposition.COMPLEX, climbed=0, reminded="", paused_on=None, pause_reason="",
        told={"department": department, "answer_by": str(by_day)},
    )  # fmt: skip
    asking.settle(moved, Decision.GRANTED, by=by, reason=note)
    return moved


@transaction.atomic
def answer(finding: Finding, *, by: User, seen: Seen, note: str) -> Finding:
    """What the department did about it, told by itself or by the office; a second person strikes the problem off."""
    if not clean(note):
        raise Invalid(_("请写明部门的办理结果。"), field="note")
    return move(finding, "answer", by=by, seen=seen, note=note, **verified(by))


@transaction.atomic
def send_back(finding: Finding, *, by: User, seen: Seen, note: str) -> Finding:
    """The second person does not agree with what a department answered: it goes on, with the whole time anew."""
    if not clean(note):
        raise Invalid(_("请写明退回部门的原因。"), field="note")
    checks.refuse("send_back", Case(finding, by, {}))
    within = limit("finding.referral", region=finding.unit.region, on=clock.today())
    by_day = last_day(clock.today(), within)
    return move(
        finding, "send_back", by=by, seen=seen, note=note, answer_by=by_day, reminded="", verified_at=None,
        verified_by=None, told={"answer_by": str(by_day)},
    )  # fmt: skip


@transaction.atomic
def reassign(finding: Finding, *, by: User, seen: Seen, unit: Unit, note: str) -> Finding:
    """Another unit must put it right: the problem goes to it as if it were new, and keeps its number and history."""
    note = clean(note)
    if not note:
        raise Invalid(_("请写明改由该单位整改的理由。"), field="note")
    if unit.pk == finding.unit_id or unit not in reachable(by):
        raise Invalid(_("请选择您管辖范围内另一个在办的单位。"), field="unit")
    checks.refuse("reassign", Case(finding, by, {}))
    told = {"unit": str(unit.pk), "unit_name": unit.name, "from_unit": str(finding.unit_id)}
    moved = move(finding, "reassign", by=by, seen=seen, note=note, told=told, **_to_unit(finding, unit))
    asking.settle(moved, Decision.GRANTED, by=by, reason=note)
    return moved


def reachable(user: User) -> QuerySet[Unit]:
    """The open units whose problems this person may send out."""
    return Unit.objects.filter(unit_scope(user, "finding.issue", unit=""), is_open=True)


def _to_unit(finding: Finding, unit: Unit) -> dict[str, Any]:
    """What is written when a problem begins anew with another unit."""
    finding.unit = unit  # whose region's limits hold
    rounds = finding.round + finding.reports.filter(round=finding.round).exists()
    again = {
        "unit": unit,
        "round": rounds,
        "measures": "",
        "person_in_charge": "",
        "handler": None,
        "in_charge": None,
    }
    return again | anew() | notified(finding)


@transaction.atomic
def pause(finding: Finding, *, by: User, seen: Seen, reason: str) -> Finding:
    """The days to rectify do not run from today on; the page says why."""
    if not clean(reason):
        raise Invalid(_("请写明暂停计时的原因。"), field="note")
    if finding.paused_on is not None:
        raise Invalid(_("已经暂停计时。"))
    return move(finding, "pause", by=by, seen=seen, note=reason, **stopped(reason))


@transaction.atomic
def resume(finding: Finding, *, by: User, seen: Seen, note: str = "") -> Finding:
    """The days that were left begin to run after today."""
    if finding.paused_on is None:
        raise Invalid(_("没有暂停计时。"))
    return move(finding, "resume", by=by, seen=seen, note=note, **running_again(finding))


@transaction.atomic
def assign(finding: Finding, *, by: User, seen: Seen, to: User) -> Finding:
    """Put somebody in charge of verifying: an inspector, or one of the office."""
    if to not in may_verify(finding.unit):
        raise Invalid(_("请选择负责该地区的督学或督导室人员。"), field="to")
    return move(finding, "assign", by=by, seen=seen, in_charge=to, told={"to": to.pk, "name": to.name})


def may_verify(unit: Unit) -> list[User]:
    """Who can be put in charge of a unit's problems: its region's office, and inspectors who serve there."""
    roles = [role for role, rights in RIGHTS.items() if "finding.verify" in rights]
    grants = Grant.objects.in_force(clock.today()).filter(role__in=roles)
    office = grants.filter(region=unit.region)
    serving = grants.filter(assigned=True, user__assignments__unit__region=unit.region)
    ids = {*office.values_list("user_id", flat=True), *serving.values_list("user_id", flat=True)}
    return list(User.objects.filter(pk__in=ids, is_active=True).order_by("name", "pk"))


@transaction.atomic
def hand(finding: Finding, *, by: User, seen: Seen, to: User) -> Finding:
    """The head of a unit hands a problem to one of its people (经办人), who writes the report."""
    if to not in people_of(finding.unit):
        raise Invalid(_("请选择本单位的人员。"), field="to")
    return move(finding, "hand", by=by, seen=seen, handler=to, told={"to": to.pk, "name": to.name})


def people_of(unit: Unit) -> list[User]:
    """Who works for the unit in this system."""
    grants = Grant.objects.in_force(clock.today()).filter(unit=unit)
    return list(User.objects.filter(pk__in=grants.values("user_id"), is_active=True).order_by("name", "pk"))


@transaction.atomic
def merge(finding: Finding, *, by: User, seen: Seen, lead: Finding, note: str = "") -> Finding:
    """The same was raised twice (并案): this one is closed and points to the one that leads."""
    if lead.pk == finding.pk or lead.unit_id != finding.unit_id or lead.state in CLOSED:
        raise Invalid(_("请选择同一单位另一个未办结的问题。"), field="lead")
    moved = move(
        finding, "merge", by=by, seen=seen, note=note, merged_into=lead, told={"into": lead.number},
        paused_on=None, pause_reason="", asks_extension=False,
    )  # fmt: skip
    asking.close(moved, by=by)
    return moved


@transaction.atomic
def withdraw(finding: Finding, *, by: User, seen: Seen, reason: str) -> Finding:
    """It should not have been raised (撤销). Nothing is deleted (domain §12.3)."""
    if not clean(reason):
        raise Invalid(_("请写明撤销的原因。"), field="note")
    moved = move(
        finding,
        "withdraw",
        by=by,
        seen=seen,
        note=reason,
        paused_on=None,
        pause_reason="",
        asks_extension=False,
    )
    asking.close(moved, by=by)
    return moved


class Outcome(NamedTuple):
    """What became of one of several: nothing stands against it when `fault` is empty. What `is_needless` is no fault."""

    finding: Finding
    fault: str = ""
    is_needless: bool = False


def remind_all(found: Collection[Finding], *, by: User) -> list[Outcome]:
    """The office urges the units of several problems (催办), each once a day; with a constant number of queries."""
    may = set(
        Finding.objects.visible_to(by, "finding.verify")
        .filter(pk__in=[one.pk for one in found])
        .values_list("pk", flat=True)
    )
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    done = set(
        Event.objects.filter(
            kind="finding.remind", at__gte=today, object_id__in=[str(one.pk) for one in found]
        ).values_list("object_id", flat=True)
    )
    made = [_urging(one, may, done) for one in found]
    urged = [one.finding for one in made if not one.fault]
    with transaction.atomic():
        happenings = [
            Happening(one, region=one.unit.region.path, unit=one.unit_id, after={"state": one.state})
            for one in urged
        ]
        journal.record_many("finding.remind", happenings, by=by)
    return made


def _urging(finding: Finding, may: Collection[UUID], done: Collection[str]) -> Outcome:
    if finding.pk not in may:
        return Outcome(finding, _("您没有执行此操作的权限。"))
    if finding.state not in WITH_UNIT:
        return Outcome(finding, _("现在不需要学校办理。"), is_needless=True)
    if finding.paused_on is not None:
        return Outcome(finding, _("计时已暂停，不需要催办。"), is_needless=True)
    if str(finding.pk) in done:
        return Outcome(finding, _("今天已经催办过。"), is_needless=True)
    return Outcome(finding)


def assign_all(found: Collection[Finding], *, to: User, by: User) -> list[Outcome]:
    """Put one person in charge of several, each in a transaction of its own: one that fails stops no other."""
    made = []
    for finding in found:
        try:
            if finding.state not in MOVES["assign"].sources:
                made.append(Outcome(finding, _("已办结，不需要指定核查人。"), is_needless=True))
                continue
            assign(finding, by=by, seen=Seen(finding.state, finding.round), to=to)
        except DudaoError as error:
            made.append(Outcome(finding, str(error.message)))
        else:
            made.append(Outcome(finding))
    return made
