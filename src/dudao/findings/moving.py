"""How every move of a problem is made: the right, the state that was seen, compare and swap, the journal; and how the
days to rectify run."""

from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from dudao.findings.models import Finding
from dudao.findings.states import MOVES, State
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, StaleState
from dudao.kernel.text import clean
from dudao.kernel.workdays import DayUnit, working_days_left
from dudao.people.models import User
from dudao.rules.queries import Limit, last_day, special_days


class Seen(NamedTuple):
    """What the person saw when deciding: a move made on an older picture is refused."""

    state: str
    round: int


def move(finding: Finding, name: str, *, by: User, seen: Seen, note: str = "", **changes: Any) -> Finding:
    """Make one move of `states.MOVES`, in the caller's transaction. Raises Forbidden, or StaleState if someone was faster."""
    step = MOVES[name]
    if not Finding.objects.visible_to(by, step.capability).filter(pk=finding.pk).exists():
        raise Forbidden
    if seen.state not in step.sources or seen.round != finding.round:
        raise StaleState(_("问题状态已变化，请刷新后再试。"), move=name, seen=seen.state)
    source = State(seen.state)
    return swap(finding, name, source, step.target or source, by=by, note=note, **changes)


def swap(
    finding: Finding,
    name: str,
    source: State,
    target: State,
    *,
    by: User | None,
    note: str = "",
    told: dict[str, Any] | None = None,
    **changes: Any,
) -> Finding:
    """Compare and swap on what was seen, because SQLite has no row locks; then journal, with `told` besides the state."""
    rows = Finding.objects.filter(pk=finding.pk, state=source, round=finding.round)
    if not rows.update(state=target, **changes):
        raise StaleState(_("问题状态已被他人改变，请刷新后再试。"), move=name, seen=source)
    was = str(finding.due_on or "")
    finding.refresh_from_db(
        from_queryset=Finding.objects.select_related("unit__region")
    )  # the journal names both
    before: dict[str, Any] = {"state": source}
    after: dict[str, Any] = {"state": target} | (told or {})
    if "due_on" in changes and was != str(finding.due_on or ""):
        before["due_on"], after["due_on"] = was, str(finding.due_on or "")
    tell(finding, f"finding.{name}", by=by, note=note, before=before, after=after)
    return finding


def tell(finding: Finding, kind: str, *, by: User | None, note: str = "", **states: Any) -> None:
    """One event of the journal about this problem."""
    journal.record(
        kind,
        by=by,
        obj=finding,
        region=finding.unit.region.path,
        unit=finding.unit_id,
        note=clean(note),
        **states,
    )


def deadline_from(on: date, days: int, unit: str) -> dict[str, Any]:
    """The days begin to run after `on` (domain §0.5); nothing has climbed yet."""
    return {
        "runs_from": on,
        "run_days": days,
        "due_on": last_day(on, Limit(days, DayUnit(unit))),
        "climbed": 0,
        "reminded": "",
    }


def granted(on: date) -> dict[str, Any]:
    """A day that was granted as such: no calendar moves it."""
    return {"runs_from": clock.today(), "run_days": None, "due_on": on, "climbed": 0, "reminded": ""}


def stopped(reason: str) -> dict[str, Any]:
    """From today the days do not run. Without a reason it is an objection that stops them."""
    return {"paused_on": clock.today(), "pause_reason": clean(reason)}


def running_again(finding: Finding) -> dict[str, Any]:
    """What was left when the days stopped begins to run after today; a deadline missed by then stays missed by as much."""
    if finding.paused_on is None:
        return {}
    plain: dict[str, Any] = {"paused_on": None, "pause_reason": ""}
    if finding.due_on is None:
        return plain
    today = clock.today()
    if finding.due_on < finding.paused_on:
        return plain | {"due_on": finding.due_on + (today - finding.paused_on)}
    if finding.day_unit == DayUnit.WORKING:
        left = working_days_left(finding.paused_on, finding.due_on, special_days())
    else:
        left = (finding.due_on - finding.paused_on).days
    return plain | deadline_from(today, left, finding.day_unit)


def stopped_by_objection(finding: Finding) -> bool:
    return finding.paused_on is not None and not finding.pause_reason
