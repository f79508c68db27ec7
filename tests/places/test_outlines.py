"""The outlines that are shipped fit the list of regions, and hold the places they are drawn for."""

import csv

import pytest

from dudao.places.services import SEED
from dudao.places.shapes import FOLDER, is_within, outline_of

HUNAN = "43"


def counties(province: str) -> list[str]:
    with (SEED / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["code"] for row in rows if row["level"] == "COUNTY" and row["code"].startswith(province)]


def test_every_county_of_the_province_has_an_outline_of_closed_rings() -> None:
    codes = counties(HUNAN)
    assert len(codes) == 122
    for code in codes:
        rings = outline_of(code)
        assert rings, code
        assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in rings), code


def test_the_file_is_small_and_its_coordinates_short() -> None:
    path = FOLDER / f"{HUNAN}.json"
    assert path.stat().st_size <= 400_000
    assert all(
        round(number, 4) == number for ring in outline_of("430211") for point in ring for number in point
    )


@pytest.mark.parametrize(
    ("code", "lng", "lat"),
    [("430211", 113.0766, 27.830), ("430281", 113.4916, 27.649), ("430223", 113.391, 27.017)],
)
def test_the_seat_of_a_county_lies_in_its_outline_and_in_no_other(code, lng, lat) -> None:
    """Seats of 天元区, 醴陵市 and 攸县 as a telephone measures them (WGS-84)."""
    inside = [one for one in counties(HUNAN) if is_within(outline_of(one), lng, lat)]
    assert inside == [code]


def test_a_city_is_drawn_as_its_counties_and_an_unknown_place_not_at_all() -> None:
    assert len(outline_of("430200")) == sum(len(outline_of(one)) for one in counties("4302"))
    assert outline_of("110101") == []
