"""The problem ledger: what a list's address asks for, as a query."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, DateField, F, IntegerField, Q, QuerySet, Value, When
from django.http import QueryDict

from dudao.findings.models import Finding
from dudao.findings.states import OPEN, Severity, State
from dudao.kernel import clock
from dudao.kernel.workdays import working_days_left
from dudao.people.access import Anyone
from dudao.places.models import Region
from dudao.rules.queries import special_days

SORTS = {
    "due": "deadline",
    "recorded": "recorded_at",
    "number": "number",
    "unit": "unit__name",
    "severity": "weight",
    "state": "state",
}
DEFAULT_SORT = "due"


@dataclass(frozen=True)
class Filters:
    """The ledger's filters, read from the address; what makes no sense is ignored."""

    state: str = "open"  # the ledger begins with what is not yet struck off; "" is all
    severity: str = ""
    category: str = ""
    region: str = ""
    unit: str = ""
    overdue: bool = False
    text: str = ""
    sort: str = DEFAULT_SORT

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        sort = query.get("sort", DEFAULT_SORT)
        return cls(
            state=query.get("state", "open"),
            severity=query.get("severity", ""),
            category=query.get("category", ""),
            region=query.get("region", ""),
            unit=query.get("unit", ""),
            overdue=query.get("overdue") == "1",
            text=query.get("q", "").strip()[:100],
            sort=sort if sort.lstrip("-") in SORTS else DEFAULT_SORT,
        )

    @property
    def any(self) -> bool:
        return self != Filters(sort=self.sort)


def ledger(user: Anyone, filters: Filters) -> QuerySet[Finding]:
    """Problems `user` may see that fit `filters`, in their order."""
    rows: Any = Finding.objects.visible_to(user).select_related("unit__region", "inspector")
    if filters.state == "open":
        rows = rows.filter(state__in=OPEN)
    elif filters.state in State:
        rows = rows.filter(state=filters.state)
    if filters.severity in Severity:
        rows = rows.filter(severity=filters.severity)
    if filters.category:
        rows = rows.filter(category=filters.category)
    if filters.region:
        under = Region.objects.filter(code=filters.region[:12]).first()
        rows = rows.filter(unit__region__path__startswith=under.path) if under else rows.none()
    if filters.unit:
        rows = rows.filter(unit__code=filters.unit)
    if filters.overdue:
        rows = rows.overdue(clock.today())
    if filters.text:
        text = filters.text
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(wording__icontains=text)
            | Q(unit__name__icontains=text)
            | Q(unit__initials__startswith=text.lower())
        )
    return _sorted(rows, filters.sort)


def _sorted(rows: Any, sort: str) -> QuerySet[Finding]:
    rank = Case(
        *(When(severity=level, then=Value(index)) for index, level in enumerate(Severity)),
        output_field=IntegerField(),
    )
    deadline = Case(  # what the unit must meet now; nothing when it need not act
        When(state=State.NOTIFIED, then=F("receive_by")),
        When(state__in=[State.RECEIVED, State.RECTIFYING, State.RETURNED], then=F("due_on")),
        output_field=DateField(),
    )
    field = F(SORTS[sort.lstrip("-")])
    order = field.desc(nulls_last=True) if sort.startswith("-") else field.asc(nulls_last=True)
    ordered: QuerySet[Finding] = rows.annotate(weight=rank, deadline=deadline)
    return ordered.order_by(order, "-recorded_at", "pk")


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
