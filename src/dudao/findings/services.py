"""The straight way of a problem: recorded, sent, rectified, verified, struck off. What an office does on the way is in
`handling`, what a unit asks for in `asking`, long rectifications in `stepping`, the second look in `looking_back`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dudao.documents.numbering import allot
from dudao.findings import asking, checks
from dudao.findings.checks import Case
from dudao.findings.models import Finding, PhotoKind, Report, ReportPhoto
from dudao.findings.moving import Seen as Seen
from dudao.findings.moving import deadline_from, move, swap
from dudao.findings.states import Disposition, State
from dudao.inspections.models import Part, Visit
from dudao.inspections.payloads import FindingIn
from dudao.inspections.queries import hashes_outside
from dudao.journal import services as journal
from dudao.journal.services import Happening
from dudao.kernel import clock
from dudao.kernel.errors import Invalid, StaleState
from dudao.kernel.text import clean
from dudao.people.models import User
from dudao.places.models import Region
from dudao.rules.models import Rule
from dudao.rules.queries import Limit, Rules, as_limit, last_day

NO_COPIES: Mapping[str, str] = {}


def record(visit: Visit, raised: Sequence[FindingIn], part: Part | None = None) -> list[Finding]:
    """Write down the problems of a visit's sheets, or of one part of a joint visit: they stay with who found them. The
    caller holds the transaction."""
    if not raised:
        return []
    sheets = set(visit.sheets.values_list("pk", flat=True))
    usual, outside = _usual_handlings(visit.unit.region), hashes_outside(visit)
    source, on, region = part or visit, timezone.localtime(visit.started_at).date(), visit.unit.region
    found = [
        _recorded(
            visit, one, source, _handled(one, usual),
            sheet=one.sheet if one.sheet in sheets else None, evidence=outside(one.evidence),
        )
        for one in raised
    ]  # fmt: skip
    first = allot(region, "finding", on.year, count=len(found))
    for number, finding in enumerate(found, start=first):
        finding.number = f"{region.code}-{on.year}-{number:04d}"
    Finding.objects.bulk_create(found)
    journal.record_many(
        "finding.record",
        [
            Happening(
                one, region=region.path, unit=visit.unit_id,
                after={"severity": one.severity, "disposition": one.disposition},
            )
            for one in found
        ],
        by=source.inspector,
    )  # fmt: skip
    return found


def _recorded(
    visit: Visit,
    one: FindingIn,
    source: Visit | Part,
    disposition: Disposition,
    *,
    sheet: UUID | None,
    evidence: list[str],
) -> Finding:
    """A problem as it will be kept, but for its number."""
    return Finding(
        id=one.id,
        visit=visit,
        unit=visit.unit,
        inspector=source.inspector,
        in_charge=source.inspector
        if source.inspector_id != visit.inspector_id
        else None,  # at a colleague's school
        category=one.category,
        severity=one.severity,
        wording=clean(one.wording),
        basis=clean(one.basis),
        requirement=clean(one.requirement),
        sheet_id=sheet,
        item=one.item,
        rule=one.rule,
        evidence=evidence,
        days=one.days,
        day_unit=one.day_unit,
        disposition=disposition,
        department=clean(one.department) if disposition is Disposition.COMPLEX else "",
        recorded_at=source.finished_at,
    )


_BY_SEVERITY = {"finding.danger": Disposition.DANGER, "finding.office_issues": Disposition.SERIOUS}


def usual_handling(severity: str, region: Region | None) -> Disposition:
    """How a problem of this severity is handled unless somebody says otherwise (rules `finding.danger`,
    `finding.office_issues`)."""
    return _usual_handlings(region).get(severity, Disposition.ORDINARY)


def _usual_handlings(region: Region | None) -> dict[str, Disposition]:
    """Severity → how it is handled, of those that are not ordinary; danger goes first."""
    rules = Rules(Rule.objects.filter(key__in=_BY_SEVERITY))
    found: dict[str, Disposition] = {}
    for key, disposition in _BY_SEVERITY.items():
        for severity in rules.value(key, region=region, on=clock.today()):
            found.setdefault(severity, disposition)
    return found


def _handled(one: FindingIn, handlings: Mapping[str, Disposition]) -> Disposition:
    """What was chosen; but what the office reviews is not sent past it, whatever the phone's rules were that day."""
    usual = handlings.get(one.severity, Disposition.ORDINARY)
    if one.disposition:
        chosen = Disposition(one.disposition)
        return usual if chosen is Disposition.ORDINARY else chosen
    return Disposition.SMALL if one.settled_on_spot else usual


