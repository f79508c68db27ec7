"""The filter by zone (责任区) that lists of units' things share."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dudao.inspectors.models import Zone
from dudao.inspectors.queries import standing_in
from dudao.kernel import clock
from dudao.people.region_filter import RegionFilter
from dudao.places.models import Level
from dudao.places.queries import under
from dudao.ui.lists.filters import Asked, Filter, Options, Rows

ZONE, ALL_ZONES = _("责任区"), _("全部责任区")


@dataclass(frozen=True, kw_only=True)
class ZoneFilter(Filter):
    """Rows of the schools that stand in one zone today. Zones are offered of the county or city where `regions` has all
    rows lie: those of a province are a thousand."""

    key: str = "zone"
    label: Any = ZONE
    all_label: Any = ALL_ZONES
    regions: RegionFilter
    control = "choice"

    def ask(self, query: QueryDict, user: Any) -> Asked:
        options, value = self._offered(query, user), query.get(self.key, "")
        if value not in [key for key, _name in options]:
            return Asked(self, options=options, is_broken=bool(value))
        return Asked(self, value, "", options, lambda rows: self._narrow(rows, value))

    def _offered(self, query: QueryDict, user: Any) -> Options:
        place = self.regions.inside(query, user)
        if place is None or place.level == Level.PROVINCE:
            return []
        zones = Zone.objects.in_force(clock.today()).filter(under(place.path, path="region__path"))
        return [(str(pk), name) for pk, name in zones.values_list("pk", "name")]

    def _narrow(self, rows: Rows, zone: str) -> Rows:
        return rows.filter(unit__in=standing_in(Zone.objects.get(pk=zone), clock.today()).values("unit_id"))
