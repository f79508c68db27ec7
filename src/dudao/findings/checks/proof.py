"""A report needs proof (rule `finding.report.photos`; domain §1.6: proof attached)."""

from django.utils.translation import ngettext

from dudao.findings.checks.case import Case, before
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Invalid
from dudao.rules.queries import in_force


@before("report")
def has_proof(case: Case) -> DudaoError | None:
    if case.given is None:
        return None
    least = in_force("finding.report.photos", region=case.finding.unit.region, on=clock.today())
    if len(case.given["after"]) >= least:
        return None
    told = ngettext("请至少上传 %(n)s 张整改后的照片。", "请至少上传 %(n)s 张整改后的照片。", least) % {
        "n": least
    }
    return Invalid(told, field="after")
