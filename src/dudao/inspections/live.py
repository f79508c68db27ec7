"""Visits just done as they come in (督导实况): a stream and a map, the same for everybody who may watch the same regions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils import translation

from dudao.inspections import access
from dudao.inspections.check_ins import under_way
from dudao.inspections.models import CheckIn, Visit, VisitFile
from dudao.inspections.states import VisitState
from dudao.intake.models import EvidenceFile
from dudao.kernel import clock
from dudao.people.models import User
from dudao.places.models import Region, Unit
from dudao.places.plane import Plane, is_near
from dudao.places.shapes import Ring, outline_of
from dudao.ui import streams

NAME = "visits"
SHOWN = 30
SHOWN_AT_HOME = 8
DAYS = 7


@dataclass(frozen=True)
class Came:
    """A visit with how many of its files are here."""

    visit: Visit
    photos: int
    expected: int
    stored: int

    @property
    def percent(self) -> int:
        return 100 * self.stored // self.expected if self.expected else 100


@dataclass(frozen=True)
class Spot:
    """A school on the map: with its newest visit, whose problems are counted, or with who is there right now."""

    visit: Visit | None
    here: CheckIn | None
    x: float
    y: float


@dataclass(frozen=True)
class Land:
    """The map under the spots. `path` is empty where no outline is shipped."""

    plane: Plane
    path: str


def key_for(user: User, count: int) -> dict[str, Any]:
    """What this person watches: regions, in one language. Equal keys are one stream."""
    paths = {grant.region.path for grant in user.grants_with("live.view") if grant.region is not None}
    outer = [path for path in paths if not any(path.startswith(other) for other in paths - {path})]
    return {"paths": sorted(outer), "language": translation.get_language() or "zh-hans", "count": count}


def came_in(paths: Sequence[str], count: int) -> list[Came]:
    """The newest visits of the last days within `paths`, the last first."""
    rows = _rows(paths, count).select_related("unit__region", "inspector")
    visits = list(rows.prefetch_related("joint__parts__inspector"))
    pending = [one.pk for one in visits if one.state == VisitState.RECEIVING]
    files = VisitFile.objects.filter(visit_id__in=pending).values_list("visit_id", "sha256")
    stored = set(
        EvidenceFile.objects.filter(pk__in=[sha for _visit, sha in files]).values_list("pk", flat=True)
    )
    found = []
    for one in visits:
        own = [sha for visit, sha in files if visit == one.pk]
        found.append(Came(one, one.photo_count, len(own), sum(sha in stored for sha in own)))
    return found


def land(paths: Sequence[str], units: Sequence[Unit] = ()) -> Land:
    """The outline of what is watched, or where none is shipped a frame around the units."""
    rings = _rings(paths)
    places = [(one.lng, one.lat) for one in units if one.lng is not None and one.lat is not None]
    plane = Plane.around([*chain(*rings)] or places)
    return Land(plane, plane.path(rings))


def units_of(visits: Sequence[Visit], here: Sequence[CheckIn]) -> list[Unit]:
    return [one.unit for one in visits] + [one.unit for one in here]


def on_map(paths: Sequence[str], visits: Sequence[Visit], here: Sequence[CheckIn]) -> list[Spot]:
    """Each school once, where its place is known: who is there now goes before the newest visit."""
    rings, plane = _rings(paths), land(paths, units_of(visits, here)).plane
    newest: dict[UUID, Visit | CheckIn] = {one.unit_id: one for one in reversed(visits)}
    newest |= {one.unit_id: one for one in here}
    found = []
    for one in newest.values():
        lng, lat = one.unit.lng, one.unit.lat
        if lng is None or lat is None or not is_near(rings, lng, lat):
            continue
        x, y = plane.at(lng, lat)
        found.append(Spot(None, one, x, y) if isinstance(one, CheckIn) else Spot(one, None, x, y))
    return found


def _rings(paths: Sequence[str]) -> list[Ring]:
    return list(chain.from_iterable(outline_of(code) for code in _codes(paths)))


def look(key: dict[str, Any]) -> streams.Picture:
    """What the stream shows now. It changes with the visits, and once a minute with the words that tell how long ago."""
    here = [(one.pk, one.at) for one in under_way(key["paths"])]
    marks = list(_rows(key["paths"], key["count"]).values_list("pk", "state", "finding_count"))
    receiving = [pk for pk, state, _count in marks if state == VisitState.RECEIVING]
    files = VisitFile.objects.filter(visit_id__in=receiving).values("sha256")
    stored = EvidenceFile.objects.filter(pk__in=files).count() if receiving else 0
    return streams.Picture(f"{clock.now():%H:%M} {stored} {marks} {here}", lambda: _draw(key))


def _draw(key: dict[str, Any]) -> str:
    with translation.override(key["language"]):
        came = came_in(key["paths"], key["count"])
        here = under_way(key["paths"])
        spots = on_map(key["paths"], [one.visit for one in came], here)
        parts = {
            "rows": render_to_string("inspections/_live_rows.html", {"came": came, "here": here}),
            "spots": render_to_string("inspections/_live_spots.html", {"spots": spots}),
        }
    return json.dumps(parts, ensure_ascii=False)


def _rows(paths: Sequence[str], count: int) -> Any:
    """Visits with the numbers of their problems and photos: counted for those shown only, so that the newest are read
    from their index and the rest is left alone."""
    since = clock.now() - timedelta(days=DAYS)
    problems = Visit.objects.filter(pk=OuterRef("pk")).order_by().values("pk").annotate(n=Count("findings"))
    photos = VisitFile.objects.filter(visit=OuterRef("pk"), role="photo", masks="").order_by().values("visit")
    rows = Visit.objects.filter(access.live_scope(paths), arrived_at__gte=since)
    return rows.annotate(
        finding_count=Subquery(problems.values("n")),
        photo_count=Coalesce(Subquery(photos.annotate(n=Count("pk")).values("n")), 0),
    ).order_by("-arrived_at")[:count]


def _codes(paths: Sequence[str]) -> list[str]:
    return list(Region.objects.filter(path__in=paths).values_list("code", flat=True))
