"""Reminders before, on and after a deadline, each once, and overdue problems that climb: inspector, county, city.

All is computed from dates, so that a night without a worker is made good by the next. What was told last is kept on the
problem; the messages' keys make a crash between the two harmless.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from dudao.findings import messages
from dudao.findings.audience import Audience
from dudao.findings.models import Finding, LookBack, Milestone
from dudao.findings.states import RUNNING, Severity, State
from dudao.journal import services as journal
from dudao.journal.services import Happening
from dudao.kernel import clock
from dudao.kernel.workdays import DayUnit, working_days_left
from dudao.notify import services as notify
from dudao.places.models import Region
from dudao.rules.models import Rule
from dudao.rules.queries import Rules, special_days

AT_ONCE = 500
FURTHEST = timedelta(days=60)  # no rule reminds earlier; narrows what is read
T = TypeVar("T")
LEVELS = ("inspector", "county", "city")


class Stage(NamedTuple):
    """One reminder on the way to a deadline and past it."""

    number: int
    kind: str


SOON, LAST, TODAY, LATE, STILL = (
    Stage(1, "finding.due_soon"),
    Stage(2, "finding.due_soon"),
    Stage(3, "finding.due_today"),
    Stage(4, "finding.overdue"),
    Stage(5, "finding.still_overdue"),
)
UNRECEIVED, UNANSWERED = Stage(4, "finding.unreceived"), Stage(4, "finding.unanswered")


class Days:
    """Rules in days for many regions, read once, and how far a day is from a deadline."""

    def __init__(self, keys: Iterable[str], regions: Iterable[int]) -> None:
        self.today = clock.today()
        self._special = special_days()
        rules = Rules(Rule.objects.filter(key__in=keys))
        self._values = {
            (key, region.pk): rules.value(key, region=region, on=self.today)
            for region in Region.objects.filter(pk__in=set(regions))
            for key in keys
        }

    def left(self, on: date, unit: str) -> int:
        """Days from today to `on`, as `unit` counts; negative when it has passed."""
        if unit == DayUnit.WORKING:
            return working_days_left(self.today, on, self._special)
        return (on - self.today).days

    def has_come(self, key: str, region: int, on: date) -> bool:
        """Whether as few days are left as the rule says."""
        value = self._values[key, region]
        return bool(self.left(on, value["unit"]) <= value["days"])

    def is_late_by(self, key: str, region: int, on: date) -> bool:
        """Whether the deadline passed at least as long ago as the rule says."""
        value = self._values[key, region]
        return bool(on < self.today and -self.left(on, value["unit"]) >= value["days"])


def remind() -> int:
    """Send what is due; returns how many problems were told of."""
    told = sum(_send_all(stage, ids) for stage, ids in _due().items())
    return told + _remind_of_steps() + _remind_of_look_backs()


def _due() -> dict[tuple[Stage, str], list[UUID]]:
    """(stage, mark) → problems that have come so far and were not told of it."""
    today = clock.today()
    running = Q(state__in=RUNNING, runs_out_on__lte=today + FURTHEST)
    waiting = Q(state=State.NOTIFIED, runs_out_on__lt=today) | Q(state=State.REFERRED, answer_by__lt=today)
    rows = list(
        Finding.objects.open()
        .filter(running | waiting)
        .exclude(reminded__endswith=f"/{STILL.number}")
        .order_by()
        .values_list("pk", "state", "runs_out_on", "answer_by", "reminded", "unit__region_id")
    )
    days = Days(
        ("finding.remind.before", "finding.remind.last", "finding.remind.after"), {row[5] for row in rows}
    )
    found = defaultdict(list)
    for pk, state, runs_out_on, answer_by, reminded, region in rows:
        on = answer_by if state == State.REFERRED else runs_out_on
        assert on is not None, f"a deadline without a day: {pk=} {state=}"
        other = {State.NOTIFIED: UNRECEIVED, State.REFERRED: UNANSWERED}.get(State(state))
        stage = other or _stage(days, region, on)
        if stage is None or reminded == (mark := f"{on}/{stage.number}"):
            continue
        found[stage, mark].append(pk)
    return found


def _stage(days: Days, region: int, on: date) -> Stage | None:
    if on < days.today:
        return STILL if days.is_late_by("finding.remind.after", region, on) else LATE
    if on == days.today:
        return TODAY
    if days.has_come("finding.remind.last", region, on):
        return LAST
    return SOON if days.has_come("finding.remind.before", region, on) else None


def _send_all(told: tuple[Stage, str], ids: list[UUID]) -> int:
    stage, mark = told
    for part in batched_rows(ids):
        around = Audience(part)
        with transaction.atomic():
            notify.send_many(
                stage.kind, [_sending(stage.kind, one, f"{one.pk}:{mark}", around) for one in part]
            )
            Finding.objects.filter(pk__in=[one.pk for one in part]).update(reminded=mark)
    return len(ids)


def batched_rows(ids: Iterable[UUID]) -> Iterator[list[Finding]]:
    """The problems by their ids, some at a time, with all that messages say of them."""
    rows = Finding.objects.select_related("unit__region", "inspector", "handler", "in_charge")
    for part in _batched(ids):
        yield list(rows.filter(pk__in=part))


def _batched(everything: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(everything)
    while part := list(islice(rest, AT_ONCE)):
        yield part


def _sending(kind: str, one: Finding, key: str, around: Audience, note: str = "") -> notify.Sending:
    url = reverse("findings:show", args=[one.pk])
    return notify.Sending(
        f"{kind}:{key}", messages.KINDS[kind].who(around, one), url, messages.params(one, note)
    )


def _remind_of_steps() -> int:
    """Steps of a plan that come due before the whole: the unit is told once a step and day."""
    today = clock.today()
    rows = list(
        Milestone.objects.filter(
            finding__state__in=RUNNING,
            finding__paused_on=None,
            reported_at=None,
            due_on__lte=today + FURTHEST,
        )
        .filter(~Q(reminded_on=F("due_on")) | Q(reminded_on=None))
        .order_by("finding_id")
        .values_list("pk", "finding_id", "due_on", "title", "finding__unit__region_id")
    )
    days = Days(("finding.remind.before",), {row[4] for row in rows})
    come = [row for row in rows if days.has_come("finding.remind.before", row[4], row[2])]
    for part in _batched(come):
        found = {one.pk: one for one in next(batched_rows({row[1] for row in part}))}
        around = Audience(list(found.values()))
        notify.send_many(
            "finding.step_due",
            [
                _sending("finding.step_due", found[pk], f"{step}:{on}", around, f"{on} {title}")
                for step, pk, on, title, _region in part
            ],
        )
        Milestone.objects.filter(pk__in=[row[0] for row in part]).update(reminded_on=F("due_on"))
    return len(come)


def _remind_of_look_backs() -> int:
    """Whoever goes is told once when the day comes near, and the next who is sent instead."""
    rows = LookBack.objects.filter(result="", reminded_on=None, goes__is_active=True).select_related(
        "goes", "finding__unit"
    )
    near = list(rows.filter(due_on__lte=clock.today() + FURTHEST))
    days = Days(("finding.remind.before",), {one.finding.unit.region_id for one in near})
    come = [
        one for one in near if days.has_come("finding.remind.before", one.finding.unit.region_id, one.due_on)
    ]
    notify.send_many(
        "finding.look_back_due",
        [
            notify.Sending(
                f"finding.look_back_due:{one.pk}:{one.goes_id}:{one.due_on}",
                [one.goes] if one.goes else [],
                reverse("findings:look-back", args=[one.pk]),
                messages.params(one.finding) | {"due_on": str(one.due_on)},
            )
            for one in come
        ],
    )
    LookBack.objects.filter(pk__in=[one.pk for one in come]).update(reminded_on=F("due_on"))
    return len(come)


def climb() -> int:
    """Take every overdue problem one step higher where its time has come. Each step is one event, told once."""
    today = clock.today()
    rows = list(
        Finding.objects.all()
        .overdue(today)
        .filter(state__in=RUNNING, climbed__lt=len(LEVELS))
        .order_by()
        .values_list("pk", "climbed", "due_on", "severity", "unit__region_id")
    )
    keys = ["finding.climb.inspector"]
    keys += [f"finding.climb.{level}.{severity}" for level in LEVELS[1:] for severity in Severity.values]
    days = Days(keys, {row[4] for row in rows})
    risen = defaultdict(list)
    for pk, climbed, due_on, severity, region in rows:
        level = LEVELS[climbed]
        assert due_on is not None, f"overdue without a deadline: {pk=}"
        key = f"finding.climb.{level}" + (f".{severity}" if climbed else "")
        if days.is_late_by(key, region, due_on):
            risen[climbed].append(pk)
    return sum(_climb(ids, climbed) for climbed, ids in risen.items())


def _climb(ids: list[UUID], climbed: int) -> int:
    """Compare and swap on the step it stood at; only what moved is journaled."""
    count = 0
    today = clock.today()
    for part in batched_rows(ids):
        with transaction.atomic():
            moved = [
                one
                for one in part
                if Finding.objects.all()
                .overdue(today)
                .filter(pk=one.pk, climbed=climbed)
                .update(climbed=climbed + 1)
            ]
            after: dict[str, Any] = {"climbed": climbed + 1}
            happenings = [
                Happening(
                    one, region=one.unit.region.path, unit=one.unit_id, before={"climbed": climbed},
                    after=after | {"state": one.state, "to": LEVELS[climbed], "due_on": str(one.due_on)},
                )
                for one in moved
            ]  # fmt: skip
            journal.record_many("finding.climb", happenings, by=None)
        count += len(moved)
    return count
