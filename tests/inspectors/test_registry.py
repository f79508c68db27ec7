"""A county keeps its inspectors, draws its zones, and makes somebody responsible for every school."""

import io
import re
from datetime import date, timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dudao.imports import running
from dudao.imports import services as imports
from dudao.imports.declared import of
from dudao.inspectors import queries, services
from dudao.inspectors.models import Engagement, Inspector, Place, Zone
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import Invalid
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import Role
from dudao.places.models import Kind
from tests import factories

TODAY = clock.today()
LATER = TODAY + timedelta(days=10)


@pytest.fixture
def registered(at: factories.Place) -> Inspector:
    return services.register(at.inspector, at.county, by=at.officer, engagement=Engagement.PART_TIME)


def another(at: factories.Place, name: str = "新督学") -> Inspector:
    return services.register(
        factories.person(name=name), at.county, by=at.officer, engagement=Engagement.FULL_TIME
    )


def holder(unit, on: date) -> list[str]:
    return list(Assignment.objects.in_force(on).filter(unit=unit).values_list("inspector__name", flat=True))


def test_a_registered_person_has_an_account_and_may_inspect_their_own_schools(at, signed_in) -> None:
    data = {
        "username": "13800001234",
        "name": "周敏",
        "region": at.county.code,
        "engagement": "PART_TIME",
        "level": "COUNTY",
    }
    client = signed_in(at.officer)
    assert client.post(reverse("inspectors:new"), data).status_code == 302
    user = User.objects.get(username="13800001234")
    assert not user.has_usable_password(), "the first password is given out elsewhere, never guessed"
    assert user.has_role(Role.INSPECTOR)
    again = client.post(reverse("inspectors:new"), data)
    assert again.status_code == 422
    assert "已在督学名册中" in again.content.decode()


def test_a_term_lasts_three_years_and_there_are_at_most_three_in_a_row(at, registered) -> None:
    """Regulations on Education Supervision, art. 6."""
    first = services.add_term(registered, starts_on=date(2018, 9, 1), by=at.officer)
    assert (first.number, first.ends_on) == (1, date(2021, 8, 31))
    with pytest.raises(Invalid, match="重叠"):
        services.add_term(registered, starts_on=date(2021, 8, 31), by=at.officer)
    services.add_term(registered, starts_on=date(2021, 9, 1), by=at.officer)
    services.add_term(registered, starts_on=date(2024, 9, 1), by=at.officer)
    with pytest.raises(Invalid, match="不得超过 3 届"):
        services.add_term(registered, starts_on=date(2027, 9, 1), by=at.officer)


def test_a_leaver_hands_over_first_and_then_has_no_right_left(at, registered, signed_in) -> None:
    client = signed_in(at.officer)
    add = reverse("inspectors:add", args=[registered.pk, "leave"])
    refused = client.post(add, {"leave-on": str(TODAY)})
    assert refused.status_code == 422
    assert "请先移交" in refused.content.decode()
    heir = another(at)
    page = reverse("inspectors:hand-over", args=[registered.pk])
    sent = {"heir": str(heir.pk), "on": str(TODAY), "chosen": [str(at.unit.pk)]}
    assert client.post(page, sent).status_code == 302
    assert holder(at.unit, TODAY) == ["新督学"]
    assert client.post(add, {"leave-on": str(TODAY)}).status_code == 302
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert (
            not Grant.objects.in_force(clock.today()).filter(user=at.inspector, role=Role.INSPECTOR).exists()
        )


def test_only_the_chosen_schools_are_handed_over(at, registered) -> None:
    second = factories.unit(of=at.county, name="第二学校")
    services.assign([second], at.inspector, on=TODAY, by=at.officer)
    heir = another(at)
    assert services.hand_over(at.inspector, heir.user, [second], on=TODAY, by=at.officer) == 1
    assert holder(at.unit, TODAY) == [at.inspector.name]
    assert holder(second, TODAY) == ["新督学"]


def test_the_old_arrangement_stays_readable_after_a_change(at, registered, signed_in) -> None:
    heir = another(at)
    services.assign([at.unit], heir.user, on=LATER, by=at.officer)
    assert holder(at.unit, LATER - timedelta(days=1)) == [at.inspector.name]
    assert holder(at.unit, LATER) == ["新督学"]
    client = signed_in(at.officer)
    page = reverse("inspectors:zones", args=[at.county.code])
    assert at.inspector.name in client.get(page).content.decode()
    then = client.get(page, {"on": str(LATER)}).content.decode()
    assert "只能查看" in then
    assert 'name="chosen"' not in then


