"""The one place that turns a person's grants into a scope. It starts at nobody."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from dudao.kernel import clock
from dudao.people.models import Assignment, User
from dudao.people.roles import EVERYWHERE
from dudao.places.queries import under, within

Anyone = User | AnonymousUser
NOBODY = Q(pk__in=[])
ALL = ~NOBODY


def unit_scope(
    user: Anyone, capability: str, *, unit: str = "unit", path: str = "", shown_to_units: Q | None = None
) -> Q:
    """Rows whose unit (by the lookup `unit`, "" for the unit itself) lies where `user` has `capability`.

    `path` looks up its region's path, for rows that have a shorter way to it than through their unit.
    `shown_to_units` narrows what an inspected unit itself sees of its own rows.
    """
    allowed = NOBODY
    if not isinstance(user, User) or not user.is_active:
        return allowed
    at = f"{unit}__" if unit else ""
    key = f"{unit}_id" if unit else "pk"
    paths = []
    for grant in user.grants_with(capability):
        if grant.region is not None:
            paths.append(grant.region.path)
        elif grant.unit_id is not None:
            allowed |= Q(**{key: grant.unit_id}) & (shown_to_units or Q())
        elif grant.assigned:
            mine = Assignment.objects.in_force(clock.today()).filter(inspector=user)
            allowed |= Q(**{f"{key}__in": mine.values("unit_id")})
    return allowed | _under(path or f"{at}region__path", paths)


def region_scope(user: Anyone, capability: str, *, path: str = "path") -> Q:
    """Rows whose region path (by the lookup `path`) lies under a region where `user` has `capability`.

    All rows, also those of no region, where an administrator of the deployment has it everywhere.
    """
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    paths = []
    for grant in user.grants_with(capability):
        if capability in EVERYWHERE.get(grant.role, ()):
            return ALL
        if grant.region is not None:
            paths.append(grant.region.path)
    return _under(path, paths)


def _under(lookup: str, paths: Sequence[str]) -> Q:
    """Rows whose region's path, by `lookup`, begins with one of `paths`: asked at once, for a nation is 31 provinces."""
    if not paths:
        return NOBODY
    if lookup.endswith("region__path"):
        return within(*paths, at=lookup.removesuffix("__path"))
    return under(*paths, path=lookup)
