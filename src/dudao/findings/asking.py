"""What a unit asks for (extension, objection, "the owner is not us", a plan in steps), and how it is decided.

What waits for a decision is a `Petition`; the move that decides it names the decision.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from dudao.findings import checks
from dudao.findings.checks import Case
from dudao.findings.models import Finding, Milestone, Petition, PhotoKind, Proof
from dudao.findings.moving import (
    Seen,
    deadline_from,
    granted,
    move,
    running_again,
    stopped,
    stopped_by_objection,
)
from dudao.findings.states import Decision, PetitionKind, Severity
from dudao.kernel import clock
from dudao.kernel.errors import Invalid, StaleState
from dudao.kernel.text import clean
from dudao.kernel.workdays import DayUnit, working_day_from
from dudao.people.models import User
from dudao.rules.deadlines import time_to_rectify
from dudao.rules.queries import Limit, in_force, limit, special_days

MOST_STEPS = 20


class Kept(NamedTuple):
    """Hashes of stored evidence that goes with a text: photos and files."""

    photos: Sequence[str] = ()
    files: Sequence[str] = ()


NOTHING = Kept()


class Step(NamedTuple):
    title: str
    due_on: date


@transaction.atomic
def ask_extension(
    finding: Finding, *, by: User, seen: Seen, text: str, wished_on: date, kept: Kept = NOTHING
) -> Finding:
    """The unit asks for more time (延期), until the last evening of the deadline. Asked in time is in time: while nobody
    has decided, the deadline does not pass."""
    text = _reasons(text, _("请写明申请延期的理由。"))
    if finding.due_on is not None and wished_on <= max(finding.due_on, clock.today()):
        raise Invalid(_("希望延期至的日期要晚于现在的整改期限。"), field="wished_on")
    checks.refuse("extend", Case(finding, by, {}))
    moved = move(
        finding,
        "extend",
        by=by,
        seen=seen,
        note=text,
        asks_extension=True,
        told={"wished_on": str(wished_on)},
    )
    _petition(moved, PetitionKind.EXTENSION, text, by=by, kept=kept, wished_on=wished_on)
    return moved


@transaction.atomic
def decide_extension(finding: Finding, *, by: User, seen: Seen, until: date | None, reason: str) -> Finding:
    """Grant an extension, to the day that was asked or to an earlier one (`until`), or refuse it (None).

    A refusal gives back the days the unit waited for it: the deadline is not before today.
    """
    petition = _waiting(finding, PetitionKind.EXTENSION)
    checks.refuse("decide_extension", Case(finding, by, {"until": until}))
    assert petition.wished_on is not None, f"an extension without a day: {petition.pk=}"
    if until is None:
        decision = Decision.REFUSED
        late = finding.due_on is not None and finding.due_on < clock.today()
        days = {"due_on": clock.today()} if late else {}
    else:
        if finding.due_on is not None and until <= finding.due_on:
            raise Invalid(_("同意延期的日期要晚于现在的整改期限；不同意请选“不同意”。"), field="until")
        decision = Decision.GRANTED if until >= petition.wished_on else Decision.PARTLY
        days = granted(until)
    reason = _reasons(reason, _("请写明理由。"), field="reason", needed=decision is not Decision.GRANTED)
    moved = move(
        finding, "decide_extension", by=by, seen=seen, note=reason, asks_extension=False,
        told={"decision": decision}, **days,
    )  # fmt: skip
    _decide(petition, decision, by=by, reason=reason, granted_on=until)
    return moved


@transaction.atomic
def object_to(finding: Finding, *, by: User, seen: Seen, text: str, kept: Kept = NOTHING) -> Finding:
    """The unit objects (异议) to what was found. The days stop meanwhile where the rule says so."""
    text = _reasons(text, _("请写明异议的事实和理由。"))
    checks.refuse("object", Case(finding, by, {}))
    moved = move(finding, "object", by=by, seen=seen, note=text, **_stopped_meanwhile(finding))
    _petition(moved, PetitionKind.OBJECTION, text, by=by, kept=kept)
    return moved


@transaction.atomic
def disown(finding: Finding, *, by: User, seen: Seen, text: str, owner: str, kept: Kept = NOTHING) -> Finding:
    """The unit says that another must put it right (责任主体不是本单位): bureau, department, government, another school."""
    text = _reasons(text, _("请写明理由。"))
    owner = clean(owner)
    if not owner:
        raise Invalid(_("请填写您认为应当负责的单位或部门。"), field="owner")
    checks.refuse("disown", Case(finding, by, {}))
    moved = move(
        finding, "disown", by=by, seen=seen, note=text, told={"owner": owner}, **_stopped_meanwhile(finding)
    )
    _petition(moved, PetitionKind.OWNER, text, by=by, kept=kept, owner=owner)
    return moved


@transaction.atomic
def allow_late(finding: Finding, *, by: User, seen: Seen, reason: str) -> Finding:
    """The office lets the unit object though the time has passed: anew for the whole period, from today."""
    reason = _reasons(reason, _("请写明允许的原因。"), field="note")
    within = limit("finding.objection", region=finding.unit.region, on=clock.today())
    until = deadline_from(clock.today(), within.days, within.unit)["due_on"]
    return move(
        finding, "allow", by=by, seen=seen, note=reason, object_until=until, told={"until": str(until)}
    )


@transaction.atomic
def reject(finding: Finding, *, by: User, seen: Seen, reason: str) -> Finding:
    """The objection does not hold: the unit goes on, with the days it had left."""
    reason = _reasons(reason, _("请写明不采纳的理由。"), field="note")
    petition = _waiting(finding, PetitionKind.OBJECTION, PetitionKind.OWNER)
    checks.refuse("reject", Case(finding, by, {}))
    days = running_again(finding) if stopped_by_objection(finding) else {}
    moved = move(finding, "reject", by=by, seen=seen, note=reason, **days)
    _decide(petition, Decision.REFUSED, by=by, reason=reason)
    return moved


@transaction.atomic
def amend(
    finding: Finding, *, by: User, seen: Seen, reason: str, wording: str, severity: str, requirement: str
) -> Finding:
    """The objection holds in part: the problem is put right in its words or weight, and the days begin anew."""
    reason = _reasons(reason, _("请写明理由。"), field="note")
    wording, requirement = clean(wording), clean(requirement)
    if not wording:
        raise Invalid(_("请填写更正后的问题描述。"), field="wording")
    petition = _waiting(finding, PetitionKind.OBJECTION, PetitionKind.OWNER)
    checks.refuse("amend", Case(finding, by, {}))
    changes = {"wording": wording, "severity": severity, "requirement": requirement}
    told = {
        key: [getattr(finding, key), value]
        for key, value in changes.items()
        if getattr(finding, key) != value
    }
    if not told:
        raise Invalid(_("内容没有变化。异议不成立的，请选“异议不成立”。"), field="wording")
    within = Limit(finding.days, DayUnit(finding.day_unit))
    if severity != finding.severity:
        within = time_to_rectify(
            Severity(severity), finding.category, region=finding.unit.region, on=clock.today()
        )
    days = deadline_from(clock.today(), within.days, within.unit)
    if stopped_by_objection(finding):
        days |= {"paused_on": None}
    moved = move(
        finding,
        "amend",
        by=by,
        seen=seen,
        note=reason,
        told={"changed": told},
        days=within.days,
        day_unit=within.unit,
        **changes,
        **days,
    )
    _decide(petition, Decision.PARTLY, by=by, reason=reason)
    close(moved, by=by)
    return moved


@transaction.atomic
def uphold(finding: Finding, *, by: User, seen: Seen, reason: str) -> Finding:
    """The objection holds: the problem is withdrawn (撤销)."""
    reason = _reasons(reason, _("请写明采纳的理由。"), field="note")
    petition = _waiting(finding, PetitionKind.OBJECTION, PetitionKind.OWNER)
    checks.refuse("uphold", Case(finding, by, {}))
    moved = move(finding, "uphold", by=by, seen=seen, note=reason, paused_on=None, pause_reason="")
    _decide(petition, Decision.GRANTED, by=by, reason=reason)
    close(moved, by=by)
    return moved


@transaction.atomic
def propose(
    finding: Finding, *, by: User, seen: Seen, text: str, steps: Sequence[Step], kept: Kept = NOTHING
) -> Finding:
    """The unit plans a long rectification in steps (分步整改), each with its day; domain §12.3, LONG_TERM. The last day is
    the deadline, so that one of rest gives way to the next working day."""
    text = _reasons(text, _("请写明为什么需要分步整改。"))
    if not 2 <= len(steps) <= MOST_STEPS:
        raise Invalid(_("请填写 2 到 %(n)d 个节点。") % {"n": MOST_STEPS}, field="steps")
    last = steps[-1]
    steps = [*steps[:-1], last._replace(due_on=working_day_from(last.due_on, special_days()))]
    days = [one.due_on for one in steps]
    if days != sorted(days) or days[0] <= clock.today():
        raise Invalid(_("节点的日期要从今天以后开始，由先到后。"), field="steps")
    if Petition.objects.filter(finding=finding, kind=PetitionKind.PLAN, decision=Decision.PENDING).exists():
        raise StaleState(_("已有一份分步整改计划在等待处理。"))
    moved = move(finding, "propose", by=by, seen=seen, note=text, told={"until": str(days[-1])})
    plain = [{"title": one.title, "due_on": str(one.due_on)} for one in steps]
    _petition(moved, PetitionKind.PLAN, text, by=by, kept=kept, steps=plain)
    return moved


@transaction.atomic
def decide_plan(finding: Finding, *, by: User, seen: Seen, agreed: bool, reason: str) -> Finding:
    """Agree to a plan: its steps hold, and the deadline is the day of the last. Steps agreed before give way to them,
    unless one was reported."""
    petition = _waiting(finding, PetitionKind.PLAN)
    checks.refuse("decide_plan", Case(finding, by, {}))
    reason = _reasons(reason, _("请写明理由。"), field="note", needed=not agreed)
    decision = Decision.GRANTED if agreed else Decision.REFUSED
    days = granted(date.fromisoformat(petition.steps[-1]["due_on"])) if agreed else {}
    moved = move(finding, "decide_plan", by=by, seen=seen, note=reason, told={"decision": decision}, **days)
    if agreed:
        _hold(moved, petition)
    _decide(petition, decision, by=by, reason=reason)
    return moved


def _hold(finding: Finding, petition: Petition) -> None:
    finding.milestones.filter(reported_at=None).delete()
    first = finding.milestones.count()
    Milestone.objects.bulk_create(
        Milestone(finding=finding, position=first + position, title=one["title"], due_on=one["due_on"])
        for position, one in enumerate(petition.steps)
    )


def close(finding: Finding, *, by: User | None, kinds: Collection[str] = tuple(PetitionKind)) -> None:
    """What still waits for a decision has become moot, since the problem moved on without it."""
    rows = Petition.objects.filter(finding=finding, kind__in=kinds, decision=Decision.PENDING)
    rows.update(decision=Decision.CLOSED, decided_by=by, decided_at=clock.now())
    if finding.asks_extension and PetitionKind.EXTENSION in kinds:
        Finding.objects.filter(pk=finding.pk).update(asks_extension=False)
        finding.asks_extension = False


def settle(finding: Finding, decision: Decision, *, by: User, reason: str) -> None:
    """An objection that waits is decided by what the office did with the problem; nothing happens where none waits."""
    kinds = [PetitionKind.OBJECTION, PetitionKind.OWNER]
    for one in Petition.objects.filter(finding=finding, kind__in=kinds, decision=Decision.PENDING):
        _decide(one, decision, by=by, reason=clean(reason))
    close(finding, by=by)


def _stopped_meanwhile(finding: Finding) -> dict[str, Any]:
    stops = in_force("finding.objection.stops", region=finding.unit.region, on=clock.today())
    return stopped("") if finding.severity in stops and finding.paused_on is None else {}


def _petition(
    finding: Finding, kind: PetitionKind, text: str, *, by: User, kept: Kept, **more: Any
) -> Petition:
    row = Petition.objects.create(
        finding=finding, kind=kind, text=text, asked_by=by, asked_at=clock.now(), **more
    )
    keep_proofs(finding, kept, petition=row)
    return row


def keep_proofs(finding: Finding, kept: Kept, **of: Any) -> None:
    """Store which photos and files go with something somebody wrote."""
    kinds = ((PhotoKind.AFTER, kept.photos), (PhotoKind.FILE, kept.files))
    Proof.objects.bulk_create(
        Proof(finding=finding, kind=kind, sha256=sha, position=position, **of)
        for kind, hashes in kinds
        for position, sha in enumerate(hashes)
    )


def _waiting(finding: Finding, *kinds: PetitionKind) -> Petition:
    found = Petition.objects.filter(finding=finding, kind__in=kinds, decision=Decision.PENDING).first()
    if found is None:
        raise StaleState(_("这份申请已经处理过了，请刷新后再看。"))
    return found


def _decide(
    petition: Petition, decision: Decision, *, by: User, reason: str, granted_on: date | None = None
) -> None:
    """Compare and swap: of two who decide at once, one wins."""
    rows = Petition.objects.filter(pk=petition.pk, decision=Decision.PENDING)
    if not rows.update(
        decision=decision, reason=reason, granted_on=granted_on, decided_by=by, decided_at=clock.now()
    ):
        raise StaleState(_("这份申请已经处理过了，请刷新后再看。"))


def _reasons(text: str, wanted: str, *, field: str = "text", needed: bool = True) -> str:
    text = clean(text)
    if needed and not text:
        raise Invalid(wanted, field=field)
    return text
