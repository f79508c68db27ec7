"""A unit objects within a period from receipt (rule `finding.objection`; domain §1.5), or when the office lets it."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from dudao.findings.checks.case import Case, before
from dudao.findings.models import Finding
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Invalid
from dudao.rules.queries import last_day, limit


def last_day_to_object(finding: Finding) -> date | None:
    """The last day on which the unit may object; None before it has confirmed receipt."""
    if finding.received_at is None:
        return None
    received_on = timezone.localtime(finding.received_at).date()
    by_rule = last_day(received_on, limit("finding.objection", region=finding.unit.region, on=received_on))
    return max(by_rule, finding.object_until or by_rule)


@before("object", "disown")
def is_in_time(case: Case) -> DudaoError | None:
    last = last_day_to_object(case.finding)
    if last is None or clock.today() <= last:
        return None
    return Invalid(
        _(
            "提出异议的期限已过（%(day)s）。您可以：继续整改并在报告中说明情况；期限不够的，申请延期；"
            "确需提出异议的，请联系督导室允许逾期提出。"
        )
        % {"day": last}
    )
