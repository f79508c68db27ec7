"""What is looked at again and again: deadlines."""

from dudao.findings import messages
from dudao.findings.models import Finding
from dudao.findings.states import State
from dudao.kernel import clock


def remind_overdue() -> int:
    """Tell unit, inspector and office once per deadline that it has passed."""
    late = Finding.objects.all().overdue(clock.today()).select_related("unit__region", "inspector")
    return sum(_remind(one) for one in late)


def _remind(finding: Finding) -> int:
    kind, deadline = (
        ("finding.unreceived", finding.receive_by)
        if finding.state == State.NOTIFIED
        else ("finding.overdue", finding.due_on)
    )
    return messages.send(kind, finding, key=f"{kind}:{finding.pk}:{deadline}")
