"""An objection is not decided by the inspector who raised the problem, nor by whoever objected."""

from django.utils.translation import gettext as _

from dudao.findings.checks.case import Case, before
from dudao.findings.models import Petition
from dudao.findings.states import Decision, State
from dudao.kernel.errors import DudaoError, Forbidden


@before("reject", "amend", "uphold", "reassign", "refer")
def did_not_raise_it(case: Case) -> DudaoError | None:
    if case.finding.state != State.OBJECTED or case.finding.inspector_id != case.by.pk:
        return None
    return Forbidden(_("异议不能由提出该问题的督学本人处理，请由督导室其他人员处理。"))


@before("reject", "amend", "uphold", "reassign", "refer", "decide_extension", "decide_plan")
def did_not_ask(case: Case) -> DudaoError | None:
    own = Petition.objects.filter(finding=case.finding, decision=Decision.PENDING, asked_by=case.by)
    return Forbidden(_("不能处理自己提出的申请。")) if own.exists() else None
