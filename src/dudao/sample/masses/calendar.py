"""Working days and school seasons, looked up instead of counted."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings

from dudao.kernel.workdays import DayUnit, deadline, is_working

SEASONS = {1: 0.5, 2: 0.35, 7: 0.12, 8: 0.04}
"""How much of a usual month's visits takes place; the other months are whole."""


class Calendar:
    """The days from `first` to `last`, the last being today."""

    def __init__(self, first: date, last: date, special: Mapping[date, bool]) -> None:
        self.first, self.last = first, last
        self._special = dict(special)
        self._zone = ZoneInfo(settings.TIME_ZONE)
        self._deadlines: dict[tuple[date, int, str], date] = {}

    @cached_property
    def months(self) -> list[tuple[date, list[date]]]:
        """Each month with its working days."""
        found: dict[date, list[date]] = {}
        for back in range((self.last - self.first).days, 0, -1):
            day = self.last - timedelta(days=back)
            if is_working(day, self._special):
                found.setdefault(day.replace(day=1), []).append(day)
        return sorted(found.items())

    def after(self, day: date, days: int) -> date:
        """The first working day at least so many days later."""
        later = day + timedelta(days=days)
        while not is_working(later, self._special):
            later += timedelta(days=1)
        return later

    def deadline(self, day: date, days: int, unit: str) -> date:
        key = (day, days, unit)
        if key not in self._deadlines:
            self._deadlines[key] = deadline(day, days, DayUnit(unit), self._special)
        return self._deadlines[key]

    def moment(self, day: date, random: Random, hours: tuple[int, int] = (8, 17)) -> datetime:
        at = time(random.randint(*hours), random.randint(0, 59), random.randint(0, 59))
        return datetime.combine(day, at, self._zone)
