"""How deadlines stand, and how others solved the same."""

from dataclasses import dataclass
from datetime import date

from dudao.findings.models import Finding
from dudao.findings.states import State
from dudao.kernel import clock
from dudao.kernel.workdays import working_days_left
from dudao.people.access import Anyone
from dudao.rules.queries import special_days


@dataclass(frozen=True)
class Due:
    """How a deadline stands: the day, working days left (negative: past), and how urgent that is."""

    on: date
    left: int
    tone: str
    is_receipt: bool

    @property
    def late(self) -> int:
        """Working days past the deadline."""
        return max(0, -self.left)


def due(finding: Finding, special: dict[date, bool] | None = None) -> Due | None:
    """The deadline the unit must meet now, or None when it need not act."""
    receipt = finding.state == State.NOTIFIED
    on = finding.receive_by if receipt else finding.due_on
    if on is None or finding.state not in (State.NOTIFIED, State.RECEIVED, State.RECTIFYING, State.RETURNED):
        return None
    left = working_days_left(clock.today(), on, special if special is not None else special_days())
    tone = "danger" if on < clock.today() else "warning" if left <= 2 else "secondary"
    return Due(on, left, tone, receipt)


def with_due(findings: list[Finding]) -> list[tuple[Finding, Due | None]]:
    special = special_days()
    return [(finding, due(finding, special)) for finding in findings]


def similar_struck_off(finding: Finding, user: Anyone) -> list[Finding]:
    """How others solved the same kind of problem: struck-off ones of the category, newest first."""
    rows = Finding.objects.visible_to(user).filter(category=finding.category, state=State.STRUCK_OFF)
    return list(rows.exclude(pk=finding.pk).select_related("unit").order_by("-struck_off_at")[:3])
