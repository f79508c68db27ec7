"""A problem's life from recorded to struck off, and what is refused on the way."""

from datetime import UTC, date, datetime

import pytest

from dudao.findings import moving, services
from dudao.findings.models import Finding, Report
from dudao.findings.services import Seen
from dudao.findings.states import MOVES, State
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.people.roles import Role
from tests import factories


def seen(finding: Finding) -> Seen:
    return Seen(finding.state, finding.round)


def reported(at: factories.Place) -> Finding:
    finding = factories.finding(at)
    finding = services.receive(finding, by=at.head, seen=seen(finding))
    after = factories.picture(at.head, 200)
    return services.report(
        finding, by=at.head, seen=seen(finding), text="已公示", before=[], after=[after.sha256]
    )


def test_from_the_visit_to_struck_off_every_step_is_journalled(at) -> None:
    finding = reported(at)
    finding = services.verify(
        finding, by=at.inspector, seen=seen(finding), passed=True, method="on_site", facts="属实"
    )
    finding = services.sign_off(finding, by=at.officer, seen=seen(finding))
    assert finding.state == State.STRUCK_OFF
    assert finding.struck_off_at is not None
    kinds = list(
        Event.objects.filter(object_id=str(finding.pk)).order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == [
        "finding.record", "finding.issue", "finding.receive", "finding.report", "finding.verify", "finding.sign_off"
    ]  # fmt: skip


def test_a_minor_problem_goes_to_the_school_at_once_and_a_serious_one_waits_for_the_office(at) -> None:
    assert factories.finding(at, severity="MINOR").state == State.NOTIFIED
    serious = factories.finding(at, severity="SERIOUS")
    assert serious.state == State.RECORDED
    assert not Finding.objects.visible_to(at.head).filter(pk=serious.pk).exists()
    services.issue(serious, by=at.officer, seen=seen(serious))
    assert Finding.objects.visible_to(at.head).filter(pk=serious.pk).exists()


def test_what_was_settled_on_the_spot_waits_for_the_second_person(at) -> None:
    finding = factories.finding(at, settled_on_spot=True)
    assert finding.state == State.VERIFIED
    assert finding.verified_by == at.inspector
    assert services.sign_off(finding, by=at.officer, seen=seen(finding)).state == State.STRUCK_OFF


def test_the_deadline_counts_working_days_from_the_day_after_receipt(at) -> None:
    finding = factories.finding(at, days=3)
    with clock.set_to(datetime(2026, 9, 30, 3, tzinfo=UTC)):  # the day before the National Day holiday
        Finding.objects.filter(pk=finding.pk).update(notified_at=clock.now())
        finding.refresh_from_db()
        finding = services.receive(finding, by=at.head, seen=seen(finding))
    assert finding.due_on == date(2026, 10, 10)  # 8, 9 October, and the make-up Saturday


def test_receipt_is_never_given_by_looking(at, signed_in) -> None:
    finding = factories.finding(at)
    signed_in(at.head).get(f"/findings/{finding.pk}/")
    finding.refresh_from_db()
    assert finding.state == State.NOTIFIED
    assert finding.received_at is None


def test_a_report_without_a_photo_or_a_word_is_refused_and_changes_nothing(at) -> None:
    finding = factories.finding(at)
    finding = services.receive(finding, by=at.head, seen=seen(finding))
    with pytest.raises(Invalid):
        services.report(finding, by=at.head, seen=seen(finding), text="改了", before=[], after=[])
    with pytest.raises(Invalid):
        services.report(finding, by=at.head, seen=seen(finding), text="  ", before=[], after=["0" * 64])
    finding.refresh_from_db()
    assert finding.state == State.RECEIVED
    assert not Report.objects.exists()


def test_a_returned_report_opens_the_next_round_and_keeps_the_first(at) -> None:
    finding = reported(at)
    finding = services.verify(
        finding, by=at.inspector, seen=seen(finding), passed=False, method="material", facts="照片不清"
    )
    assert finding.state == State.RETURNED
    again = factories.picture(at.head, 210)
    finding = services.report(
        finding, by=at.head, seen=seen(finding), text="补拍", before=[], after=[again.sha256]
    )
    assert finding.round == 2
    assert [(one.round, one.passed) for one in finding.reports.all()] == [(1, False), (2, None)]


def test_the_verifier_cannot_sign_off_and_the_reporter_cannot_verify(at) -> None:
    finding = reported(at)
    both = factories.person(Role.COUNTY_OFFICE, of=at.county)
    finding = services.verify(
        finding, by=both, seen=seen(finding), passed=True, method="material", facts="好"
    )
    with pytest.raises(Forbidden):
        services.sign_off(finding, by=both, seen=seen(finding))
    assert services.sign_off(finding, by=at.officer, seen=seen(finding)).state == State.STRUCK_OFF


def test_refusing_to_strike_off_needs_a_reason_and_returns_it_to_the_school(at) -> None:
    finding = reported(at)
    finding = services.verify(
        finding, by=at.inspector, seen=seen(finding), passed=True, method="material", facts="好"
    )
    with pytest.raises(Invalid):
        services.refuse(finding, by=at.officer, seen=seen(finding), note=" ")
    finding = services.refuse(finding, by=at.officer, seen=seen(finding), note="材料不全")
    assert finding.state == State.RETURNED
    assert finding.verified_by is None


def test_of_two_people_moving_one_problem_one_wins_and_the_other_is_told(at) -> None:
    finding = reported(at)
    stale = Finding.objects.select_related("unit__region").get(pk=finding.pk)
    services.verify(finding, by=at.inspector, seen=seen(finding), passed=True, method="material", facts="好")
    events = Event.objects.count()
    with pytest.raises(StaleState):
        services.verify(
            stale, by=at.officer, seen=Seen("REPORTED", 1), passed=False, method="material", facts="不行"
        )
    assert Event.objects.count() == events


@pytest.mark.parametrize("name", sorted(MOVES))
def test_nobody_moves_a_problem_of_another_place(at, name) -> None:
    elsewhere = factories.place()
    finding = factories.finding(at)
    state = MOVES[name].sources[0]
    Finding.objects.filter(pk=finding.pk).update(
        state=state, struck_off_at=clock.now() if state == State.STRUCK_OFF else None
    )
    for stranger in (
        elsewhere.head,
        elsewhere.inspector,
        elsewhere.officer,
        elsewhere.city_officer,
        at.auditor,
    ):
        with pytest.raises(Forbidden):
            moving.move(finding, name, by=stranger, seen=Seen(MOVES[name].sources[0], 1))


def test_overdue_is_seen_by_county_and_city(at) -> None:
    finding = factories.finding(at)
    services.receive(finding, by=at.head, seen=seen(finding))
    Finding.objects.filter(pk=finding.pk).update(due_on=date(2026, 1, 5))
    for officer in (at.officer, at.city_officer):
        assert Finding.objects.visible_to(officer).overdue(clock.today()).count() == 1
