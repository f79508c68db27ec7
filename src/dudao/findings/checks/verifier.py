"""Whoever reported a rectification does not judge it (domain §1.6)."""

from django.utils.translation import gettext as _

from dudao.findings.checks.case import Case, before
from dudao.findings.models import Report
from dudao.kernel.errors import DudaoError, Forbidden


@before("verify", "part", "return")
def did_not_report(case: Case) -> DudaoError | None:
    own = Report.objects.filter(finding=case.finding, round=case.finding.round, reported_by=case.by)
    return Forbidden(_("核查人不能是报告整改的人。")) if own.exists() else None
