"""Where the open problems of a county lie: each school with their number, and whether any is late. From the roll-ups alone."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum
from django.urls import reverse

from dudao.findings.states import OPEN
from dudao.insight.models import UnitStanding
from dudao.kernel import clock
from dudao.places.models import Region, Unit
from dudao.places.plane import Plane, is_near
from dudao.places.shapes import outline_of


@dataclass(frozen=True)
class Spot:
    """A school with open problems; `url` is the ledger of its own."""

    unit: Unit
    open: int
    overdue: int
    url: str
    x: float = 0
    y: float = 0


@dataclass(frozen=True)
class ProblemMap:
    """`spots` stand on the map, `lost` have no place on it; both the most problems first."""

    plane: Plane
    path: str
    spots: list[Spot]
    lost: list[Spot]

    @property
    def every(self) -> list[Spot]:
        return sorted([*self.spots, *self.lost], key=lambda one: (-one.overdue, -one.open, one.unit.name))


def of(region: Region) -> ProblemMap:
    found = _spots(region)
    outline = outline_of(region.code)
    placed = [
        one for one in found
        if one.unit.lng is not None and one.unit.lat is not None and is_near(outline, one.unit.lng, one.unit.lat)
    ]  # fmt: skip
    points = [point for ring in outline for point in ring]
    plane = Plane.around(points or [(one.unit.lng or 0, one.unit.lat or 0) for one in placed])
    spots = []
    for one in placed:
        x, y = plane.at(one.unit.lng or 0, one.unit.lat or 0)
        spots.append(Spot(one.unit, one.open, one.overdue, one.url, x, y))
    here = {one.unit.pk for one in spots}
    return ProblemMap(plane, plane.path(outline), spots, [one for one in found if one.unit.pk not in here])


def _spots(region: Region) -> list[Spot]:
    today = clock.today()
    rows = UnitStanding.objects.filter(region__path__startswith=region.path, state__in=OPEN).order_by()
    open_: dict[UUID, int] = {}
    late: dict[UUID, int] = {}
    for unit, due_on, n in rows.values_list("unit_id", "due_on").annotate(Sum("count")):
        open_[unit] = open_.get(unit, 0) + n
        late[unit] = late.get(unit, 0) + (n if due_on is not None and due_on < today else 0)
    units = Unit.objects.select_related("region").in_bulk(list(open_))
    ledger = reverse("findings:ledger")
    return [Spot(one, open_[pk], late[pk], f"{ledger}?unit={pk}&state=open") for pk, one in units.items()]
