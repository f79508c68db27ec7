"""The work calendar: a year as months, and the days that differ from the plain week."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import transaction

from dudao.journal import services as journal
from dudao.journal.services import Happening
from dudao.kernel.errors import Forbidden
from dudao.kernel.text import clean
from dudao.people.models import User
from dudao.rules.models import SpecialDay
from dudao.rules.queries import published_years

HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


@dataclass(frozen=True)
class Day:
    """One square of the year. `special` is what makes it differ from the plain week."""

    on: date
    works: bool
    special: SpecialDay | None

    @property
    def is_holiday(self) -> bool:
        return self.special is not None and not self.works

    @property
    def is_made_up(self) -> bool:
        return self.special is not None and self.works


class Month(NamedTuple):
    """Weeks from Monday; None where the square belongs to another month. `runs` are its special days in words."""

    number: int
    weeks: list[list[Day | None]]
    runs: list["Run"]


class Run(NamedTuple):
    """Special days in a row that are the same thing."""

    first: date
    last: date
    works: bool
    label: str


class Told(NamedTuple):
    """A day as somebody gives it."""

    day: date
    works: bool
    name: str
    source: str


def is_published(year: int) -> bool:
    return year in published_years()


def months(year: int) -> list[Month]:
    """The twelve months of `year`."""
    special = {row.day: row for row in SpecialDay.objects.filter(day__year=year)}

    def square(on: date, month: int) -> Day | None:
        if on.month != month:
            return None
        row = special.get(on)
        return Day(on, row.works if row else on.weekday() < 5, row)

    weeks = Calendar(firstweekday=0)
    return [
        Month(
            month,
            [[square(on, month) for on in week] for week in weeks.monthdatescalendar(year, month)],
            _runs([row for day, row in sorted(special.items()) if day.month == month]),
        )
        for month in range(1, 13)
    ]


def _runs(rows: Sequence[SpecialDay]) -> list[Run]:
    runs: list[Run] = []
    for row in rows:
        last = runs[-1] if runs else None
        if (
            last
            and (last.works, last.label) == (row.works, row.label)
            and _is_near(last.last, row.day, row.works)
        ):
            runs[-1] = last._replace(last=row.day)
        else:
            runs.append(Run(row.day, row.day, row.works, row.label))
    return runs


def _is_near(last: date, day: date, works: bool) -> bool:
    """Holidays go on over the weekend between them, which is no special day."""
    between = (day - last).days
    return between == 1 or (not works and between <= 3 and all(
        date.fromordinal(last.toordinal() + step).weekday() >= 5 for step in range(1, between)
    ))  # fmt: skip


@transaction.atomic
def keep_days(told: Sequence[Told], *, by: User) -> None:
    """Add days, or correct them. Rooms that count with the calendar follow the event and count again."""
    if not by.can("calendar.manage"):
        raise Forbidden
    stored = {row.day: row for row in SpecialDay.objects.filter(day__in=[one.day for one in told])}
    happenings = []
    for one in told:
        before = stored.get(one.day)
        name = clean(one.name)
        english = next((en for en, zh in HOLIDAYS.items() if zh == name), "")
        row = SpecialDay(day=one.day, works=one.works, name=name, name_en=english, source=clean(one.source))
        row.save(force_insert=before is None, force_update=before is not None)
        happenings.append(
            Happening(
                row, str(one.day), before=_facts(before) if before else {}, after=_facts(row), note=row.source
            )
        )
    journal.record_many("calendar.day", happenings, by=by)


def _facts(row: SpecialDay) -> dict[str, object]:
    return {"works": row.works, "name": row.name}
