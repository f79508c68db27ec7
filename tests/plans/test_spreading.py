"""Days proposed for a month: working days only, at equal distances, at most two schools a day."""

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from dudao.plans.spreading import MOST_A_DAY, spread, working_days

OCTOBER = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}


def test_holidays_are_left_out_and_make_up_days_count() -> None:
    days = working_days(date(2026, 10, 1), date(2026, 10, 14), OCTOBER)
    assert [day.day for day in days] == [8, 9, 10, 12, 13, 14]


def test_four_schools_of_a_month_lie_about_a_week_apart() -> None:
    days = working_days(date(2026, 11, 1), date(2026, 11, 30), {})
    assert [day.day for day in spread(4, days, [])] == [4, 11, 19, 26]


def test_days_that_are_full_are_passed_over() -> None:
    days = working_days(date(2026, 11, 2), date(2026, 11, 4), {})
    assert spread(2, days, [days[1], days[1]]) == [days[0], days[2]]


@given(st.integers(0, 60), st.lists(st.integers(0, 20), max_size=40))
def test_never_more_than_two_a_day_and_as_many_as_there_is_room_for(count: int, taken: list[int]) -> None:
    days = working_days(date(2026, 11, 1), date(2026, 11, 30), {})
    before = Counter(days[number] for number in taken)
    chosen = spread(count, days, before.elements())
    assert chosen == sorted(chosen)
    assert all(day in days for day in chosen)
    room = sum(max(0, MOST_A_DAY - before[day]) for day in days)
    assert len(chosen) == min(count, room)
    assert all(before[day] + n <= max(MOST_A_DAY, before[day]) for day, n in Counter(chosen).items())


@given(st.integers(1, 21))
def test_with_room_for_all_every_school_has_a_day_of_its_own(count: int) -> None:
    days = working_days(date(2026, 11, 1), date(2026, 11, 30), {})
    assert len(set(spread(count, days, []))) == count
