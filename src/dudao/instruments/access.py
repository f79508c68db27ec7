"""Whose instruments a person uses, and whose a person writes."""

from django.db.models import Q

from dudao.kernel import clock
from dudao.people.access import ALL, NOBODY, Anyone, region_scope
from dudao.people.models import Assignment, User
from dudao.places.models import Region, Unit
from dudao.rules.queries import paths_above


def holds_for(*regions: Region) -> Q:
    """Instruments offered in `regions`: the library, their own, and those of the levels above."""
    paths = {path for region in regions for path in paths_above(region)}
    return Q(region__isnull=True) | Q(region__path__in=paths)


def read_scope(user: Anyone) -> Q:
    """The library, the instruments of the person's own regions and of those above; an office also sees those below."""
    if not isinstance(user, User) or not user.is_active or not user.can("instrument.view"):
        return NOBODY
    below = region_scope(user, "instrument.view", path="region__path")
    if below == ALL:
        return ALL
    return holds_for(*_regions(user)) | below


def own_levels(user: User) -> list[Region]:
    """The regions for which `user` writes instruments: an office its own level's, never another's above or below."""
    if not user.is_active:
        return []
    grants = user.grants_with("instrument.manage")
    return sorted(
        {grant.region for grant in grants if grant.region is not None}, key=lambda region: region.path
    )


def _regions(user: User) -> list[Region]:
    grants = user.grants_with("instrument.view")
    units = [grant.unit_id for grant in grants if grant.unit_id is not None]
    if any(grant.assigned for grant in grants):
        mine = Assignment.objects.in_force(clock.today()).filter(inspector=user)
        units += mine.values_list("unit_id", flat=True)
    regions = {grant.region for grant in grants if grant.region is not None}
    return [*regions, *Region.objects.filter(pk__in=Unit.objects.filter(pk__in=units).values("region_id"))]