def send_after_filing(visit: Visit, *, only: Collection[UUID] | None = None) -> None:
    """When a visit is filed: a remark is closed, what was settled on the spot waits for sign-off, what the office must
    review or refer waits for the office, all else goes to the unit at once. `only` names those of a supplement."""
    rows = Finding.objects.filter(visit=visit, state=State.RECORDED)
    if only is not None:
        rows = rows.filter(pk__in=only)
    rules = receipt_rules()
    for finding in rows.select_related("unit__region", "inspector"):
        by = finding.inspector
        match finding.disposition:
            case Disposition.NONE:
                swap(finding, "note", State.RECORDED, State.NOTED, by=by, notified_at=clock.now())
            case Disposition.SMALL:
                swap(finding, "settle", State.RECORDED, State.VERIFIED, by=by, **verified(by))
            case Disposition.ORDINARY | Disposition.DANGER:
                swap(finding, "issue", State.RECORDED, State.NOTIFIED, by=by, **notified(finding, rules))


@transaction.atomic
def issue(finding: Finding, *, by: User, seen: Seen, note: str = "") -> Finding:
    """The office reviews a serious problem and sends it to the unit; or what a department was asked goes (back) to it."""
    return move(finding, "issue", by=by, seen=seen, note=note, **anew(), **notified(finding))


@transaction.atomic
def receive(finding: Finding, *, by: User, seen: Seen) -> Finding:
    """The unit confirms receipt, explicitly. The deadline counts from the next day (domain §0.5)."""
    days = deadline_from(clock.today(), finding.days, finding.day_unit)
    return move(finding, "receive", by=by, seen=seen, received_at=clock.now(), **days)


@transaction.atomic
def start(finding: Finding, *, by: User, seen: Seen, measures: str, person_in_charge: str) -> Finding:
    """The unit says what it will do and who answers for it."""
    changes = {"measures": clean(measures), "person_in_charge": clean(person_in_charge)}
    if not all(changes.values()):
        raise Invalid(_("请填写整改措施和责任人。"))
    return move(finding, "start", by=by, seen=seen, **changes)


@transaction.atomic
def report(
    finding: Finding,
    *,
    by: User,
    seen: Seen,
    text: str,
    before: Sequence[str],
    after: Sequence[str],
    files: Sequence[str] = (),
) -> Finding:
    """The unit reports a problem as rectified, with photos and files (hashes of stored evidence). One report a round.

    Raises Invalid where proof is wanting, NotReady while steps of a plan are not done.
    """
    text = clean(text)
    if not text:
        raise Invalid(_("请写明整改情况。"), field="text")
    checks.refuse("report", Case(finding, by, {"after": after, "files": files}))
    round_ = report_round(seen)
    now = clock.now()
    moved = move(finding, "report", by=by, seen=seen, reported_at=now, round=round_)
    asking.close(moved, by=by)
    row = Report.objects.create(finding=moved, round=round_, text=text, reported_by=by, reported_at=now)
    _attach(row, PhotoKind.BEFORE, before)
    _attach(row, PhotoKind.AFTER, after)
    _attach(row, PhotoKind.FILE, files)
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
    copies: Mapping[str, str] = NO_COPIES,
    at: datetime | None = None,
    partly: bool = False,
) -> Finding:
    """An inspector or the office judges a report: passed, passed in part (the rest goes on), or returned with a reason.

    `copies` names, among the photos, the copies with faces covered and the original of each.
    Raises Forbidden when the same person reported it (domain §1.6: verifier ≠ reporter).
    """
    facts = clean(facts)
    if not facts:
        raise Invalid(_("请写明核查情况。") if passed else _("请写明退回的原因。"), field="facts")
    name = "verify" if passed else "part" if partly else "return"
    checks.refuse(name, Case(finding, by, {}))
    row = Report.objects.filter(finding=finding, round=seen.round).first()
    changes = verified(by) if passed else {}
    moved = move(finding, name, by=by, seen=seen, note=facts, **changes)
    if row is None:
        raise StaleState(_("没有可核查的整改报告，请刷新后再试。"))
    row.method, row.verdict, row.passed, row.is_partly = method, facts, passed, partly and not passed
    row.verified_by, row.verified_at = by, at or clock.now()
    row.save(update_fields=["method", "verdict", "passed", "is_partly", "verified_by", "verified_at"])
    _attach(row, PhotoKind.CHECK, photos, copies)
    return moved


