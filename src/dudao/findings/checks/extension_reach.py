"""An inspector decides short extensions, longer ones go to the office (rule `finding.extension.inspector`)."""

from django.utils.translation import gettext as _

from dudao.findings.checks.case import Case, before
from dudao.findings.models import Finding
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Forbidden
from dudao.rules.queries import last_day, limit


@before("decide_extension")
def is_within_reach(case: Case) -> DudaoError | None:
    finding = case.finding
    if Finding.objects.visible_to(case.by, "finding.issue").filter(pk=finding.pk).exists():
        return None
    if case.given is None or case.given["until"] is None or finding.due_on is None:
        return None
    furthest = last_day(
        finding.due_on, limit("finding.extension.inspector", region=finding.unit.region, on=clock.today())
    )
    if case.given["until"] <= furthest:
        return None
    return Forbidden(
        _("督学最多可批准延期至 %(day)s，更长的延期须由督导室处理。") % {"day": furthest}, field="until"
    )
