"""What a department answered goes back to the department, what a unit reported to the unit."""

from django.utils.translation import gettext as _

from dudao.findings.checks.case import Case, before
from dudao.findings.models import Finding
from dudao.findings.states import Disposition
from dudao.kernel.errors import DudaoError, Invalid


def is_answered(finding: Finding) -> bool:
    """Whether a department dealt with it in this round, not the unit."""
    referred = finding.disposition == Disposition.COMPLEX and finding.answer_by is not None
    return referred and not finding.reports.filter(round=finding.round).exists()


@before("refuse")
def was_reported_by_the_unit(case: Case) -> DudaoError | None:
    if not is_answered(case.finding):
        return None
    return Invalid(_("这是部门办理的问题，请选“退回部门继续办理”。"))


@before("send_back")
def was_answered_by_a_department(case: Case) -> DudaoError | None:
    return None if is_answered(case.finding) else Invalid(_("这不是部门办理的问题，请选“不予销号”。"))
