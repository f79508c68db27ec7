"""How problems stand, and how that has gone month by month: from the roll-ups, and what is in a person's own charge."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from dudao.findings.models import Finding
from dudao.findings.states import OPEN
from dudao.insight import access, followers
from dudao.insight.models import UnitClosing, UnitMonth, UnitStanding
from dudao.kernel import clock
from dudao.people.access import Anyone
from dudao.people.models import User
from dudao.places.models import Region
from dudao.places.queries import within

OLD_AFTER = timedelta(minutes=1)  # a busy worker; less nobody would notice


@dataclass
class Standing:
    """Problems by state, open ones by severity, and how many of them are late since when."""

    by_state: Counter[str] = field(default_factory=Counter)
    by_severity: Counter[str] = field(default_factory=Counter)
    by_deadline: Counter[date] = field(default_factory=Counter)

    def copy(self) -> "Standing":
        return Standing(self.by_state.copy(), self.by_severity.copy(), self.by_deadline.copy())

    def add(self, state: str, severity: str, due_on: date | None, count: int) -> None:
        self.by_state[state] += count
        if state in OPEN:
            self.by_severity[severity] += count
        if due_on is not None:
            self.by_deadline[due_on] += count

    @property
    def open(self) -> int:
        return self.in_states(OPEN)

    def in_states(self, states: Iterable[str]) -> int:
        return sum(self.by_state[state] for state in states)

    def due(self, first: date | None, last: date) -> int:
        """How many must be met from `first` (or ever) to `last`."""
        return sum(n for on, n in self.by_deadline.items() if on <= last and (first is None or on >= first))

    def overdue(self, today: date) -> int:
        return self.due(None, today - timedelta(days=1))


@dataclass(frozen=True)
class MonthSum:
    """One month of a region, and the median days from found to struck off; nothing where none was."""

    month: date
    visits: int = 0
    found: int = 0
    struck_off: int = 0
    returned: int = 0
    median_days: int | None = None


def standing_of(rows: Q) -> Standing:
    """The sum over the rows of `rows`."""
    found = Standing()
    sums = UnitStanding.objects.filter(rows).order_by().values_list("state", "severity", "due_on")
    for state, severity, due_on, count in sums.annotate(n=Sum("count")):
        found.add(state, severity, due_on, count)
    return found


def standings_for(user: Anyone, capabilities: Iterable[str]) -> dict[str, Standing]:
    """By capability: the problems `user` has it on. What the same grants carry is summed up once."""
    sums: dict[frozenset[Any], Standing] = {}
    found = {}
    for one in capabilities:
        grants = (
            frozenset(grant.pk for grant in user.grants_with(one)) if isinstance(user, User) else frozenset()
        )
        if grants not in sums:
            sums[grants] = standing_of(access.standings(user, one))
        found[one] = sums[grants].copy()
        extra = Finding.objects.filter(access.beyond_units(user, one)).order_by()
        for state, severity, due_on in extra.values_list("state", "severity", "runs_out_on"):
            found[one].add(state, severity, due_on, 1)
    return found


def standings_below(region: Region) -> dict[int, Standing]:
    """By the key of each region directly below: the sum over it."""
    children = list(Region.objects.filter(parent=region).values_list("pk", "path"))
    rows = UnitStanding.objects.filter(within(region.path)).order_by()
    found = {pk: Standing() for pk, _path in children}
    sums = rows.values_list("region__path", "state", "severity", "due_on").annotate(n=Sum("count"))
    for path, state, severity, due_on, count in sums:
        for pk, above in children:
            if path.startswith(above):
                found[pk].add(state, severity, due_on, count)
    return found


def under(region: Region) -> Q:
    return within(region.path)


def of_unit(pk: UUID) -> Q:
    return Q(unit=pk)


def months_of(rows: Q, months: Sequence[date]) -> list[MonthSum]:
    """Each of `months` summed up over `rows` of the roll-ups by month."""
    sums = {month: MonthSum(month) for month in months}
    within = UnitMonth.objects.filter(rows, month__in=months).order_by().values_list("month")
    totals = within.annotate(Sum("visits"), Sum("found"), Sum("struck_off"), Sum("returned"))
    for month, visits, found, struck_off, returned in totals:
        sums[month] = MonthSum(month, visits, found, struck_off, returned)
    days: dict[date, list[tuple[int, int]]] = {month: [] for month in months}
    closings = UnitClosing.objects.filter(rows, month__in=months).order_by("days")
    for month, after, count in closings.values_list("month", "days").annotate(n=Sum("count")):
        days[month].append((after, count))
    return [replace(sums[month], median_days=median(days[month])) for month in months]


def median(counted: Sequence[tuple[int, int]]) -> int | None:
    """The lower median of values given as (value, how often), in order."""
    total = sum(n for _value, n in counted)
    reached = accumulate(n for _value, n in counted)
    return next((value for (value, _n), n in zip(counted, reached, strict=True) if 2 * n >= total), None)


def old_since() -> datetime | None:
    """Since when the figures do not know what has happened; nothing while they keep up."""
    since = followers.behind_since()
    return since if since is not None and clock.now() - since > OLD_AFTER else None
