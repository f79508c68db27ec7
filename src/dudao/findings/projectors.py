"""What arrives through the door, turned into problems and verifications."""

from dudao.findings import services
from dudao.findings.models import Finding
from dudao.findings.payloads import VerificationIn
from dudao.inspections.models import Part, Visit
from dudao.inspections.payloads import VisitIn
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
        services.verify(
            finding,
            by=by,
            seen=services.Seen(payload.seen_state, payload.seen_round),
            passed=payload.decision == "pass",
            method=payload.method,
            facts=payload.facts,
            photos=[one.sha256 for one in payload.manifest],
            at=payload.verified_at,
        )
    except StaleState as error:
        raise Quarantine("finding-moved", str(error.message)) from error
    except DudaoError as error:
        raise Quarantine(error.code, str(error.message)) from error
