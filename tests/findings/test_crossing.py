"""Two who move one problem at the same moment, played step by step; and when a climb is taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from dudao.findings import asking, recounting, reminding, services
from dudao.findings.asking import Step
from dudao.findings.models import Finding
from dudao.findings.states import State
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import StaleState
from dudao.places import services as places
from dudao.rules import calendar
from tests import factories
from tests.findings.walking import followed, received, reported, seen, told

MONDAY = datetime(2026, 9, 7, 2, tzinfo=UTC)


def day(after: int) -> Any:
    return clock.set_to(MONDAY + timedelta(days=after))


@contextmanager
def crossed_by(act: Callable[[], object]) -> Iterator[None]:
    """Once everything is read and the first write is on its way, somebody else acts."""
    acted: list[bool] = []

    def meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('UPDATE "findings_finding"') and not acted:
            acted.append(True)
            act()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        yield
    assert acted


def fresh(finding: Finding) -> Finding:
    return Finding.objects.select_related("unit__region").get(pk=finding.pk)


def events(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


def test_two_workers_take_an_overdue_problem_one_step_higher_once(at) -> None:
    with day(0):
        finding = received(at)
    with day(9), crossed_by(reminding.climb):
        assert reminding.climb() == 0
    assert fresh(finding).climbed == 1
    assert events("finding.climb") == 1
    assert told(at.inspector).count("finding.climb") == 1


def test_what_is_reported_while_it_would_climb_does_not_climb(at) -> None:
    with day(0):
        finding = received(at)
    photo = factories.picture(at.head, 210).sha256

    def report() -> None:
        one = fresh(finding)
        services.report(one, by=at.head, seen=seen(one), text="已公示", before=[], after=[photo])

    with day(9), crossed_by(report):
        assert reminding.climb() == 0
    assert fresh(finding).state == State.REPORTED
    assert events("finding.climb") == 0


def test_a_calendar_counted_anew_by_two_workers_moves_a_deadline_once(at) -> None:
    with day(0):
        finding = received(at)
        holiday = calendar.Told(date(2026, 9, 10), False, "抗战胜利纪念日", "国务院通知")
        calendar.keep_days([holiday], by=at.administrator)
        with crossed_by(recounting.recount):
            assert recounting.recount() == 0
    assert fresh(finding).due_on == date(2026, 9, 15)
    assert events("finding.recount") == 1


def test_a_judgement_on_a_report_that_was_returned_and_written_anew_meanwhile_is_refused(at) -> None:
    """The state is the same again, but it is another round: nobody has judged what the judge has not read."""
    finding = reported(at)
    photo = factories.picture(at.head, 211).sha256

    def return_and_report_again() -> None:
        one = fresh(finding)
        one = services.verify(
            one, by=at.inspector, seen=seen(one), passed=False, method="material", facts="照片不清"
        )
        services.report(one, by=at.head, seen=seen(one), text="已重拍", before=[], after=[photo])

    with crossed_by(return_and_report_again), pytest.raises(StaleState):
        services.verify(
            fresh(finding), by=at.inspector, seen=seen(finding), passed=True, method="material", facts="好"
        )


def test_a_plan_agreed_to_and_a_holiday_told_late_take_the_climb_back(at) -> None:
    with day(0):
        planned, counted = received(at), received(at)
    with day(9):
        assert reminding.climb() == 2
        planned = fresh(planned)
        steps = [Step("采购", date(2026, 9, 21)), Step("安装", date(2026, 9, 25))]
        planned = asking.propose(planned, by=at.head, seen=seen(planned), text="需施工", steps=steps)
        planned = asking.decide_plan(planned, by=at.officer, seen=seen(planned), agreed=True, reason="")
        assert planned.climbed == 0
        days = [
            calendar.Told(date(2026, 9, number), False, "台风停课", "市政府通知") for number in (10, 11, 14)
        ]
        calendar.keep_days(days, by=at.administrator)
        recounting.recount()
        assert (fresh(counted).due_on, fresh(counted).climbed) == (date(2026, 9, 17), 0)
        assert reminding.climb() == 0
    with day(60):
        reminding.climb()
        assert {fresh(planned).climbed, fresh(counted).climbed} == {1}, "they climb anew from the new day"


def test_a_school_opened_again_before_its_problems_went_keeps_them(at) -> None:
    finding = received(at)
    heir = factories.unit(of=at.county)
    followed()
    places.close_unit(at.unit, on=clock.today(), basis="撤并", by=at.officer, into=[heir])
    at.unit.refresh_from_db()
    places.reopen_unit(at.unit, on=clock.today(), basis="撤并暂缓", by=at.officer)
    followed()
    assert fresh(finding).unit == at.unit
    assert events("finding.inherit") == 0
