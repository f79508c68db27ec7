"""The arrangement of a county drawn as a map: outline and schools in one flat picture, made on the server.

A county is small enough for a plane: longitudes shrink by the cosine of the middle latitude, north is up.
"""

import math
from dataclasses import dataclass
from itertools import chain

from dudao.inspectors.models import Zone
from dudao.inspectors.queries import Area, Arrangement, School
from dudao.places.shapes import Ring, outline_of

WIDTH = 1000.0
MARGIN = 40.0
COLOURS = 8
TALLEST = 1.6  # times the width
LEAST = 0.005  # degrees: one school alone still has some 500 m around it
BEYOND = 0.05  # degrees outside the outline where a school may still stand, some 5 km


@dataclass(frozen=True)
class Spot:
    """A school on the map. Colour and number both stand for its zone; 0 is none."""

    school: School
    zone: Zone | None
    number: int
    x: float
    y: float

    @property
    def colour(self) -> int:
        return (self.number - 1) % COLOURS + 1 if self.number else 0


@dataclass(frozen=True)
class Entry:
    """A line of the legend."""

    zone: Zone | None
    number: int
    schools: int

    @property
    def colour(self) -> int:
        return (self.number - 1) % COLOURS + 1 if self.number else 0


@dataclass(frozen=True)
class ZoneMap:
    """What the page draws. `path` is the outline in SVG's language, empty where none is shipped."""

    path: str
    height: float
    spots: list[Spot]
    lost: list[School]
    legend: list[Entry]
    width: float = WIDTH


def drawn(found: Arrangement, areas: list[Area]) -> ZoneMap:
    """The map of `found` with the schools of `areas`; the numbers of the zones do not depend on which are shown."""
    numbers = {area.zone: number for number, area in enumerate(found.areas, 1) if area.zone}
    outline = outline_of(found.region.code)
    placed = [
        (school, area.zone, school.unit.lng, school.unit.lat)
        for area in areas
        for school in area.schools
        if school.unit.lng is not None and school.unit.lat is not None
        and _is_near(outline, school.unit.lng, school.unit.lat)
    ]  # fmt: skip
    plane = _Plane.around([*chain(*outline), *((lng, lat) for _school, _zone, lng, lat in placed)])
    spots = [
        Spot(school, zone, numbers[zone] if zone else 0, *plane.at(lng, lat))
        for school, zone, lng, lat in placed
    ]
    on_map = {spot.school.unit.pk for spot in spots}
    lost = [one for area in areas for one in area.schools if one.unit.pk not in on_map]
    legend = [
        Entry(area.zone, numbers[area.zone] if area.zone else 0, len(area.schools)) for area in found.areas
    ]
    return ZoneMap(plane.path(outline), plane.height, spots, lost, legend)


def _is_near(outline: list[Ring], lng: float, lat: float) -> bool:
    """Whether a position is in or about the outline: one slip of the pen must not shrink the whole map."""
    if not outline:
        return True
    points = list(chain(*outline))
    lngs, lats = [x for x, _y in points], [y for _x, y in points]
    across = min(lngs) - BEYOND <= lng <= max(lngs) + BEYOND
    return across and min(lats) - BEYOND <= lat <= max(lats) + BEYOND


@dataclass(frozen=True)
class _Plane:
    """From degrees to the units of the picture, around the middle of all that is drawn."""

    lng: float
    lat: float
    scale: float
    height: float

    @classmethod
    def around(cls, points: list[tuple[float, float]]) -> "_Plane":
        lngs, lats = [lng for lng, _lat in points] or [0.0], [lat for _lng, lat in points] or [0.0]
        lng, lat = (min(lngs) + max(lngs)) / 2, (min(lats) + max(lats)) / 2
        wide = max((max(lngs) - min(lngs)) * math.cos(math.radians(lat)), LEAST)
        tall = max(max(lats) - min(lats), LEAST)
        inner = WIDTH - 2 * MARGIN
        scale = min(inner / wide, inner * TALLEST / tall)
        return cls(lng, lat, scale, round(tall * scale + 2 * MARGIN, 1))

    def at(self, lng: float, lat: float) -> tuple[float, float]:
        x = WIDTH / 2 + (lng - self.lng) * math.cos(math.radians(self.lat)) * self.scale
        return round(x, 1), round(self.height / 2 - (lat - self.lat) * self.scale, 1)

    def path(self, rings: list[Ring]) -> str:
        return "".join(
            "M" + "L".join(f"{x} {y}" for x, y in (self.at(*p) for p in ring)) + "Z" for ring in rings
        )
