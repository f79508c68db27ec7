"""Counting days as the law does (domain: deadlines count from the day after receipt)."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum


class DayUnit(StrEnum):
    """How a limit counts: every day, or working days with the State Council's make-up days (调休)."""

    NATURAL = "natural"
    WORKING = "working"


SpecialDays = Mapping[date, bool]
"""Days that differ from the plain week: True = worked (调休), False = rest (holiday)."""


def is_working(day: date, special: SpecialDays) -> bool:
    return special.get(day, day.weekday() < 5)


def working_day_from(day: date, special: SpecialDays) -> date:
    """`day`, or the next that is worked."""
    while not is_working(day, special):
        day += timedelta(days=1)
    return day


def deadline(received_on: date, days: int, unit: DayUnit, special: SpecialDays) -> date:
    """The last day of a limit of `days`, counted from the day after `received_on`.

    A natural limit that ends on a day of rest is not moved: the rules that want that say working days.
    """
    if days < 0:
        raise ValueError(f"a limit cannot be negative: {days=}")
    if unit is DayUnit.NATURAL:
        return received_on + timedelta(days=days)
    day = received_on
    while days:
        day += timedelta(days=1)
        days -= is_working(day, special)
    return day


def working_days_left(today: date, due_on: date, special: SpecialDays) -> int:
    """Working days after `today` up to and including `due_on`; negative when it has passed."""
    first, last = sorted((today, due_on))
    plain = _weekdays_until(last) - _weekdays_until(first)
    differing = sum(works - (day.weekday() < 5) for day, works in special.items() if first < day <= last)
    return (plain + differing) * (1 if due_on >= today else -1)


def _weekdays_until(day: date) -> int:
    """Mondays to Fridays from the first of January of year 1, a Monday, up to and including `day`."""
    weeks, days = divmod(day.toordinal(), 7)
    return weeks * 5 + min(days, 5)
