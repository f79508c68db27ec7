"""Outlines of counties, shipped by province in places/outlines; what they come from: docs/decisions/007-outlines.md."""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path

FOLDER = Path(__file__).parent / "outlines"

Ring = list[tuple[float, float]]


def outline_of(code: str) -> list[Ring]:
    """The rings of a county's outline as pairs of longitude and latitude (WGS-84); none where no outline is shipped.

    A city is drawn as its counties.
    """
    shipped = _province(code[:2])
    if code.endswith("00"):
        return [ring for county, rings in shipped.items() if county.startswith(code[:4]) for ring in rings]
    return shipped.get(code, [])


def is_within(rings: list[Ring], lng: float, lat: float) -> bool:
    """Whether a point lies inside an outline: a line from it to the east crosses the rings an odd number of times."""
    crossings = 0
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > lat) != (y2 > lat) and lng < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
                crossings += 1
    return crossings % 2 == 1


@cache
def _province(code: str) -> dict[str, list[Ring]]:
    path = FOLDER / f"{code}.json"
    if not path.exists():
        return {}
    features = json.loads(path.read_text("utf-8"))["features"]
    return {
        one["id"]: [ring for polygon in one["geometry"]["coordinates"] for ring in polygon]
        for one in features
    }
