"""What is looked at again and again: deadlines."""

from dudao.findings import messages
from dudao.findings.models import Finding
from dudao.kernel import clock


def remind_overdue() -> int:
    """Tell unit, inspector and office once per deadline that it has passed."""
    late = Finding.objects.all().overdue(clock.today()).select_related("unit__region", "inspector")
    return sum(
        messages.send("finding.overdue", one, key=f"finding.overdue:{one.pk}:{one.due_on or one.receive_by}")
        for one in late
    )
