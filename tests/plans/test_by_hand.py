"""First steps in the plan's list: a row opens its item, several get a day at once, any unit is put in by hand and taken out."""

from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.field import bundle
from dudao.inspectors import services as inspectors
from dudao.inspectors.models import Engagement
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid
from dudao.people.models import Assignment
from dudao.people.roles import Role
from dudao.places.models import Kind
from dudao.plans import services
from dudao.plans.models import PlanItem
from tests import factories

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _in_october():
    with clock.set_to(datetime(2026, 10, 12, 4, tzinfo=UTC)):
        yield


def soup(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.content.decode(), "html.parser")


def test_the_row_opens_the_item_by_a_link_on_the_school_s_name(at, signed_in) -> None:
    services.draw_up(at.county, OCTOBER, by=at.officer)
    row = soup(signed_in(at.officer).get(reverse("plans:list"))).select_one(".list tbody tr")
    link = row.select_one("a[data-row-link]")
    assert (link.get_text(), link["href"]) == (
        at.unit.name,
        reverse("plans:item", args=[PlanItem.objects.get().pk]),
    )


def test_several_items_get_a_day_at_once_and_are_moved_to_another(at, signed_in) -> None:
    second = factories.unit(of=at.county)
    Assignment.objects.create(inspector=at.inspector, unit=second, starts_on=factories.SINCE)
    services.draw_up(at.county, OCTOBER, by=at.officer)
    chosen = [str(pk) for pk in PlanItem.objects.values_list("pk", flat=True)]
    client, page = signed_in(at.inspector), reverse("plans:days")
    asked = soup(client.post(page, {"chosen": [*chosen, "x"]}))
    kept = [box["value"] for box in asked.select("input[name=chosen]")]
    assert sorted(kept) == sorted(chosen)
    assert not PlanItem.objects.exclude(planned_on=None).exists(), "asking changes nothing"
    for day in ("2026-10-20", "2026-10-21"):
        done = client.post(page, {"chosen": kept, "planned_on": day})
        assert done.url == "/plans/?month=2026-10"
        assert set(PlanItem.objects.values_list("planned_on", flat=True)) == {date.fromisoformat(day)}
    assert Event.objects.filter(kind="plan.day").count() == 4


def test_one_day_outside_a_month_moves_none_of_them(at, signed_in) -> None:
    for month in (OCTOBER, NOVEMBER):
        services.draw_up(at.county, month, by=at.officer)
    chosen = [str(pk) for pk in PlanItem.objects.values_list("pk", flat=True)]
    answer = signed_in(at.officer).post(reverse("plans:days"), {"chosen": chosen, "planned_on": "2026-10-20"})
    assert answer.status_code == 422
    assert "日期要在 2026-11 之内" in answer.content.decode()
    assert not PlanItem.objects.exclude(planned_on=None).exists()


def test_what_is_done_or_of_another_place_is_not_moved(at, signed_in) -> None:
    other = factories.place()
    for place in (at, other):
        services.draw_up(place.county, OCTOBER, by=place.officer)
    factories.visit(at)
    chosen = [str(pk) for pk in PlanItem.objects.values_list("pk", flat=True)]
    told = signed_in(at.officer).post(reverse("plans:days"), {"chosen": chosen, "planned_on": "2026-10-20"}, follow=True)  # fmt: skip
    assert "请先勾选未完成的项目" in told.content.decode()
    assert not PlanItem.objects.exclude(planned_on=None).exists()


def test_who_may_change_nothing_is_offered_nothing(at, signed_in) -> None:
    services.draw_up(at.county, OCTOBER, by=at.officer)
    page = signed_in(at.auditor).get(reverse("plans:list")).content.decode()
    assert at.unit.name in page
    assert "定日期或改期" not in page
    assert reverse("plans:add") not in page


