"""Moving problems through their life. Every move is one transaction with one journal event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dudao.documents.numbering import allot
from dudao.findings.models import Finding, PhotoKind, Report, ReportPhoto
from dudao.findings.states import MOVES, Disposition, Severity, State
from dudao.inspections.models import Visit
from dudao.inspections.payloads import FindingIn
from dudao.inspections.queries import hashes_outside
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.text import clean
from dudao.kernel.workdays import DayUnit
from dudao.people.models import User
from dudao.places.models import Region
from dudao.rules.queries import Limit, in_force, last_day, limit, rule_in_force


class Seen(NamedTuple):
    """What the person saw when deciding: a move made on an older picture is refused."""

    state: str
    round: int


def record(visit: Visit, raised: Sequence[FindingIn]) -> list[Finding]:
    """Write down the problems of a visit's sheet. The caller holds the transaction."""
    sheets = set(visit.sheets.values_list("pk", flat=True))
    return [_record(visit, one, sheet=one.sheet if one.sheet in sheets else None) for one in raised]


def _record(visit: Visit, one: FindingIn, *, sheet: UUID | None) -> Finding:
    on = visit.started_at.date()
    disposition = _handled(visit, one)
    finding = Finding.objects.create(
        id=one.id,
        number=f"{visit.unit.region.code}-{on.year}-{allot(visit.unit.region, 'finding', on.year):04d}",
        visit=visit,
        unit=visit.unit,
        inspector=visit.inspector,
        category=one.category,
        severity=one.severity,
        wording=clean(one.wording),
        basis=clean(one.basis),
        requirement=clean(one.requirement),
        sheet_id=sheet,
        item=one.item,
        rule=one.rule,
        evidence=hashes_outside(visit, one.evidence),
        days=one.days,
        day_unit=one.day_unit,
        disposition=disposition,
        department=clean(one.department) if disposition is Disposition.COMPLEX else "",
        recorded_at=visit.finished_at,
    )
    _tell(
        finding,
        "finding.record",
        by=visit.inspector,
        after={"severity": one.severity, "disposition": disposition},
    )
    return finding


def usual_handling(severity: str, region: Region | None) -> Disposition:
    """How a problem of this severity is handled unless somebody says otherwise (rules `finding.danger`,
    `finding.office_issues`)."""
    if severity in in_force("finding.danger", region=region, on=clock.today()):
        return Disposition.DANGER
    if severity in in_force("finding.office_issues", region=region, on=clock.today()):
        return Disposition.SERIOUS
    return Disposition.ORDINARY


def _handled(visit: Visit, one: FindingIn) -> Disposition:
    """What was chosen; but what the office reviews is not sent past it, whatever the phone's rules were that day."""
    usual = usual_handling(one.severity, visit.unit.region)
    if one.disposition:
        chosen = Disposition(one.disposition)
        return usual if chosen is Disposition.ORDINARY else chosen
    return Disposition.SMALL if one.settled_on_spot else usual


def send_after_filing(visit: Visit) -> None:
    """When a visit is filed: a remark is closed, what was settled on the spot waits for sign-off, what the office must
    review or refer waits for the office, all else goes to the unit at once."""
    by = visit.inspector
    for finding in Finding.objects.filter(visit=visit, state=State.RECORDED).select_related("unit__region"):
        match finding.disposition:
            case Disposition.NONE:
                _swap(finding, "note", State.RECORDED, State.NOTED, by=by, notified_at=clock.now())
            case Disposition.SMALL:
                _swap(finding, "settle", State.RECORDED, State.VERIFIED, by=by, **_verified(by))
            case Disposition.ORDINARY | Disposition.DANGER:
                _swap(finding, "issue", State.RECORDED, State.NOTIFIED, by=by, **_notified(finding))


@transaction.atomic
def issue(finding: Finding, *, by: User, seen: Seen, note: str = "") -> Finding:
    """The office reviews a serious problem and sends it to the unit."""
    return _move(finding, "issue", by=by, seen=seen, note=note, **_notified(finding))


@transaction.atomic
def refer(finding: Finding, *, by: User, seen: Seen, department: str, note: str = "") -> Finding:
    """The office asks a department of the bureau to deal with it (协商转办)."""
    department = clean(department)
    if not department:
        raise Invalid(_("请填写转办的部门。"), field="department")
    return _move(
        finding, "refer", by=by, seen=seen, note=note, department=department, disposition=Disposition.COMPLEX
    )


@transaction.atomic
def answer(finding: Finding, *, by: User, seen: Seen, note: str) -> Finding:
    """What the department did about it; a second person strikes the problem off."""
    if not clean(note):
        raise Invalid(_("请写明部门的办理结果。"), field="note")
    return _move(finding, "answer", by=by, seen=seen, note=note, **_verified(by))


@transaction.atomic
def receive(finding: Finding, *, by: User, seen: Seen) -> Finding:
    """The unit confirms receipt, explicitly. The deadline counts from the next day (domain §0.5)."""
    within = Limit(finding.days, DayUnit(finding.day_unit))
    return _move(
        finding, "receive", by=by, seen=seen, received_at=clock.now(), due_on=last_day(clock.today(), within)
    )


@transaction.atomic
def start(finding: Finding, *, by: User, seen: Seen, measures: str, person_in_charge: str) -> Finding:
    """The unit says what it will do and who answers for it."""
    changes = {"measures": clean(measures), "person_in_charge": clean(person_in_charge)}
    if not all(changes.values()):
        raise Invalid(_("请填写整改措施和责任人。"))
    return _move(finding, "start", by=by, seen=seen, **changes)


