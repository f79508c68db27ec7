"""How deadlines stand, and how others solved the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Case, Q, Value, When

from dudao.findings.models import Finding, Milestone, PhotoKind, Report
from dudao.findings.states import RUNNING, State
from dudao.intake.covered import Shown, shown
from dudao.kernel import clock
from dudao.kernel.workdays import working_days_left
from dudao.people.access import Anyone
from dudao.rules.queries import special_days
from dudao.ui.lists.looking import ways_to_hold


def ways_to_find_problem(text: str) -> list[Q]:
    """The ways in which a problem is found by a text. A whole number is that problem alone, by its index: the pieces of a
    number stand in nearly every other.
    """
    whole = Q(number=text.upper())
    if text[-1:].isdigit() and Finding.objects.filter(whole).exists():
        return [whole]
    return ways_to_hold(text, _BY_TEXT)


_BY_TEXT = (
    "number__holds", "wording__holds", "unit__name__holds", "unit__initials__holds",
    "inspector__name__holds", "inspector__initials__holds",
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """How a deadline stands: the day, working days left (negative: past), and how urgent that is."""

    on: date
    left: int
    tone: str
    is_receipt: bool
    is_paused: bool = False  # the days do not run
    is_asked: bool = False  # the unit asked for more time, and nobody has decided
    is_answer: bool = False  # what a department must answer by

    @property
    def late(self) -> int:
        """Working days past the deadline."""
        return max(0, -self.left)


def due(finding: Finding, special: dict[date, bool] | None = None) -> Due | None:
    """The deadline the unit must meet now, or None when it need not act."""
    if finding.state == State.NOTIFIED:
        on = finding.receive_by
    elif finding.state in RUNNING:
        on = finding.due_on
    elif finding.state == State.REFERRED:
        on = finding.answer_by
    else:
        on = None
    if on is None:
        return None
    left = working_days_left(clock.today(), on, special if special is not None else special_days())
    held = finding.state in RUNNING and (finding.paused_on is not None or finding.asks_extension)
    tone = (
        "secondary" if held else "danger" if on < clock.today() else "warning" if left <= 2 else "secondary"
    )
    return Due(
        on, left, tone, finding.state == State.NOTIFIED,
        is_paused=held and finding.paused_on is not None, is_asked=held and finding.asks_extension,
        is_answer=finding.state == State.REFERRED,
    )  # fmt: skip


def with_due(findings: list[Finding]) -> list[tuple[Finding, Due | None]]:
    special = special_days()
    return [(finding, due(finding, special)) for finding in findings]


class Similar(NamedTuple):
    """How another unit solved the same: words only, nobody is named."""

    wording: str
    measures: str
    result: str


def similar_struck_off(finding: Finding, most: int = 3) -> list[Similar]:
    """Struck-off problems of the same item, else of the same category, in this county, newest first."""
    same = Finding.objects.filter(unit__region_id=finding.unit.region_id, category=finding.category)
    rows = same.filter(state=State.STRUCK_OFF).exclude(pk=finding.pk).exclude(measures="")
    by_item = Case(When(item=finding.item, then=0), default=1) if finding.item else Value(1)
    found = rows.select_related("unit").prefetch_related("reports").order_by(by_item, "-struck_off_at", "pk")
    return list(dict.fromkeys(_anonymous(one) for one in found[: most * 5]))[:most]  # the same words once


def _anonymous(one: Finding) -> Similar:
    done = next((report.text for report in reversed(list(one.reports.all())) if report.passed), "")
    texts = (text.replace(one.unit.name, "××") for text in (one.wording, one.measures, done))
    return Similar(*texts)


def photos_by_report(
    finding: Finding, reports: Sequence[Report], user: Anyone
) -> dict[int, list[tuple[str, list[Shown]]]]:
    """Report → its photos by kind, as `user` may see them: originals of which faces are covered are not for units."""
    inside = Finding.objects.with_originals_for(user).filter(pk=finding.pk).exists()
    found: dict[int, list[tuple[str, list[Shown]]]] = {}
    for report in reports:
        photos = list(report.photos.all())
        by_kind = {
            kind: [one for one in photos if one.kind == kind] for kind in PhotoKind if kind != PhotoKind.FILE
        }
        found[report.pk] = [
            (str(kind.label), shown(taken, with_masked=inside)) for kind, taken in by_kind.items() if taken
        ]
    return found


def photos_by_step(finding: Finding, steps: Sequence[Milestone], user: Anyone) -> dict[int, list[Shown]]:
    """Step of a plan → the photos taken when it was verified, as `user` may see them."""
    inside = Finding.objects.with_originals_for(user).filter(pk=finding.pk).exists()
    return {
        step.pk: shown([one for one in step.proofs.all() if one.kind == PhotoKind.CHECK], with_masked=inside)
        for step in steps
    }
