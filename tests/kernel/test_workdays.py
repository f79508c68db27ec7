"""Counting days as the law does."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dudao.kernel.workdays import DayUnit, deadline, is_working, working_days_left

NATIONAL_DAY_2026 = {date(2026, 10, day): False for day in (1, 2, 5, 6, 7)} | {date(2026, 10, 10): True}
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
special = st.dictionaries(days, st.booleans(), max_size=30)


def test_five_working_days_from_a_wednesday_end_on_the_next_wednesday() -> None:
    assert deadline(date(2026, 11, 4), 5, DayUnit.WORKING, {}) == date(2026, 11, 11)


def test_the_national_holiday_is_not_counted_and_the_make_up_saturday_is() -> None:
    assert deadline(date(2026, 9, 30), 1, DayUnit.WORKING, NATIONAL_DAY_2026) == date(2026, 10, 8)
    assert deadline(date(2026, 9, 30), 3, DayUnit.WORKING, NATIONAL_DAY_2026) == date(2026, 10, 10)


def test_natural_days_count_every_day_and_do_not_move_off_a_holiday() -> None:
    assert deadline(date(2026, 9, 30), 3, DayUnit.NATURAL, NATIONAL_DAY_2026) == date(2026, 10, 3)


def test_the_day_of_receipt_itself_never_counts() -> None:
    assert deadline(date(2026, 11, 4), 0, DayUnit.WORKING, {}) == date(2026, 11, 4)
    assert deadline(date(2026, 11, 4), 1, DayUnit.NATURAL, {}) == date(2026, 11, 5)


@given(start=days, count=st.integers(1, 60), special=special)
def test_a_working_deadline_is_a_working_day_with_exactly_that_many_before_it(start, count, special) -> None:
    end = deadline(start, count, DayUnit.WORKING, special)
    span = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert is_working(end, special)
    assert sum(is_working(day, special) for day in span) == count
    assert working_days_left(start, end, special) == count


@given(start=days, end=days, special=special)
def test_days_left_turn_their_sign_when_seen_from_the_other_end(start, end, special) -> None:
    assert working_days_left(start, end, special) == -working_days_left(end, start, special)
