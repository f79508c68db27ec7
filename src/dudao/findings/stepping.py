"""Long rectifications: what several people of a unit write for one report, and the steps of a plan."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dudao.findings.asking import NOTHING, Kept, keep_proofs
from dudao.findings.models import Finding, Milestone, Part, PhotoKind, Proof
from dudao.findings.moving import Seen, move, tell
from dudao.findings.services import NO_COPIES, report_round
from dudao.findings.states import RUNNING
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.text import clean
from dudao.people.models import User


@transaction.atomic
def write(
    finding: Finding, *, by: User, seen: Seen, text: str, before: list[str], kept: Kept = NOTHING
) -> Finding:
    """One's own part of the report to come (草稿): kept on the server, seen by the unit, sent by its head."""
    text = clean(text)
    if not text:
        raise Invalid(_("请写明整改情况。"), field="text")
    moved = move(finding, "write", by=by, seen=seen)
    part, _made = Part.objects.update_or_create(
        finding=moved, round=report_round(seen), author=by, defaults={"text": text, "written_at": clock.now()}
    )
    part.proofs.all().delete()
    keep_proofs(moved, kept, part=part)
    Proof.objects.bulk_create(
        Proof(finding=moved, part=part, kind=PhotoKind.BEFORE, sha256=sha, position=position)
        for position, sha in enumerate(before)
    )
    return moved


@transaction.atomic
def report_step(step: Milestone, *, by: User, text: str, kept: Kept) -> None:
    """The unit reports one step of its plan, with proof. A step may be reported again until it is confirmed."""
    finding, text = step.finding, clean(text)
    _require(finding, "finding.report", by)
    if not text:
        raise Invalid(_("请写明本节点的完成情况。"), field="text")
    if not kept.photos and not kept.files:
        raise Invalid(_("请上传照片或材料作为佐证。"), field="photos")
    _swap(step, text=text, reported_by=by, reported_at=clock.now(), passed=None, is_partly=False)
    step.proofs.exclude(kind=PhotoKind.CHECK).delete()
    keep_proofs(finding, kept, milestone=step)
    tell(finding, "finding.step_report", by=by, note=text, after={"step": step.title})


@transaction.atomic
def verify_step(
    step: Milestone,
    *,
    by: User,
    passed: bool,
    partly: bool,
    facts: str,
    photos: Sequence[str] = (),
    copies: Mapping[str, str] = NO_COPIES,
    at: datetime | None = None,
) -> None:
    """An inspector or the office confirms a step, wholly or in part, or returns it; `copies` as in services.verify."""
    finding, facts = step.finding, clean(facts)
    _require(finding, "finding.verify", by)
    if not facts:
        raise Invalid(_("请写明核查情况。"), field="facts")
    if step.reported_by_id == by.pk:
        raise Forbidden(_("核查人不能是报告整改的人。"))
    if not step.waits:
        raise StaleState(_("该节点没有待核查的报告，请刷新后再试。"))
    _swap(
        step,
        passed=passed,
        is_partly=partly and not passed,
        verdict=facts,
        verified_by=by,
        verified_at=at or clock.now(),
    )
    Proof.objects.bulk_create(
        Proof(
            finding=finding,
            milestone=step,
            kind=PhotoKind.CHECK,
            sha256=sha,
            masks=copies.get(sha, ""),
            position=position,
        )
        for position, sha in enumerate(photos, start=step.proofs.filter(kind=PhotoKind.CHECK).count())
    )
    kind = "finding.step_verify" if passed else "finding.step_part" if partly else "finding.step_return"
    tell(finding, kind, by=by, note=facts, after={"step": step.title})


def step_seen(finding: Finding, pk: int, reported_at: datetime) -> Milestone:
    """The step as somebody saw it reported who judged it off line. Raises StaleState where it was reported anew, or is no
    more."""
    found = finding.milestones.filter(pk=pk, reported_at=reported_at).first()
    if found is None:
        raise StaleState(_("刚刚有人改动了这个节点，请刷新后再试。"))
    return found


def _require(finding: Finding, capability: str, by: User) -> None:
    if not Finding.objects.visible_to(by, capability).filter(pk=finding.pk).exists():
        raise Forbidden
    if finding.state not in RUNNING:
        raise StaleState(_("问题状态已变化，请刷新后再试。"))


def _swap(step: Milestone, **changes: object) -> None:
    """Compare and swap on when it was last reported and judged."""
    rows = Milestone.objects.filter(
        pk=step.pk, passed=step.passed, reported_at=step.reported_at, finding__state=step.finding.state
    )
    if step.passed:
        raise StaleState(_("该节点已核查通过。"))
    if not rows.update(**changes):
        raise StaleState(_("刚刚有人改动了这个节点，请刷新后再试。"))
    step.refresh_from_db()