def test_an_office_puts_a_training_institution_into_the_plan_and_her_phone_shows_it(at, signed_in) -> None:
    inspectors.register(at.inspector, at.county, by=at.officer, engagement=Engagement.PART_TIME)
    centre = factories.unit(of=at.county, kind=Kind.TRAINING, name="星光培训中心")
    client, page = signed_in(at.officer), reverse("plans:add")
    facts = {"unit": "星光培训中心", "month": "2026-10", "planned_on": "2026-10-16", "note": "群众反映"}
    nobody = client.post(page, facts)
    assert nobody.status_code == 422
    assert "还没有责任督学" in nobody.content.decode()
    done = client.post(page, facts | {"inspector": str(at.inspector.pk)})
    item = PlanItem.objects.get(unit=centre)
    assert done.url == reverse("plans:item", args=[item.pk])
    assert (item.inspector, item.is_by_hand, item.note) == (at.inspector, True, "群众反映")
    on_phone = {unit["name"]: unit for unit in bundle.of(at.inspector)["units"]}
    assert on_phone["星光培训中心"]["planned_on"] == "2026-10-16"
    assert on_phone["星光培训中心"]["needed"] == 1, "it stands among what is due"
    assert on_phone[at.unit.name]["needed"] == 1
    services.reconcile([str(centre.pk)])
    assert PlanItem.objects.filter(pk=item.pk, inspector=at.inspector).exists(), (
        "nobody's unit stays with her"
    )


def test_the_phone_shows_no_problems_of_a_unit_she_is_sent_to_once(at) -> None:
    school = factories.place()
    Assignment.objects.create(inspector=school.inspector, unit=at.unit, starts_on=date(2026, 10, 12))
    factories.finding(school)
    guest = factories.person(Role.INSPECTOR)
    services.add(school.unit, guest, OCTOBER, planned_on=None, note="", by=school.officer)
    told = bundle.of(guest)
    assert [unit["name"] for unit in told["units"]] == [school.unit.name]
    assert told["findings"] == []
    assert told["units"][0]["open_findings"] == 0


def test_an_inspector_puts_in_a_kindergarten_of_hers_and_takes_it_out_again(at, signed_in) -> None:
    garden = factories.unit(of=at.county, kind=Kind.KINDERGARTEN, name="春苗幼儿园")
    Assignment.objects.create(inspector=at.inspector, unit=garden, starts_on=factories.SINCE)
    client, page = signed_in(at.inspector), reverse("plans:add")
    blank = soup(client.get(f"{page}?month=2026-11&unit={garden.code}"))
    assert blank.select_one("input[name=unit]")["value"] == "春苗幼儿园"
    assert blank.select_one("input[name=month]")["value"] == "2026-11"
    assert not blank.select("select[name=inspector]"), "she adds for herself"
    client.post(page, {"unit": garden.code, "month": "2026-11"})
    item = PlanItem.objects.get(unit=garden)
    assert (item.month, item.planned_on) == (NOVEMBER, None)
    assert soup(client.get(reverse("plans:item", args=[item.pk]))).select("form[action$='/drop/']")
    client.post(reverse("plans:drop", args=[item.pk]))
    assert not PlanItem.objects.filter(unit=garden).exists()
    services.draw_up(at.county, OCTOBER, by=at.officer)
    drawn_up = PlanItem.objects.get()
    assert not soup(client.get(reverse("plans:item", args=[drawn_up.pk]))).select("form[action$='/drop/']")
    assert client.post(reverse("plans:drop", args=[drawn_up.pk])).status_code == 403


def test_what_cannot_be_is_refused_with_its_reason(at, signed_in) -> None:
    elsewhere = factories.place()
    client, page = signed_in(at.officer), reverse("plans:add")
    for facts, told in (
        ({"unit": elsewhere.unit.name, "month": "2026-10"}, "没有这个单位"),
        ({"unit": at.unit.name, "month": "2026-09"}, "已经过去"),
        ({"unit": at.unit.name, "month": "10月"}, "请填写月份"),
        ({"unit": at.unit.name, "month": "2026-10", "planned_on": "2026-11-02"}, "日期要在 2026-10 之内"),
    ):
        answer = client.post(page, facts)
        assert answer.status_code == 422
        assert told in answer.content.decode()
    assert not PlanItem.objects.exists()
    client.post(page, {"unit": at.unit.name, "month": "2026-10"})
    again = client.post(page, {"unit": at.unit.name, "month": "2026-10"})
    assert "已在" in again.content.decode()
    assert PlanItem.objects.count() == 1
    with pytest.raises(Forbidden):
        services.add(at.unit, at.inspector, NOVEMBER, planned_on=None, note="", by=elsewhere.officer)
    former = factories.person(Role.INSPECTOR)
    one = inspectors.register(former, at.county, by=at.officer, engagement=Engagement.PART_TIME)
    inspectors.add_tie(one, at.unit, reason="曾任校长", by=at.officer)
    with pytest.raises(Invalid):
        services.add(at.unit, former, NOVEMBER, planned_on=None, note="", by=at.officer)
