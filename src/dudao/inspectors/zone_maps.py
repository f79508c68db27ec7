"""The arrangement of a county drawn as a map: outline and schools in one flat picture, made on the server."""

from dataclasses import dataclass
from itertools import chain

from dudao.inspectors.models import Zone
from dudao.inspectors.queries import Area, Arrangement, School
from dudao.places.plane import WIDTH, Plane, is_near
from dudao.places.shapes import outline_of

COLOURS = 8


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
        and is_near(outline, school.unit.lng, school.unit.lat)
    ]  # fmt: skip
    plane = Plane.around([*chain(*outline), *((lng, lat) for _school, _zone, lng, lat in placed)])
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
