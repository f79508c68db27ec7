"""The regions of the whole country, and codes that are no longer in force."""

import pytest
from django.db import connection

from dudao.places.models import Level, Region, ReplacedCode
from dudao.places.queries import under
from dudao.places.services import load_regions


@pytest.fixture
def country(db: None) -> int:
    return load_regions()


def test_every_province_city_and_county_stands_under_its_own(country) -> None:
    assert country == Region.objects.count() == 3217
    assert Region.objects.filter(level=Level.PROVINCE).count() == 34
    hunan = Region.objects.get(code="430000")
    cities = Region.objects.filter(parent=hunan)
    assert cities.count() == 14
    assert Region.objects.filter(path__startswith=hunan.path, level=Level.COUNTY).count() == 122
    assert Region.objects.get(name="渌口区").path == "43/4302/430212/"
    assert Region.objects.get(code="110101").parent == Region.objects.get(code="110000"), "no city between"


def test_a_code_that_was_abolished_says_what_it_became(country) -> None:
    assert ReplacedCode.objects.get(code="430221").became.name == "渌口区"
    assert not Region.objects.filter(code__in=ReplacedCode.objects.values("code")).exists()


def test_loading_again_adds_nothing_and_leaves_what_an_office_wrote(country) -> None:
    Region.objects.filter(code="430202").update(office="荷塘区人民政府教育督导室")
    assert load_regions() == 0
    assert Region.objects.get(code="430202").office == "荷塘区人民政府教育督导室"


def test_several_provinces_are_one_comparison_and_hold_what_lies_in_them_and_nothing_else(country) -> None:
    paths = list(Region.objects.filter(level=Level.PROVINCE).values_list("path", flat=True))
    held = Region.objects.filter(under(*paths[:2]))
    assert set(held.values_list("pk", flat=True)) == {
        one.pk for one in Region.objects.all() if one.path.startswith(tuple(paths[:2]))
    }
    _sql, values = Region.objects.filter(under(*paths)).query.sql_with_params()
    assert len(values) == 1


def test_postgresql_knows_how_few_regions_lie_in_a_city(country, is_postgresql) -> None:
    if not is_postgresql:
        pytest.skip("SQLite keeps no such statistics")
    city = Region.objects.filter(under(Region.objects.get(code="430200").path)).order_by()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE places_region")
        sql, values = city.query.sql_with_params()
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        plan = cursor.fetchone()[0][0]["Plan"]
    assert plan["Plan Rows"] < 2 * city.count()