@transaction.atomic
def sign_off(finding: Finding, *, by: User, seen: Seen, note: str = "") -> Finding:
    """A second person strikes the problem off (domain §12.3: proof, verifier's opinion, approval by a second person)."""
    checks.refuse("sign_off", Case(finding, by, {}))
    return move(
        finding,
        "sign_off",
        by=by,
        seen=seen,
        note=note,
        struck_off_at=clock.now(),
        paused_on=None,
        pause_reason="",
    )


@transaction.atomic
def refuse(finding: Finding, *, by: User, seen: Seen, note: str) -> Finding:
    """The second person does not agree: back to the unit, with a reason."""
    if not clean(note):
        raise Invalid(_("请写明不予销号的原因。"), field="note")
    checks.refuse("refuse", Case(finding, by, {}))
    # What was settled on the spot was never received: its days begin now.
    days = {} if finding.due_on else deadline_from(clock.today(), finding.days, finding.day_unit)
    return move(finding, "refuse", by=by, seen=seen, note=note, verified_at=None, verified_by=None, **days)


def anew() -> dict[str, Any]:
    """What is forgotten when a problem begins anew with a unit: its receipt and the days that ran from it."""
    return {
        "received_at": None, "due_on": None, "runs_from": None, "run_days": None, "climbed": 0, "reminded": "",
        "paused_on": None, "pause_reason": "", "object_until": None, "asks_extension": False, "answer_by": None,
        "verified_at": None, "verified_by": None,
    }  # fmt: skip


def notified(finding: Finding, rules: Rules | None = None) -> dict[str, Any]:
    """What is written when a problem goes to its unit: it has been told, and must confirm by a day. `rules` are those of
    `receipt_rules`, where there are several problems to tell of."""
    today = clock.today()
    within = receipt_limit(finding, today, rules or receipt_rules())
    return {"notified_at": clock.now(), "receive_by": last_day(today, within)}


_RECEIPT = "finding.receipt"


def receipt_rules() -> Rules:
    """The times to confirm receipt, in every place and of every severity."""
    return Rules(Rule.objects.filter(key__startswith=_RECEIPT))


def receipt_limit(finding: Finding, on: date, rules: Rules) -> Limit:
    """The time to confirm receipt; a severity may have a limit of its own."""
    region = finding.unit.region
    own = rules.find(f"{_RECEIPT}.{finding.severity}", region=region, on=on)
    return as_limit(own or rules.value(_RECEIPT, region=region, on=on))


def verified(by: User) -> dict[str, Any]:
    return {"verified_at": clock.now(), "verified_by": by}


def report_round(seen: Seen) -> int:
    """The round a report made now belongs to."""
    return seen.round + (seen.state == State.RETURNED)


def _attach(
    row: Report, kind: PhotoKind, hashes: Sequence[str], copies: Mapping[str, str] = NO_COPIES
) -> None:
    ReportPhoto.objects.bulk_create(
        ReportPhoto(report=row, kind=kind, sha256=one, masks=copies.get(one, ""), position=position)
        for position, one in enumerate(hashes)
    )
