"""Zones on a map: what the list says, drawn; and the same form below it."""

import re
from typing import Any

import pytest
from django.urls import reverse

from dudao.inspectors import services
from dudao.inspectors.models import Place, Zone
from dudao.kernel import clock
from dudao.places.models import Level, Region, Unit
from tests import factories


@pytest.fixture
def county(at) -> Region:
    """天元区, whose outline is shipped."""
    code = "430211"
    return Region.objects.create(
        code=code, name="天元区", path=f"{at.city.path}{code}/", level=Level.COUNTY, parent=at.city
    )


def school(county: Region, lng: float | None, lat: float | None, name: str) -> Unit:
    unit = factories.unit(of=county, name=name)
    Unit.objects.filter(pk=unit.pk).update(lng=lng, lat=lat)
    return unit


def zone(county: Region, name: str, *units: Unit) -> Zone:
    made = services.open_zone(county, name=name, lead=None, on=clock.today(), by=None)
    services.put_in_zone(units, made, on=clock.today(), by=None)
    return made


def page(client: Any, county: Region, **query: str) -> str:
    answer = client.get(reverse("inspectors:zones", args=[county.code]), {"view": "map"} | query)
    assert answer.status_code == 200
    return answer.content.decode()


def spots(html: str) -> dict[str, tuple[float, float, str, str]]:
    """By unit: where it stands, the class of its colour, and its number."""
    found = re.findall(
        r'translate\(([\d.]+) ([\d.]+)\)" data-spot="([^"]+)".*?class="spot (zone-\d)".*?<text>(\d*)</text>',
        html,
        re.DOTALL,
    )
    return {key: (float(x), float(y), css, number) for x, y, key, css, number in found}


def test_schools_stand_where_they_are_with_colour_and_number_of_their_zone(at, county, signed_in) -> None:
    west, east = school(county, 113.05, 27.83, "西校"), school(county, 113.11, 27.80, "东校")
    alone = school(county, 113.08, 27.82, "未划小学")
    zone(county, "第一责任区", west)
    zone(county, "第二责任区", east)
    html = page(signed_in(at.city_officer), county)
    found = spots(html)
    assert 'class="zone-land" d="M' in html, "the outline"
    assert found[str(west.pk)][0] < found[str(alone.pk)][0] < found[str(east.pk)][0]
    assert found[str(west.pk)][1] < found[str(east.pk)][1], "north is up"
    assert found[str(west.pk)][2:] == ("zone-1", "1")
    assert found[str(east.pk)][2:] == ("zone-2", "2")
    assert found[str(alone.pk)][2:] == ("zone-0", "")
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', html)
    assert box
    assert all(0 < x < float(box[1]) and 0 < y < float(box[2]) for x, y, *_rest in found.values())


def test_a_school_without_or_with_wrong_coordinates_stands_beside_the_map(at, county, signed_in) -> None:
    nowhere, abroad = school(county, None, None, "无坐标小学"), school(county, 116.4, 39.9, "误填小学")
    html = page(signed_in(at.city_officer), county)
    assert spots(html) == {}
    for unit in (nowhere, abroad):
        assert f'value="{unit.pk}"' in html, "it can be ticked all the same"
    assert "没有坐标或坐标不在本地区的学校" in html


def test_without_an_outline_the_map_says_so_and_shows_the_points(at, signed_in) -> None:
    html = page(signed_in(at.officer), at.county)
    assert "本系统没有这个地区的边界" in html
    x, y, *_look = spots(html)[str(at.unit.pk)]
    assert f'viewBox="0 0 {2 * x:g}.0 {2 * y:g}.0"' in html, "a school alone stands in the middle"


def test_what_is_chosen_on_the_map_is_arranged_by_the_form_of_the_list(at, county, signed_in) -> None:
    one, two = school(county, 113.05, 27.83, "甲校"), school(county, 113.06, 27.83, "乙校")
    made = zone(county, "第一责任区")
    client = signed_in(at.city_officer)
    address = reverse("inspectors:zones", args=[county.code]) + "?view=map"
    sent = {"zone": str(made.pk), "on": str(clock.today()), "chosen": [str(one.pk), str(two.pk)]}
    answer = client.post(address, sent)
    assert (answer.status_code, answer["Location"]) == (302, address), "back to the map"
    assert set(Place.objects.filter(zone=made).values_list("unit__name", flat=True)) == {"甲校", "乙校"}
    refused = client.post(address, {"on": str(clock.today()), "chosen": [str(one.pk)]})
    assert refused.status_code == 422
    assert f'value="{one.pk}" checked' in refused.content.decode()


def test_whoever_may_only_look_ticks_nothing(at, county, signed_in) -> None:
    school(county, 113.05, 27.83, "甲校")
    html = page(signed_in(at.auditor), county)
    assert 'name="chosen"' not in html
    assert 'role="button"' in html


def test_the_map_costs_the_same_for_two_schools_and_for_twenty(
    at, county, signed_in, django_assert_max_num_queries
) -> None:
    client = signed_in(at.city_officer)
    for number in range(2):
        school(county, 113.05 + number / 1000, 27.83, f"第{number}校")
    page(client, county)
    with django_assert_max_num_queries(30) as few:
        page(client, county)
    for number in range(2, 20):
        school(county, 113.05 + number / 1000, 27.83, f"第{number}校")
    with django_assert_max_num_queries(30) as many:
        page(client, county)
    assert len(many) == len(few)
