"""The arrangement of a county on a day: zones, schools, who is responsible, what is missing and who has too much."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from dudao.inspectors.models import Application, Inspector, Place, Zone
from dudao.inspectors.states import State
from dudao.people.models import Assignment, User
from dudao.places.models import COMPULSORY, Region, Unit
from dudao.rules.queries import in_force


@dataclass
class School:
    """A unit and who is responsible for it."""

    unit: Unit
    inspectors: list[User] = field(default_factory=list)


@dataclass
class Area:
    """A zone with its schools; the rest that stand in none has no zone."""

    zone: Zone | None
    schools: list[School] = field(default_factory=list)
    most: int = 20

    @property
    def is_crowded(self) -> bool:
        return self.zone is not None and len(self.schools) > self.most


@dataclass
class Load:
    """An inspector and how many schools are theirs."""

    inspector: Inspector
    schools: int
    most: int

    @property
    def is_heavy(self) -> bool:
        return self.schools > self.most


@dataclass
class Arrangement:
    """A county's arrangement on one day."""

    region: Region
    on: date
    areas: list[Area]
    loads: list[Load]

    @property
    def uncovered(self) -> list[School]:
        """Compulsory schools for which nobody is responsible: the Measures ask for every school."""
        return [
            school
            for area in self.areas
            for school in area.schools
            if not school.inspectors and school.unit.kind in COMPULSORY
        ]

    @property
    def schools(self) -> int:
        return sum(len(area.schools) for area in self.areas)


def arrangement(region: Region, on: date) -> Arrangement:
    """The zones of `region` on `on` with a constant number of queries."""
    zone_most = int(in_force("zone.schools", region=region, on=on))
    own_most = int(in_force("inspector.schools", region=region, on=on))
    closed_by = Q(closed_on__isnull=True) | Q(closed_on__gt=on)
    units = Unit.objects.filter(closed_by, region=region).order_by("name", "pk")
    schools = {unit.pk: School(unit) for unit in units}
    for one in (
        Assignment.objects.in_force(on).filter(unit__in=units).select_related("inspector").order_by("pk")
    ):
        schools[one.unit_id].inspectors.append(one.inspector)
    zones = Zone.objects.in_force(on).filter(region=region).select_related("lead__user")
    areas = {zone.pk: Area(zone, most=zone_most) for zone in zones}
    rest = Area(None)
    standing = dict(
        Place.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, unit__in=units)
        .order_by("starts_on")
        .values_list("unit_id", "zone_id")
    )
    for pk, school in schools.items():
        areas.get(standing.get(pk), rest).schools.append(school)  # type: ignore[arg-type]
    return Arrangement(
        region, on, [*areas.values(), *([rest] if rest.schools else [])], _loads(region, on, own_most)
    )


def standing_in(zone: Zone, on: date) -> QuerySet[Place]:
    """The places of the schools that stand in `zone` on `on`."""
    return Place.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), zone=zone, starts_on__lte=on)


def narrowed(found: Arrangement, *, q: str, kind: str, show: str) -> list[Area]:
    """The areas of `found` with only the schools asked for; those left without any only when all were asked for."""
    if not (q or kind or show):
        return found.areas
    areas = []
    for area in found.areas:
        kept = [
            school
            for school in area.schools
            if (q in school.unit.name or q.lower() in school.unit.initials)
            and kind in ("", school.unit.kind)
            and not (show == "nobody" and school.inspectors)
            and not (show == "no-zone" and area.zone)
        ]
        if kept:
            areas.append(Area(area.zone, kept, area.most))
    return areas


def _loads(region: Region, on: date, most: int) -> list[Load]:
    present = Inspector.objects.filter(
        Q(left_on__isnull=True) | Q(left_on__gte=on), region=region
    ).select_related("user")
    running = Assignment.objects.in_force(on).filter(inspector__inspector__in=present)
    counts = Counter(running.values_list("inspector_id", flat=True))
    loads = [Load(one, counts[one.user_id], most) for one in present]
    return sorted(loads, key=lambda load: (-load.schools, load.inspector.user.name))


def assignable(region: Region) -> list[Inspector]:
    """Inspectors who can be made responsible for schools of `region`: its own and those of the regions above."""
    own_and_above = [region.path[: end + 1] for end, mark in enumerate(region.path) if mark == "/"]
    serving = Inspector.objects.filter(region__path__in=own_and_above, left_on__isnull=True)
    return list(serving.select_related("user", "region"))


def under_publicity(on: date) -> QuerySet[Application]:
    """Whom the public may object to on `on`, by region: shown to everyone (Interim Measures for Inspectors, 2016)."""
    rows = Application.objects.filter(state=State.PUBLIC, public_from__lte=on, public_until__gte=on)
    return rows.select_related("region").order_by("region__path", "public_until", "pk")
