"""A second person strikes off (domain §12.3: proof, verifier's opinion, approval by a second person)."""

from django.utils.translation import gettext as _

from dudao.findings.checks.case import Case, before
from dudao.findings.models import Report
from dudao.kernel.errors import DudaoError, Forbidden


@before("sign_off")
def did_not_verify(case: Case) -> DudaoError | None:
    own = case.finding.verified_by_id == case.by.pk
    return Forbidden(_("销号须由核查人以外的人审批。")) if own else None


@before("sign_off")
def did_not_report(case: Case) -> DudaoError | None:
    own = Report.objects.filter(finding=case.finding, reported_by=case.by)
    return Forbidden(_("销号须由报告整改以外的人审批。")) if own.exists() else None
