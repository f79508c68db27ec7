"""What arrives through the door, turned into problems and verifications."""

from typing import Any

from dudao.findings import services, stepping
from dudao.findings.models import Finding
from dudao.findings.payloads import VerificationIn
from dudao.inspections.models import Part, Visit
from dudao.inspections.payloads import VisitIn
from dudao.intake.covered import covers
from dudao.intake.kinds import Quarantine
from dudao.intake.models import Entry
from dudao.kernel.errors import DudaoError, StaleState
from dudao.people.models import User


def record_findings(visit: Visit, sheet: VisitIn, part: Part | None) -> None:
    known = Finding.objects.filter(pk__in=[one.id for one in sheet.findings]).exists()
    if known:
        raise Quarantine("finding-id-known", "问题编号与已有问题重复。")
    services.record(visit, sheet.findings, part)


def project_verification(entry: Entry, payload: VerificationIn) -> None:
    """A verification made on the phone. If the problem moved meanwhile it is kept and shown, never lost."""
    by = User.objects.get(pk=entry.user_id)
    finding = Finding.objects.visible_to(by).filter(pk=payload.finding).select_related("unit__region").first()
    if finding is None:
        raise Quarantine("finding-unknown", "找不到这个问题，或您已不负责该校。")
    try:
        _judge(finding, payload, by)
    except StaleState as error:
        raise Quarantine("finding-moved", str(error.message)) from error
    except DudaoError as error:
        raise Quarantine(error.code, str(error.message)) from error


def _judge(finding: Finding, payload: VerificationIn, by: User) -> None:
    verdict: dict[str, Any] = {
        "by": by,
        "passed": payload.decision == "pass",
        "partly": payload.decision == "part",
        "facts": payload.facts,
        "photos": [one.sha256 for one in payload.manifest],
        "copies": covers(payload.manifest),
        "at": payload.verified_at,
    }
    if payload.step is None:
        seen = services.Seen(payload.seen_state, payload.seen_round)
        services.verify(finding, seen=seen, method=payload.method, **verdict)
        return
    stepping.verify_step(stepping.step_seen(finding, payload.step.id, payload.step.reported_at), **verdict)
