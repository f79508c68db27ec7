"""A proposal of days: items spread evenly over working days, never more than two schools of one inspector on a day."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from dudao.kernel.workdays import SpecialDays, is_working

MOST_A_DAY = 2
"""A visit with class observation, documents and interviews takes half a day."""


def working_days(starts_on: date, ends_on: date, special: SpecialDays) -> list[date]:
    """The working days from one day to another, both included."""
    days = [starts_on + timedelta(days=n) for n in range((ends_on - starts_on).days + 1)]
    return [day for day in days if is_working(day, special)]


def spread(count: int, days: Sequence[date], taken: Iterable[date]) -> list[date]:
    """`count` of `days` in their order, at equal distances as far as the days already `taken` allow.

    Fewer when there is no room: then the rest stays without a day.
    """
    load = Counter(taken)
    chosen: list[date] = []
    for number in range(count):
        free = [day for day in days if load[day] < MOST_A_DAY]
        if not free:
            break
        middle = (2 * number + 1) * len(days) // (2 * count)
        best = min(free, key=lambda day: (load[day], abs(days.index(day) - middle)))
        load[best] += 1
        chosen.append(best)
    return sorted(chosen)
