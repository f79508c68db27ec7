"""An office keeps its schools: new ones, corrections, and what becomes of them; old records keep the old name."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.people.models import Assignment
from dudao.places.models import Institution, Kind, TurnKind, Unit, UnitYear
from tests import factories

TODAY = str(clock.today())


def facts(**changes: object) -> dict[str, object]:
    return {"code": "2143000001", "name": "春晓小学", "kind": "PRIMARY", "ownership": "PUBLIC"} | changes


def open_form(client, address: str) -> dict[str, str]:
    """What the form of a page holds, as a browser would send it back."""
    page = BeautifulSoup(client.get(address).content.decode(), "html.parser")
    sent = {}
    for field in page.select("main form [name]:not(button)"):
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            sent[field["name"]] = chosen["value"] if chosen else ""
        else:
            sent[field["name"]] = field.get("value", "")
    return sent


def test_an_office_adds_a_school_and_finds_it_by_its_initials(at, signed_in) -> None:
    client = signed_in(at.officer)
    answer = client.post(reverse("office:unit-new"), facts(region=at.county.code, pupils=300), follow=True)
    assert "已新增：春晓小学" in answer.content.decode()
    assert "春晓小学" in client.get(reverse("office:units"), {"q": "cxxx"}).content.decode()
    assert Event.objects.filter(kind="unit.add", actor_id=at.officer.pk).count() == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"code": "一二三"}, "4 至 20 位"),
        ({"name": ""}, "请填写这一项"),
        ({"kind": "X"}, "请从列表中选择"),
        ({"pupils": "三"}, "请填写数字"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(at, signed_in, change, told) -> None:
    answer = signed_in(at.officer).post(
        reverse("office:unit-new"), facts(region=at.county.code, address="泰山路 1 号") | change
    )
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "泰山路 1 号" in answer.content.decode()


def test_a_code_that_is_taken_and_a_region_of_others_are_refused(at, signed_in) -> None:
    client = signed_in(at.officer)
    taken = client.post(reverse("office:unit-new"), facts(code=at.unit.code, region=at.county.code))
    assert taken.status_code == 422
    assert "已被使用" in taken.content.decode()
    other = factories.region(parent=at.city)
    assert client.post(reverse("office:unit-new"), facts(region=other.code)).status_code == 422
    assert not Unit.objects.filter(name="春晓小学").exists()


def test_two_editors_the_second_is_told_and_loses_nothing(at, signed_in) -> None:
    client = signed_in(at.officer)
    address = reverse("office:unit-edit", args=[at.unit.pk])
    first, second = open_form(client, address), open_form(client, address)
    assert client.post(address, first | {"head_name": "甲校长"}).status_code == 302
    answer = client.post(address, second | {"head_name": "乙校长"})
    assert answer.status_code == 409
    assert "刚刚有人改动了" in answer.content.decode()
    assert "乙校长" in answer.content.decode()
    at.unit.refresh_from_db()
    assert at.unit.head_name == "甲校长"
    again = BeautifulSoup(answer.content.decode(), "html.parser").select_one("[name=seen]")["value"]
    assert client.post(address, second | {"head_name": "乙校长", "seen": again}).status_code == 302


def turn(client, unit: Unit, kind: str, **data: object):
    return client.post(
        reverse("office:unit-turn", args=[unit.pk, kind]), {"on": TODAY, "basis": "天教发〔2026〕3号"} | data
    )


def test_a_renamed_school_keeps_its_old_name_on_old_visits(at, signed_in) -> None:
    client = signed_in(at.officer)
    visit = factories.visit(at)
    before = at.unit.name
    assert turn(client, at.unit, "RENAMED", name="泰山实验学校").status_code == 302
    page = client.get(reverse("office:unit", args=[at.unit.pk])).content.decode()
    assert "泰山实验学校" in page
    assert f"{before} → 泰山实验学校" in " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())
    assert before in client.get(reverse("inspections:show", args=[visit.pk])).content.decode()


def test_merged_schools_end_with_their_inspectors_and_say_where_they_went(at, signed_in) -> None:
    client = signed_in(at.officer)
    into = factories.unit(of=at.county, name="中心小学")
    assert turn(client, at.unit, "MERGED", into=[str(into.pk)]).status_code == 302
    at.unit.refresh_from_db()
    assert (at.unit.is_open, str(at.unit.closed_on)) == (False, TODAY)
    assert Assignment.objects.get(unit=at.unit).ends_on == clock.today()
    assert list(at.unit.turns.get(kind=TurnKind.MERGED).others.all()) == [into]
    assert "中心小学" in client.get(reverse("office:unit", args=[at.unit.pk])).content.decode()
    assert turn(client, at.unit, "CLOSED").status_code == 404, "what has ended offers only to open again"
    assert turn(client, at.unit, "REOPENED").status_code == 302


def test_a_school_taken_over_by_the_city_leaves_the_county_s_reach(at, signed_in) -> None:
    assert turn(signed_in(at.city_officer), at.unit, "MOVED", region=at.city.code).status_code == 302
    assert signed_in(at.officer).get(reverse("office:unit", args=[at.unit.pk])).status_code == 404
    assert signed_in(at.city_officer).get(reverse("office:unit", args=[at.unit.pk])).status_code == 200


def test_a_turn_is_not_written_before_its_day_nor_into_itself(at, signed_in) -> None:
    client = signed_in(at.officer)
    tomorrow = str(clock.today() + timedelta(days=1))
    assert "在今天之后" in turn(client, at.unit, "CLOSED", on=tomorrow).content.decode()
    assert turn(client, at.unit, "MERGED", into=[str(at.unit.pk)]).status_code == 422
    at.unit.refresh_from_db()
    assert at.unit.is_open


def test_a_school_does_not_end_before_it_was_last_visited_or_changed(at, signed_in) -> None:
    client, into = signed_in(at.officer), factories.unit(of=at.county, name="中心小学")
    factories.visit(at)
    early = str(clock.today() - timedelta(days=4000))
    assert "还有督导记录" in turn(client, at.unit, "MERGED", on=early, into=[str(into.pk)]).content.decode()
    assert turn(client, at.unit, "RENAMED", name="泰山实验学校").status_code == 302
    assert "不能早于这一天" in turn(client, at.unit, "RENAMED", name="泰山学校", on=early).content.decode()


def test_a_school_merges_into_one_and_splits_into_several(at, signed_in) -> None:
    client = signed_in(at.officer)
    several = [str(factories.unit(of=at.county, name=name).pk) for name in ("一小", "二小")]
    page = client.get(reverse("office:unit-turn", args=[at.unit.pk, "MERGED"])).content.decode()
    assert "multiple" not in page
    assert turn(client, at.unit, "SPLIT", into=several).status_code == 302
    assert at.unit.turns.get(kind=TurnKind.SPLIT).others.count() == 2


def test_the_newest_school_year_gives_the_present_number_of_pupils(at, signed_in) -> None:
    client = signed_in(at.officer)
    address = reverse("office:unit-year", args=[at.unit.pk])
    figures = {"classes": 18, "teachers": 44, "boarders": 0}
    client.post(address, figures | {"year": 2026, "pupils": 810})
    client.post(address, figures | {"year": 2025, "pupils": 700})
    client.post(address, figures | {"year": 2026, "pupils": 812})
    at.unit.refresh_from_db()
    assert at.unit.pupils == 812
    assert list(UnitYear.objects.filter(unit=at.unit).values_list("year", "pupils")) == [
        (2026, 812),
        (2025, 700),
    ]
    assert (
        "不能多于"
        in client.post(address, figures | {"year": 2026, "pupils": 5, "boarders": 9}).content.decode()
    )


def test_an_institution_has_a_licence_and_a_school_has_none(at, signed_in) -> None:
    client = signed_in(at.officer)
    centre = factories.unit(of=at.county, kind=Kind.TRAINING, name="启航培训中心")
    data = {
        "subject_class": "SUBJECT",
        "delivery": "ONLINE",
        "standing": "OPERATING",
        "licence_no": "教民 1 号",
        "licence_until": "2027-12-31",
    }
    assert client.post(reverse("office:unit-institution", args=[centre.pk]), data).status_code == 302
    assert Institution.objects.get().licence_no == "教民 1 号"
    assert "教民 1 号" in client.get(reverse("office:unit", args=[centre.pk])).content.decode()
    assert client.get(reverse("office:unit-institution", args=[at.unit.pk])).status_code == 404


def test_an_office_says_what_it_is_called_and_a_city_adds_a_functional_area(at, signed_in) -> None:
    city = signed_in(at.city_officer)
    new = {"code": "4302F1", "name": "云龙示范区", "parent": at.city.code}
    assert city.post(reverse("office:regions"), new).status_code == 302
    assert "云龙示范区" in city.get(reverse("office:regions")).content.decode()
    assert "已被使用" in city.post(reverse("office:regions"), new).content.decode()
    county = signed_in(at.officer)
    named = {"office": "泰山区人民政府教育督导室", "office_mark": "泰教督", "name_en": "Taishan"}
    assert county.post(reverse("office:region", args=[at.county.code]), named).status_code == 302
    at.county.refresh_from_db()
    assert at.county.office_mark == "泰教督"
    assert county.get(reverse("office:region", args=[at.city.code])).status_code == 404
