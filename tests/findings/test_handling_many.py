"""What offices do with several problems, what happens when a school or a calendar changes, and what came from elsewhere."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dudao.findings import handling, recounting, reminding, services
from dudao.findings.models import Finding
from dudao.findings.states import State
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import Invalid
from dudao.kernel.ids import uuid7
from dudao.notify.models import Message
from dudao.people.models import Assignment
from dudao.people.roles import Role
from dudao.places import services as places
from dudao.rules import calendar
from tests import factories
from tests.findings.walking import followed, received, reported, seen, struck_off, told

MONDAY = datetime(2026, 9, 7, 2, tzinfo=UTC)


def day(after: int) -> object:
    return clock.set_to(MONDAY + timedelta(days=after))


def kinds_sent(user: object, prefix: str = "finding.") -> list[str]:
    rows = Message.objects.filter(recipient=user, kind__startswith=prefix).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_reminders_before_on_and_after_the_deadline_each_once(at) -> None:
    with day(0):
        received(at)  # until Monday 14 September
        paused = received(at)
        handling.pause(paused, by=at.officer, seen=seen(paused), reason="停工")
    sent = []
    for after in range(1, 25):
        with day(after):
            reminding.remind()
            reminding.remind()
            sent.append(len(kinds_sent(at.head, "finding.")))
    assert kinds_sent(at.head) == [
        "finding.due_soon", "finding.due_soon", "finding.due_today", "finding.overdue", "finding.still_overdue",
    ]  # fmt: skip
    assert kinds_sent(at.inspector) == ["finding.overdue"]
    assert sent[1:4] == [1, 1, 2], "Wednesday three days before, Friday one day before"


def test_overdue_climbs_to_inspector_county_and_city_each_step_once_in_the_journal(at, signed_in) -> None:
    with day(0):
        finding = received(at)
    for after in range(1, 60):
        with day(after):
            reminding.climb()
            reminding.climb()
    steps = Event.objects.filter(object_id=str(finding.pk), kind="finding.climb").order_by("pk")
    assert [(one.after["to"], str(one.after["climbed"])) for one in steps] == [
        ("inspector", "1"), ("county", "2"), ("city", "3"),
    ]  # fmt: skip
    with day(60):
        page = signed_in(at.officer).get(f"/findings/{finding.pk}/").content.decode()
        assert "已升级到市级督导机构" in page
        assert "起草督办单" in page
        draft = signed_in(at.officer).post("/findings/papers/urging-sheet/", {"chosen": [str(finding.pk)]})
        assert draft.status_code == 302


def test_each_step_of_the_climb_is_told_to_its_level(at) -> None:
    with day(0):
        received(at)
    for after, person in ((9, at.inspector), (24, at.officer), (40, at.city_officer)):
        with day(after):
            reminding.climb()
            assert told(person).count("finding.climb") == 1


def test_five_thousand_reminders_cost_no_query_each(at) -> None:
    with day(0):
        first = received(at)
    rows = []
    for number in range(200):
        copy = Finding.objects.get(pk=first.pk)
        copy.pk, copy.number = uuid7(), f"N{number}"
        rows.append(copy)
    Finding.objects.bulk_create(rows[:100])
    with day(30), CaptureQueriesContext(connection) as few:
        reminding.remind()
    Finding.objects.update(reminded="")
    Message.objects.all().delete()
    Finding.objects.bulk_create(rows[100:])
    with day(30), CaptureQueriesContext(connection) as many:
        assert reminding.remind() == 201
    assert len(many) <= len(few) + 2
    assert Message.objects.filter(recipient=at.head).count() == 201


def test_the_office_urges_several_and_each_row_tells_what_became_of_it(at, signed_in) -> None:
    one, done = received(at), struck_off(at)
    office = signed_in(at.officer)
    page = office.post("/findings/remind/", {"chosen": [str(one.pk), str(done.pk)]}).content.decode()
    assert "现在不需要学校办理" in page
    assert "完成 1 个" in page
    assert "finding.remind" in told(at.head)
    again = office.post("/findings/remind/", {"chosen": [str(one.pk)]}).content.decode()
    assert "今天已经催办过" in again
    assert Event.objects.filter(kind="finding.remind").count() == 1


def test_several_are_put_in_charge_of_one_person_who_can_then_verify(at, signed_in) -> None:
    found = [reported(at, shade=shade) for shade in (201, 202)]
    closed = struck_off(at)
    other = factories.unit(of=at.county)
    helper = factories.person(Role.INSPECTOR)
    Assignment.objects.create(inspector=helper, unit=other, starts_on=factories.SINCE)
    office = signed_in(at.officer)
    chosen = {"chosen": [str(one.pk) for one in (*found, closed)]}
    assert helper.name in office.post("/findings/assign/", chosen).content.decode()
    page = office.post("/findings/assign/", chosen | {"to": str(helper.pk)}).content.decode()
    assert "已办结" in page
    assert "完成 2 个" in page
    finding = Finding.objects.select_related("unit__region").get(pk=found[0].pk)
    services.verify(finding, by=helper, seen=seen(finding), passed=True, method="material", facts="好")
    assert not Finding.objects.visible_to(helper).filter(pk=closed.pk).exists()


def test_duplicates_are_merged_and_the_withdrawn_keep_their_reason(at, signed_in) -> None:
    lead, twin, wrong = (received(at) for _one in range(3))
    with pytest.raises(Invalid):
        handling.merge(twin, by=at.officer, seen=seen(twin), lead=twin)
    twin = handling.merge(twin, by=at.officer, seen=seen(twin), lead=lead)
    assert (twin.state, twin.merged_into) == (State.MERGED, lead)
    assert lead.number in signed_in(at.head).get(f"/findings/{twin.pk}/").content.decode()
    with pytest.raises(Invalid):
        handling.withdraw(wrong, by=at.officer, seen=seen(wrong), reason=" ")
    handling.withdraw(wrong, by=at.officer, seen=seen(wrong), reason="误录")
    assert set(Finding.objects.open()) == {lead}
    assert Event.objects.get(kind="finding.withdraw").note == "误录"


def test_the_problems_of_a_merged_school_go_to_its_heir_once(at) -> None:
    finding, closed = received(at), struck_off(at)
    finding = handling.hand(finding, by=at.head, seen=seen(finding), to=at.head)
    heir = factories.unit(of=at.county)
    head = factories.person(Role.UNIT, of=heir)
    followed()
    places.close_unit(at.unit, on=clock.today(), basis="撤并", by=at.officer, into=[heir])
    followed()
    finding.refresh_from_db()
    closed.refresh_from_db()
    assert (finding.unit, finding.state, closed.unit) == (heir, State.RECEIVED, at.unit)
    assert finding.handler is None, "who wrote for the old school does not write for the heir"
    assert told(head) == ["finding.inherit"]
    assert Event.objects.filter(kind="finding.inherit").count() == 1


def test_a_school_closed_without_an_heir_leaves_its_problems_to_the_office(at) -> None:
    finding = received(at)
    places.close_unit(at.unit, on=clock.today(), basis="停办", by=at.officer)
    assert told(at.officer)[-1] == "finding.no_heir"
    finding.refresh_from_db()
    handling.withdraw(finding, by=at.officer, seen=seen(finding), reason="学校停办")


def test_a_holiday_told_afterwards_moves_the_deadline_and_people_are_told(at) -> None:
    with day(0):
        finding = received(at)
        granted = received(at)
        Finding.objects.filter(pk=granted.pk).update(run_days=None)
        paused = received(at)
        paused = handling.pause(paused, by=at.officer, seen=seen(paused), reason="停工")
        told_day = calendar.Told(date(2026, 9, 10), False, "抗战胜利纪念日", "国务院通知")
        calendar.keep_days([told_day], by=at.administrator)
        followed()
    finding.refresh_from_db()
    granted.refresh_from_db()
    paused.refresh_from_db()
    assert finding.due_on == date(2026, 9, 15)
    assert paused.due_on == date(2026, 9, 14), "what does not run is counted when it runs again"
    assert granted.due_on == date(2026, 9, 14), "a day that was granted as such stays"
    event = Event.objects.get(kind="finding.recount")
    assert (event.before["due_on"], event.after["due_on"]) == ("2026-09-14", "2026-09-15")
    assert "finding.recount" in told(at.head)
    assert "finding.recount" in told(at.inspector)


def test_counting_again_asks_the_rules_once_however_many_problems_wait(at) -> None:
    """Every start of a worker does it, for a province as for a county."""
    asked = []
    for count in (1, 5):
        factories.visit(at, findings=[factories.problem() for _ in range(count)])
        with CaptureQueriesContext(connection) as statements:
            assert recounting.recount() == 0
        asked.append(len(statements))
    assert Finding.objects.filter(state=State.NOTIFIED).count() == 6
    assert asked[0] == asked[1]