def test_the_page_names_schools_without_anybody_and_inspectors_with_too_many(
    at, registered, signed_in
) -> None:
    lonely = factories.unit(of=at.county, name="无人小学")
    many = [factories.unit(of=at.county) for _more in range(6)]
    client = signed_in(at.officer)
    page = reverse("inspectors:zones", args=[at.county.code])
    sent = {"chosen": [str(unit.pk) for unit in many], "inspector": str(registered.pk), "on": str(TODAY)}
    answer = client.post(page, sent, follow=True).content.decode()
    assert "超过每人 5 所左右的规定" in answer, "allowed, and said"
    found = queries.arrangement(at.county, TODAY)
    assert [school.unit for school in found.uncovered] == [lonely]
    assert next(load for load in found.loads if load.inspector == registered).is_heavy
    assert "无人负责" in answer


def test_a_training_institution_without_an_inspector_is_no_gap(at, registered) -> None:
    factories.unit(of=at.county, kind=Kind.TRAINING)
    assert queries.arrangement(at.county, TODAY).uncovered == []


def test_a_tie_forbids_the_assignment_and_is_refused_while_it_stands(at, registered) -> None:
    other = factories.unit(of=at.county, name="亲属学校")
    services.add_tie(registered, other, reason="配偶在该校任职", by=at.officer)
    with pytest.raises(Invalid, match="须回避"):
        services.assign([other], at.inspector, on=TODAY, by=at.officer)
    with pytest.raises(Invalid, match="请先改派"):
        services.add_tie(registered, at.unit, reason="曾任校长", by=at.officer)


def test_zones_are_drawn_filled_and_ended(at, registered, signed_in) -> None:
    client = signed_in(at.officer)
    new = reverse("inspectors:zone-new", args=[at.county.code])
    data = {"name": "第一责任区", "lead": str(registered.pk), "on": str(TODAY)}
    assert client.post(new, data).status_code == 302
    assert "同名" in client.post(new, data).content.decode()
    zone = Zone.objects.get()
    page = reverse("inspectors:zones", args=[at.county.code])
    nothing = client.post(page, {"zone": str(zone.pk), "on": str(TODAY)})
    assert nothing.status_code == 422
    assert "请先勾选学校" in nothing.content.decode()
    client.post(page, {"zone": str(zone.pk), "on": str(TODAY), "chosen": [str(at.unit.pk)]})
    assert [school.unit for school in queries.arrangement(at.county, TODAY).areas[0].schools] == [at.unit]
    assert client.post(reverse("inspectors:zone-edit", args=[zone.pk]), {"close": "1"}).status_code == 302
    after = queries.arrangement(at.county, TODAY + timedelta(days=1))
    assert [area.zone for area in after.areas] == [None], "its schools wait for another zone"


def test_a_zone_beyond_twenty_schools_is_named_as_crowded(at, registered) -> None:
    zone = services.open_zone(at.county, name="大责任区", lead=None, on=TODAY, by=at.officer)
    services.put_in_zone([factories.unit(of=at.county) for _one in range(21)], zone, on=TODAY, by=at.officer)
    assert queries.arrangement(at.county, TODAY).areas[0].is_crowded


def test_others_schools_cannot_be_arranged(at, registered, signed_in) -> None:
    stranger = factories.unit(of=factories.region(parent=at.city))
    page = reverse("inspectors:zones", args=[at.county.code])
    sent = {"chosen": [str(stranger.pk)], "inspector": str(registered.pk), "on": str(TODAY)}
    signed_in(at.officer).post(page, sent)
    assert holder(stranger, TODAY) == []


@given(moves=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(-30, 30)), max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_arranged_in_any_order_each_day_has_one_zone_and_one_inspector_at_most(at, moves) -> None:
    since = TODAY - timedelta(days=60)
    zones = [
        services.open_zone(at.county, name=f"{factories.unit(of=at.county).pk}", lead=None, on=since, by=None)
        for _one in range(3)
    ]
    people = [factories.person() for _one in range(3)]
    unit = factories.unit(of=at.county)
    expected: dict[date, tuple[int, int]] = {}
    days = [TODAY + timedelta(days=offset) for offset in range(-31, 32)]
    for zone, person, offset in moves:
        on = TODAY + timedelta(days=offset)
        given = {"zone": zones[zone], "inspector": people[person], "reason": "补录"}
        services.arrange([unit], on=on, by=None, **given)
        expected |= {day: (zone, person) for day in days if day >= on}
    for day in days:
        names = [people[expected[day][1]].name] if day in expected else []
        assert holder(unit, day) == names
        standing = Place.objects.filter(unit=unit, starts_on__lte=day).exclude(ends_on__lt=day)
        assert [place.zone for place in standing] == ([zones[expected[day][0]]] if day in expected else [])


def test_zone_and_inspector_are_set_in_one_step(at, registered, signed_in) -> None:
    zone = services.open_zone(at.county, name="第一责任区", lead=None, on=TODAY, by=at.officer)
    new = factories.unit(of=at.county)
    page = reverse("inspectors:zones", args=[at.county.code])
    sent = {"zone": str(zone.pk), "inspector": str(registered.pk), "on": str(TODAY), "chosen": [str(new.pk)]}
    answer = signed_in(at.officer).post(page, sent, follow=True).content.decode()
    assert "已安排 1 所学校" in answer
    assert holder(new, TODAY) == [at.inspector.name]
    assert Place.objects.get(unit=new).zone == zone


