"""Whose figures a person may sum up."""

from django.db.models import Q

from dudao.people.access import NOBODY, Anyone, unit_scope
from dudao.people.models import User


def standings(user: Anyone, capability: str = "finding.view") -> Q:
    """How the problems of the units stand where this person has `capability`; a unit counts those it was told of."""
    return unit_scope(user, capability, path="region__path", shown_to_units=Q(is_told=True))


def beyond_units(user: Anyone, capability: str = "finding.view") -> Q:
    """The few problems that `findings.access.scope` gives this person wherever they lie: put in their charge, or referred
    to their department. No sum over units holds them."""
    if (
        not isinstance(user, User)
        or capability not in ("finding.view", "finding.verify")
        or not user.can(capability)
    ):
        return NOBODY
    own = Q(in_charge=user)
    if capability == "finding.view":
        departments = [
            grant.unit_id for grant in user.grants_with("finding.answer") if grant.unit_id is not None
        ]
        own |= Q(department_unit__in=departments)
    within = unit_scope(user, capability, shown_to_units=Q(notified_at__isnull=False))
    return own & ~within


def months(user: Anyone, capability: str = "coverage.view") -> Q:
    """What happened in the units where this person has `capability`."""
    return unit_scope(user, capability, path="region__path")