@transaction.atomic
def report(
    finding: Finding, *, by: User, seen: Seen, text: str, before: Sequence[str], after: Sequence[str]
) -> Finding:
    """The unit reports a problem as rectified, with photos (hashes of stored evidence). One report a round."""
    text = clean(text)
    if not text:
        raise Invalid(_("请写明整改情况。"), field="text")
    if not after:
        raise Invalid(_("请至少上传一张整改后的照片。"), field="after")
    round_ = finding.round + (seen.state == State.RETURNED)
    now = clock.now()
    moved = _move(finding, "report", by=by, seen=seen, reported_at=now, round=round_)
    row = Report.objects.create(finding=moved, round=round_, text=text, reported_by=by, reported_at=now)
    _attach(row, PhotoKind.BEFORE, before)
    _attach(row, PhotoKind.AFTER, after)
    return moved


@transaction.atomic
def verify(
    finding: Finding,
    *,
    by: User,
    seen: Seen,
    passed: bool,
    method: str,
    facts: str,
    photos: Sequence[str] = (),
    at: datetime | None = None,
) -> Finding:
    """An inspector or the office judges a report: passed, or returned with a reason.

    Raises Forbidden when the same person reported it (domain §1.6: verifier ≠ reporter).
    """
    facts = clean(facts)
    if not facts:
        raise Invalid(_("请写明核查情况。") if passed else _("请写明退回的原因。"), field="facts")
    row = Report.objects.filter(finding=finding, round=seen.round).first()
    if row is not None and row.reported_by_id == by.pk:
        raise Forbidden(_("核查人不能是报告整改的人。"))
    changes = _verified(by) if passed else {}
    moved = _move(finding, "verify" if passed else "return", by=by, seen=seen, note=facts, **changes)
    if row is None:
        raise StaleState(_("没有可核查的整改报告，请刷新后再试。"))
    row.method, row.verdict, row.passed = method, facts, passed
    row.verified_by, row.verified_at = by, at or clock.now()
    row.save(update_fields=["method", "verdict", "passed", "verified_by", "verified_at"])
    _attach(row, PhotoKind.CHECK, photos)
    return moved


@transaction.atomic
def sign_off(finding: Finding, *, by: User, seen: Seen, note: str = "") -> Finding:
    """A second person strikes the problem off (domain §12.3: proof, verifier's opinion, approval by a second person)."""
    if finding.verified_by_id == by.pk:
        raise Forbidden(_("销号须由核查人以外的人审批。"))
    if Report.objects.filter(finding=finding, reported_by=by).exists():
        raise Forbidden(_("销号须由报告整改以外的人审批。"))
    return _move(finding, "sign_off", by=by, seen=seen, note=note, struck_off_at=clock.now())


@transaction.atomic
def refuse(finding: Finding, *, by: User, seen: Seen, note: str) -> Finding:
    """The second person does not agree: back to the unit, with a reason."""
    if not clean(note):
        raise Invalid(_("请写明不予销号的原因。"), field="note")
    return _move(finding, "refuse", by=by, seen=seen, note=note, verified_at=None, verified_by=None)


def _notified(finding: Finding) -> dict[str, Any]:
    region, today = finding.unit.region, clock.today()
    own = f"finding.receipt.{finding.severity}"  # a severity may have its own limit
    key = own if rule_in_force(own, region=region, on=today) else "finding.receipt"
    within = limit(key, region=region, on=today)
    return {"notified_at": clock.now(), "receive_by": last_day(today, within)}


def _verified(by: User) -> dict[str, Any]:
    return {"verified_at": clock.now(), "verified_by": by}


def _attach(row: Report, kind: PhotoKind, hashes: Sequence[str]) -> None:
    ReportPhoto.objects.bulk_create(
        ReportPhoto(report=row, kind=kind, sha256=one, position=position)
        for position, one in enumerate(hashes)
    )


def _move(finding: Finding, name: str, *, by: User, seen: Seen, note: str = "", **changes: Any) -> Finding:
    """Make one move of `states.MOVES`. Raises Forbidden, or StaleState if someone was faster."""
    step = MOVES[name]
    if not Finding.objects.visible_to(by, step.capability).filter(pk=finding.pk).exists():
        raise Forbidden
    if seen.state not in step.sources or seen.round != finding.round:
        raise StaleState(_("问题状态已变化，请刷新后再试。"), move=name, seen=seen.state)
    return _swap(finding, name, State(seen.state), step.target, by=by, note=note, **changes)


def _swap(
    finding: Finding, name: str, source: State, target: State, *, by: User, note: str = "", **changes: Any
) -> Finding:
    """Compare and swap on what was seen, because SQLite has no row locks; then journal."""
    rows = Finding.objects.filter(pk=finding.pk, state=source, round=finding.round)
    if not rows.update(state=target, **changes):
        raise StaleState(_("问题状态已被他人改变，请刷新后再试。"), move=name, seen=source)
    finding.refresh_from_db()
    _tell(finding, f"finding.{name}", by=by, note=note, before={"state": source}, after={"state": target})
    return finding


def _tell(finding: Finding, kind: str, *, by: User, note: str = "", **states: Any) -> None:
    journal.record(
        kind,
        by=by,
        obj=finding,
        region=finding.unit.region.path,
        unit=finding.unit_id,
        note=clean(note),
        **states,
    )


def severity_limits(region: Any) -> dict[str, Limit]:
    """The time to rectify for each severity, as in force today in `region`."""
    return {
        level.value: limit(f"finding.deadline.{level}", region=region, on=clock.today()) for level in Severity
    }
