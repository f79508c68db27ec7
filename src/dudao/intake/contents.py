"""What an entry tells, in words, for whoever must put it right or close it; and the schools near where it was made."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import cos, hypot, radians
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from dudao.instruments.models import Version
from dudao.intake import repairs
from dudao.intake.models import Entry
from dudao.places.models import Unit

KM_PER_DEGREE = 111.2
MOST_NEAR = 3


class Told(NamedTuple):
    label: str
    text: str


class Near(NamedTuple):
    unit: Unit
    km: float


def told(entry: Entry) -> list[Told]:
    """The facts by which a person knows the entry again; what it does not hold is left out."""
    payload = repairs.plain(entry)
    titles = Version.objects.in_bulk([one.get("instrument") for one in payload.get("sheets", [payload])])
    facts = [
        (_("到校时间"), _moment(payload.get("started_at"))),
        (_("离校时间"), _moment(payload.get("finished_at"))),
        (_("检查表"), _("、").join(version.title for version in titles.values())),
        (_("陪同人员"), payload.get("companion")),
        (_("学校签字人"), payload.get("signatures", {}).get("unit_signer")),
        (_("情况"), payload.get("what") or payload.get("facts")),
        (_("督导纪实"), payload.get("narrative")),
        (_("发现的问题"), "\n".join(one["wording"] for one in payload.get("findings", []))),
    ]
    return [Told(label, text) for label, text in facts if text]


def near(entry: Entry, units: Iterable[Unit]) -> Sequence[Near]:
    """Of these schools the nearest to where the entry was made, the nearest first; none where nobody knows."""
    place: dict[str, Any] = repairs.plain(entry).get("place") or {}
    if "lat" not in place:
        return []
    known = [
        Near(unit, _km(place["lat"], place["lng"], unit.lat, unit.lng))
        for unit in units
        if unit.lat is not None and unit.lng is not None
    ]
    return sorted(known, key=lambda one: one.km)[:MOST_NEAR]


def _km(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """Between two places of one region, where the earth is flat enough."""
    return KM_PER_DEGREE * hypot(other_lat - lat, (other_lng - lng) * cos(radians(lat)))


def _moment(text: str | None) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}" if text else ""
