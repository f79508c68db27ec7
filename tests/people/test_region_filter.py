"""The filter by region of lists: somebody responsible for many regions finds one in two steps, others in one."""

from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from dudao.inspectors.models import Inspector, Place, Zone
from dudao.people.models import Grant, User
from dudao.people.roles import Role
from dudao.places.models import Level, Region, Unit
from dudao.places.services import add_functional_area
from tests import factories

UNITS, VISITS = "/units/", "/visits/"


@dataclass
class Province:
    """A province with one city, two counties of that city and a school in the first."""

    region: Region
    city: Region
    county: Region
    other_county: Region
    unit: Unit


def province(code: str, name: str) -> Province:
    region = Region.objects.create(code=f"{code}0000", name=name, path=f"{code}/", level=Level.PROVINCE)
    city = factories.region(code=f"{code}0900", name=f"{name}甲市", parent=region)
    Region.objects.filter(pk=city.pk).update(level=Level.CITY)
    county = factories.region(code=f"{code}0901", name=f"{name}东区", parent=city)
    other = factories.region(code=f"{code}0902", name=f"{name}西区", parent=city)
    return Province(region, city, county, other, factories.unit(of=county, name=f"{name}学校"))


@pytest.fixture
def north(db: None) -> Province:
    return province("81", "北省")


@pytest.fixture
def south(db: None) -> Province:
    return province("82", "南省")


@pytest.fixture
def nation(north: Province, south: Province) -> User:
    """Somebody responsible for every province."""
    person = factories.person(Role.CITY_OFFICE, of=north.region)
    Grant.objects.create(user=person, role=Role.CITY_OFFICE, region=south.region, starts_on=factories.SINCE)
    return person


@pytest.fixture
def client(nation: User, signed_in) -> Client:
    return signed_in(nation)


def look(client: Client, query: str = "", address: str = UNITS) -> BeautifulSoup:
    return BeautifulSoup(client.get(f"{address}?{query}").content.decode(), "html.parser")


def schools(page: BeautifulSoup) -> list[str]:
    text = " ".join(one.get_text() for one in page.select(".list tbody"))
    return [name for name in ("北省学校", "南省学校") if name in text]


def offered(page: BeautifulSoup) -> list[list[str]]:
    """What each step offers."""
    return [[one.get_text() for one in step.select("option")] for step in page.select("[name=region]")]


def chosen(page: BeautifulSoup) -> list[str]:
    return [one.get_text() for one in page.select("[name=region] option[selected]")]


def test_the_provinces_are_offered_first_and_no_county(client) -> None:
    assert offered(look(client)) == [["全部地区", "北省", "南省"], []]


def test_a_province_shows_its_rows_and_then_its_cities_with_their_counties(client, north) -> None:
    page = look(client, f"region={north.region.code}&region=")
    assert schools(page) == ["北省学校"]
    assert offered(page)[1] == ["全部区县", "北省", "北省甲市", "北省东区", "北省西区"]
    assert page.select_one("optgroup")["label"] == "北省甲市"
    assert chosen(page) == ["北省"]
    assert "清除筛选" in page.get_text()


def test_a_county_of_the_province_is_the_second_step(client, north) -> None:
    page = look(client, f"region={north.region.code}&region={north.other_county.code}")
    assert schools(page) == []
    assert chosen(page) == ["北省", "北省西区"]


def test_an_old_address_names_a_county_alone_and_shows_the_way_up(client, south) -> None:
    page = look(client, f"region={south.county.code}")
    assert schools(page) == ["南省学校"]
    assert chosen(page) == ["南省", "南省东区"]


def test_a_functional_area_has_letters_in_its_code(client, north) -> None:
    area = add_functional_area(north.city, code="810900GX", name="高新区", by=None)
    page = look(client, f"region={north.region.code}&region={area.code}")
    assert chosen(page) == ["北省", "高新区"]


def test_a_county_left_from_another_province_is_forgotten(client, north, south) -> None:
    page = look(client, f"region={south.region.code}&region={north.county.code}")
    assert schools(page) == ["南省学校"]
    assert chosen(page) == ["南省"]
    assert "无法识别" not in page.get_text()


