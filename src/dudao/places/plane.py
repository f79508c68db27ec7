"""From longitude and latitude to a flat picture made on the server, around what it is to show.

A county or a city is small enough for a plane: longitudes shrink by the cosine of the middle latitude, north is up.
"""

import math
from dataclasses import dataclass
from itertools import chain

from dudao.places.shapes import Ring

WIDTH = 1000.0
MARGIN = 40.0
TALLEST = 1.6  # times the width
LEAST = 0.005  # degrees: one school alone still has some 500 m around it
BEYOND = 0.05  # degrees outside the outline where a school may still stand, some 5 km


def is_near(outline: list[Ring], lng: float, lat: float) -> bool:
    """Whether a position is in or about the outline: one slip of the pen must not shrink the whole map."""
    if not outline:
        return True
    points = list(chain(*outline))
    lngs, lats = [x for x, _y in points], [y for _x, y in points]
    across = min(lngs) - BEYOND <= lng <= max(lngs) + BEYOND
    return across and min(lats) - BEYOND <= lat <= max(lats) + BEYOND


@dataclass(frozen=True)
class Plane:
    """From degrees to the units of the picture, around the middle of all that is drawn."""

    lng: float
    lat: float
    scale: float
    height: float
    width: float = WIDTH

    @classmethod
    def around(cls, points: list[tuple[float, float]]) -> "Plane":
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
        """The rings in SVG's language."""
        return "".join(
            "M" + "L".join(f"{x} {y}" for x, y in (self.at(*p) for p in ring)) + "Z" for ring in rings
        )
