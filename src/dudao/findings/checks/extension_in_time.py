"""An extension is asked in time, and not again and again (rule `finding.extension.most`)."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dudao.findings.checks.case import Case, before
from dudao.findings.models import Petition
from dudao.findings.states import Decision, PetitionKind
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Invalid, StaleState
from dudao.rules.queries import in_force


@before("extend")
def is_asked_by_the_last_evening(case: Case) -> DudaoError | None:
    finding = case.finding
    if finding.paused_on is not None or finding.due_on is None or clock.today() <= finding.due_on:
        return None
    return Invalid(
        _("整改期限已过（%(day)s），不能再申请延期。请尽快整改并报告；确有困难的，请联系督导室。")
        % {"day": finding.due_on}
    )


@before("extend")
def none_waits(case: Case) -> DudaoError | None:
    return StaleState(_("已有一份延期申请在等待处理。")) if case.finding.asks_extension else None


@before("extend")
def may_be_asked_again(case: Case) -> DudaoError | None:
    most = in_force("finding.extension.most", region=case.finding.unit.region, on=clock.today())
    given = Petition.objects.filter(
        finding=case.finding, kind=PetitionKind.EXTENSION, decision__in=[Decision.GRANTED, Decision.PARTLY]
    ).count()
    if given < most:
        return None
    return Invalid(
        ngettext(
            "按规定最多延期 %(n)s 次，本问题已用完。请按期整改；无法按期完成的，可以提出分步整改计划或联系督导室。",
            "按规定最多延期 %(n)s 次，本问题已用完。请按期整改；无法按期完成的，可以提出分步整改计划或联系督导室。",
            most,
        )
        % {"n": most}
    )