def test_all_regions_again_forgets_the_county_too(client, north) -> None:
    assert schools(look(client, f"region=&region={north.county.code}")) == ["北省学校", "南省学校"]


def test_a_province_sees_its_cities_and_counties_at_once(north, signed_in) -> None:
    client = signed_in(factories.person(Role.CITY_OFFICE, of=north.region))
    assert offered(look(client)) == [["全部区县", "北省", "北省甲市", "北省东区", "北省西区"]]
    assert chosen(look(client, f"region={north.city.code}")) == ["北省甲市"]


def test_an_address_that_a_nation_passes_on_works_for_a_province(north, signed_in) -> None:
    client = signed_in(factories.person(Role.CITY_OFFICE, of=north.region))
    page = look(client, f"region={north.region.code}&region={north.county.code}")
    assert (schools(page), chosen(page)) == (["北省学校"], ["北省东区"])


@pytest.mark.parametrize(
    "query", ["region=999999", "region=9%00", "region=999999&region=", "region={elsewhere}"]
)
def test_a_region_out_of_reach_is_named_and_ignored(client, query) -> None:
    page = look(client, query.format(elsewhere=factories.region().code))
    assert "无法识别，已忽略：区县" in page.get_text()
    assert schools(page) == ["北省学校", "南省学校"]


def test_a_province_of_inspectors_holds_them_all_and_its_own_office_only_its_own(client, north) -> None:
    for name, region in (("省督学", north.region), ("县督学", north.county)):
        person = factories.person(Role.INSPECTOR, name=name)
        Inspector.objects.create(user=person, region=region, engagement="PART_TIME")
    rows = {
        query: look(client, query, "/inspectors/").select_one(".list tbody").get_text()
        for query in (f"region={north.region.code}&region=", f"region={north.region.code}")
    }
    assert [("省督学" in text, "县督学" in text) for text in rows.values()] == [(True, True), (True, False)]


def test_lanes_by_county_have_names_before_a_province_is_chosen(at, nation, north, signed_in) -> None:
    factories.finding(at)
    Unit.objects.filter(pk=at.unit.pk).update(region=north.county)
    page = look(signed_in(nation), "state=&group=region", "/findings/")
    assert page.select_one(".lane-head a").find(string=True).strip() == "北省东区"


def test_paper_says_which_province(client, north) -> None:
    assert "区县：北省" in look(client, f"region={north.region.code}&region=&print=1").get_text()


def test_the_first_step_asks_for_no_county(client, django_assert_max_num_queries) -> None:
    look(client)
    with django_assert_max_num_queries(30) as asked:
        look(client)
    assert not [one for one in asked if one["sql"].startswith('SELECT "places_region"')]


def zones_offered(page: BeautifulSoup) -> list[str]:
    return [one.get_text() for one in page.select("[name=zone] option")][1:]


def test_zones_are_offered_of_the_county_or_city_that_is_looked_at(north, signed_in) -> None:
    for county in (north.county, north.other_county):
        Zone.objects.create(region=county, name=f"{county.name}一片", starts_on=factories.SINCE)
    client = signed_in(factories.person(Role.CITY_OFFICE, of=north.region))
    assert zones_offered(look(client, "", VISITS)) == []
    assert len(zones_offered(look(client, f"region={north.city.code}", VISITS))) == 2
    client = signed_in(factories.person(Role.CITY_OFFICE, of=north.city))
    assert len(zones_offered(look(client, "", VISITS))) == 2


def test_a_zone_narrows_to_its_schools_and_one_of_elsewhere_is_named_and_ignored(at, signed_in) -> None:
    factories.visit(at)
    zones = [
        Zone.objects.create(region=county, name="一片", starts_on=factories.SINCE)
        for county in (at.county, at.county, factories.region())
    ]
    Place.objects.create(zone=zones[0], unit=at.unit, starts_on=factories.SINCE)
    client = signed_in(at.officer)
    held, empty, strange = (look(client, f"zone={one.pk}", VISITS) for one in zones)
    assert at.unit.name in held.select_one(".list tbody").get_text()
    assert "没有符合条件的内容" in empty.get_text()
    assert "无法识别，已忽略：责任区" in strange.get_text()
