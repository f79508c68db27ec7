"""A long rectification is reported as a whole when its steps were done and confirmed."""

from django.utils.translation import gettext as _

from dudao.findings.checks.case import Case, before
from dudao.kernel.errors import DudaoError, NotReady


@before("report")
def every_step_is_confirmed(case: Case) -> DudaoError | None:
    rest = [one.title for one in case.finding.milestones.all() if not one.passed]
    if not rest:
        return None
    return NotReady(
        _("分步计划中还有节点没有核查通过：%(steps)s。请先逐步报告；全部通过后再报告整改完成。")
        % {"steps": "、".join(rest)},
        missing=rest,
    )
