"""A county says what a month is about, draws up its plan by one click, inspectors set the days, a visit fulfils it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.urls import reverse

from dudao.field import bundle
from dudao.inspectors import services as inspectors
from dudao.inspectors.models import Engagement
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.notify.models import Message
from dudao.office.unit_services import turn
from dudao.people.models import Assignment
from dudao.places.models import Kind, TurnKind
from dudao.plans import services
from dudao.plans.models import Answer, MonthPlan, PlanItem
from dudao.plans.queries import after, plans_for, school_year_of
from tests import factories

MONTH = services.this_month()
KEY = f"{MONTH:%Y-%m}"


def item_of(at: factories.Place) -> PlanItem:
    services.draw_up(at.county, MONTH, by=at.officer)
    return PlanItem.objects.select_related("unit__region", "inspector").get(unit=at.unit)


def test_a_month_s_plan_has_an_item_for_every_school_that_is_due_and_drawn_up_again_adds_nothing(at) -> None:
    second = factories.unit(of=at.county)
    Assignment.objects.create(inspector=at.inspector, unit=second, starts_on=factories.SINCE)
    factories.unit(of=at.county, name="无人学校")
    centre = factories.unit(of=at.county, kind=Kind.TRAINING)
    Assignment.objects.create(inspector=at.inspector, unit=centre, starts_on=factories.SINCE)
    assert services.draw_up(at.county, MONTH, by=at.officer) == 2
    assert set(PlanItem.objects.values_list("unit", flat=True)) == {at.unit.pk, second.pk}
    assert services.draw_up(at.county, MONTH, by=at.officer) == 0


def test_what_a_county_has_not_set_its_city_has(at, signed_in) -> None:
    city = signed_in(at.city_officer)
    page = reverse("plans:month", args=[at.city.code, KEY])
    assert (
        city.post(
            page, {"themes": ["T6", "T7"], "subject": "开学安全", "instruments": ["double-reduction-school"]}
        ).status_code
        == 302
    )
    county = signed_in(at.officer)
    shown = county.get(reverse("plans:year", args=[at.county.code])).content.decode()
    assert "开学安全" in shown
    assert f"按 {at.city.name} 的安排" in shown
    own = reverse("plans:month", args=[at.county.code, KEY])
    kept = BeautifulSoup(county.get(own).content.decode(), "html.parser").select(
        "input[name=themes][checked]"
    )
    assert {box["value"] for box in kept} == {"T6", "T7"}, "one begins with what holds now"
    county.post(own, {"themes": ["T1"], "subject": "本区重点"})
    plan = plans_for(at.county, [MONTH])[MONTH]
    assert (plan.region, plan.themes) == (at.county, ["T1"])
    assert plans_for(at.city, [MONTH])[MONTH].themes == ["T6", "T7"]


def test_an_inspector_sets_the_day_and_is_told_when_nobody_works_then(at, signed_in) -> None:
    item = item_of(at)
    client = signed_in(at.inspector)
    saturday = next(day for day in (MONTH + timedelta(days=n) for n in range(28)) if day.weekday() == 5)
    answer = client.post(
        reverse("plans:day", args=[item.pk]), {"planned_on": str(saturday), "note": ""}, follow=True
    )
    assert "不是工作日" in answer.content.decode()
    item.refresh_from_db()
    assert item.planned_on == saturday
    outside = client.post(
        reverse("plans:day", args=[item.pk]), {"planned_on": str(after(MONTH)), "note": "x"}
    )
    assert outside.status_code == 422
    assert f"日期要在 {KEY} 之内" in outside.content.decode()


def test_several_schools_for_one_inspector_on_one_day_are_told(at, signed_in) -> None:
    second = factories.unit(of=at.county)
    Assignment.objects.create(inspector=at.inspector, unit=second, starts_on=factories.SINCE)
    item_of(at)
    monday = next(day for day in (MONTH + timedelta(days=n) for n in range(28)) if day.weekday() == 0)
    client = signed_in(at.officer)
    told = []
    for item in PlanItem.objects.order_by("pk"):
        page = client.post(
            reverse("plans:day", args=[item.pk]), {"planned_on": str(monday), "note": ""}, follow=True
        )
        told.append(f"{at.inspector.name} {monday} 共安排了 2 所学校" in page.content.decode())
    assert told == [False, True]


def test_the_database_itself_keeps_the_day_within_its_month(at) -> None:
    item = item_of(at)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.filter(pk=item.pk).update(planned_on=after(MONTH))


def test_a_visit_in_the_month_fulfils_the_item_and_then_it_stays(at, signed_in) -> None:
    item = item_of(at)
    client = signed_in(at.officer)
    page = reverse("plans:list")
    assert "未定日期" in client.get(page, {"month": KEY}).content.decode()
    with clock.set_to(datetime(MONTH.year, MONTH.month, 15, 4, tzinfo=UTC)):
        visit = factories.visit(at)
    opened = client.get(reverse("plans:item", args=[item.pk])).content.decode()
    assert reverse("inspections:show", args=[visit.pk]) in opened
    done = BeautifulSoup(client.get(page, {"month": KEY, "state": "done"}).content.decode(), "html.parser")
    assert at.unit.name in done.select_one(".list tbody").get_text()
    with pytest.raises(StaleState):
        services.drop(item, by=at.officer)


def test_a_companion_is_asked_answers_and_both_are_told(at, signed_in) -> None:
    item = item_of(at)
    inspectors.register(at.inspector, at.county, by=at.officer, engagement=Engagement.PART_TIME)
    friend = factories.person(name="同行者")
    inspectors.register(friend, at.county, by=at.officer, engagement=Engagement.PART_TIME)
    client = signed_in(at.inspector)
    assert client.post(reverse("plans:invite", args=[item.pk]), {"user": str(friend.pk)}).status_code == 302
    assert Message.objects.filter(recipient=friend, kind="plan.invited").exists()
    theirs = signed_in(friend)
    assert "没有其他督学可以邀请" in client.get(reverse("plans:item", args=[item.pk])).content.decode()
    page = theirs.get(reverse("plans:item", args=[item.pk]))
    assert "邀请您同行" in page.content.decode()
    workbench = BeautifulSoup(theirs.get("/").content.decode(), "html.parser")
    asked = workbench.select_one(f"a[href='{reverse('plans:item', args=[item.pk])}']")
    assert "同行邀请" in asked.get_text()
    theirs.post(reverse("plans:answer", args=[item.pk]), {"answer": "ACCEPTED"})
    assert item.invitations.get().answer == Answer.ACCEPTED
    assert "同行邀请" not in theirs.get("/").content.decode()
    assert Message.objects.filter(recipient=at.inspector, kind="plan.accepted").exists()
    assert "同行者" in client.get(reverse("plans:list"), {"month": KEY}).content.decode()
    theirs.post(reverse("plans:answer", args=[item.pk]), {"answer": "DECLINED"})
    assert item.invitations.get().answer == Answer.DECLINED, "a change of mind is an answer too"
    with pytest.raises(Invalid):
        services.invite(item, at.inspector, by=at.officer)


def test_the_phone_takes_along_the_month_s_themes_checklists_and_planned_days(at) -> None:
    item = item_of(at)
    on = MONTH + timedelta(days=20)
    services.plan_day(item, on, note="", by=at.inspector)
    services.set_month(
        at.city, MONTH, themes=["T6"], instruments=["theme-6-safety"], subject="开学安全", by=at.city_officer
    )
    (unit,) = bundle.of(at.inspector)["units"]
    assert unit["planned_on"] == str(on)
    assert unit["month"]["subject"] == "开学安全"
    assert unit["month"]["instruments"] == ["theme-6-safety"]
    assert unit["month"]["themes"][0]["name"]["zh"].startswith("校园及周边安全")


def test_the_plan_follows_who_is_responsible_and_which_schools_are_open(at) -> None:
    item = item_of(at)
    heir = factories.person(name="接任者")
    inspectors.assign([at.unit], heir, on=clock.today(), by=at.officer)
    hear()
    item.refresh_from_db()
    assert item.inspector == heir
    hear()
    assert PlanItem.objects.count() == 1
    turn(
        at.unit,
        TurnKind.CLOSED,
        on=clock.today() - timedelta(days=1),
        basis="天教发〔2026〕3号",
        by=at.officer,
    )
    hear()
    assert not PlanItem.objects.exists()
    assert bundle.of(heir)["units"] == [], "a closed school is nobody's any more"


def hear() -> None:
    """Let the followers read what has happened."""
    while journal.seal():
        pass
    while followers.run():
        pass


def test_a_stranger_sees_no_plan_and_changes_none(at, signed_in) -> None:
    item = item_of(at)
    other = factories.place()
    assert signed_in(other.officer).get(reverse("plans:item", args=[item.pk])).status_code == 404
    with pytest.raises(Forbidden):
        services.plan_day(item, None, note="", by=other.inspector)
    with pytest.raises(Forbidden):
        services.set_month(at.county, MONTH, themes=[], instruments=[], subject="", by=other.officer)
    assert signed_in(at.head).get(reverse("plans:list")).status_code == 403, (
        "a school does not see when it is due"
    )
    assert not MonthPlan.objects.exists()


def test_a_school_year_has_twelve_months_from_september() -> None:
    year = school_year_of(date(2027, 2, 14))
    assert (year[0], year[4], year[-1], len(year)) == (
        date(2026, 9, 1),
        date(2027, 1, 1),
        date(2027, 8, 1),
        12,
    )
    assert after(date(2026, 12, 1)) == date(2027, 1, 1)
