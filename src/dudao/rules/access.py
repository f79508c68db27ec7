"""Where a person reads rules, and for which level a person sets them."""

from django.db.models import Q

from dudao.people.access import region_scope, unit_scope
from dudao.people.models import User
from dudao.people.roles import Role
from dudao.places.models import Region, Unit


def read_scope(user: User) -> Q:
    """The regions whose rules concern `user`: those of the grants with all below, and those of the person's units."""
    scope = region_scope(user, "rule.view")
    if any(grant.region is None for grant in user.grants_with("rule.view")):
        units = Unit.objects.filter(unit_scope(user, "rule.view", unit=""))
        scope |= Q(pk__in=units.values("region_id"))
    return scope


def own_levels(user: User) -> set[int]:
    """The regions for which `user` sets values: an office its own level's, never another's above or below."""
    grants = user.grants_with("rule.manage")
    return {grant.region.pk for grant in grants if grant.region is not None} if user.is_active else set()


def may_set(user: User, region: Region) -> bool:
    return region.pk in own_levels(user)


def may_keep_words(user: User) -> bool:
    """Words are the same for everybody: they are kept by who has a say over everything that is inspected here."""
    if not user.can("word.manage"):
        return False
    if user.has_role(Role.ADMINISTRATOR):
        return True
    within = region_scope(user, "word.manage", path="region__path")
    return not Unit.objects.exclude(within).exists()