def test_a_past_day_is_refused_unless_it_is_meant_and_said_why(at, registered, signed_in) -> None:
    client = signed_in(at.officer)
    new = factories.unit(of=at.county)
    before = TODAY - timedelta(days=20)
    page = reverse("inspectors:zones", args=[at.county.code])
    sent = {"inspector": str(registered.pk), "on": str(before), "chosen": [str(new.pk)]}
    refused = client.post(page, sent)
    assert refused.status_code == 422
    assert "确需补录以前的安排" in refused.content.decode()
    assert f'value="{new.pk}" checked' in refused.content.decode(), "what was ticked stays ticked"
    assert "请写明补录原因" in client.post(page, sent | {"is_backdated": "on"}).content.decode()
    assert not Assignment.objects.filter(unit=new).exists()
    meant = {"is_backdated": "on", "reason": "开学时已口头安排，系统漏记"}
    assert client.post(page, sent | meant).status_code == 302
    assert holder(new, before) == [at.inspector.name]
    assert Event.objects.get(kind="unit.assign", unit_id=str(new.pk)).note == "开学时已口头安排，系统漏记"


def test_nothing_is_handed_over_or_zoned_before_its_time(at, registered) -> None:
    heir, yesterday = another(at), TODAY - timedelta(days=1)
    with pytest.raises(Invalid, match="生效日期已过"):
        services.hand_over(at.inspector, heir.user, [at.unit], on=yesterday, by=at.officer)
    zone = services.open_zone(at.county, name="新责任区", lead=None, on=TODAY, by=at.officer)
    with pytest.raises(Invalid, match="起设立"):
        services.arrange([at.unit], zone=zone, on=yesterday, reason="补录", by=at.officer)


def test_the_list_is_narrowed_and_what_is_left_can_be_chosen_at_once(at, registered, signed_in) -> None:
    client = signed_in(at.officer)
    lonely = factories.unit(of=at.county, name="无人小学")
    page = reverse("inspectors:zones", args=[at.county.code])
    everything = client.get(page).content.decode()
    assert everything.count('name="chosen"') == 2
    nobody = client.get(page, {"show": "nobody"}).content.decode()
    assert re.findall(r'name="chosen" value="([^"]+)"', nobody) == [str(lonely.pk)]
    assert "全选筛选出的学校" in nobody
    assert re.findall(r'name="chosen" value="([^"]+)"', client.get(page, {"q": "wrxx"}).content.decode()) == [
        str(lonely.pk)
    ]
    assert "没有符合条件的学校" in client.get(page, {"kind": "SENIOR"}).content.decode()
    sent = {"inspector": str(registered.pk), "on": str(TODAY), "chosen": [str(lonely.pk)]}
    answer = client.post(f"{page}?show=nobody", sent)
    assert answer["Location"] == f"{page}?show=nobody", "the filter stays"


def test_a_county_brings_in_its_inspectors_with_their_schools(at, registered) -> None:
    second = factories.unit(of=at.county)
    rows = [
        ["手机号", "姓名", "专职/兼职", "聘任日期", "责任学校代码"],
        ["13800001111", "李督学", "兼职督学", "2026-09-01", f"{at.unit.code}、{second.code}"],
        ["13800002222", "王督学", "临时", "", "U999999"],
    ]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for index, cell in enumerate(row):
            sheet.write_string(number, index, cell)
    book.close()
    one = imports.bring_in(
        SimpleUploadedFile("督学.xlsx", buffer.getvalue()), of("inspectors"), by=at.officer
    )
    running.check(one.pk)
    assert running.counts(one) == {"WRONG": 1, "DOUBTFUL": 0, "NEW": 1, "CHANGED": 0, "SAME": 0}
    one.refresh_from_db()
    imports.confirm(one, of("inspectors"), by=at.officer, only_right=True)
    running.apply(one.pk)
    made = Inspector.objects.get(user__username="13800001111")
    assert made.terms.get().ends_on == date(2029, 8, 31)
    assert holder(at.unit, TODAY) == holder(second, TODAY) == ["李督学"]
    assert Event.objects.filter(kind="unit.assign", unit_id=str(at.unit.pk)).exists()


def test_the_arrangement_costs_the_same_for_two_schools_and_for_twenty(
    at, registered, signed_in, django_assert_max_num_queries
) -> None:
    client = signed_in(at.officer)
    page = reverse("inspectors:zones", args=[at.county.code])
    client.get(page)
    with django_assert_max_num_queries(30) as few:
        client.get(page)
    for _more in range(18):
        services.assign([factories.unit(of=at.county)], at.inspector, on=TODAY, by=at.officer)
    with django_assert_max_num_queries(30) as many:
        client.get(page)
    assert len(many) == len(few)
