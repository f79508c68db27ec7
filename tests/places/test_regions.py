"""The regions of the whole country, and codes that are no longer in force."""

import pytest

from dudao.places.models import Level, Region, ReplacedCode
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
