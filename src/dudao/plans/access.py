"""Who sees which item of a plan."""

from django.db.models import Q

from dudao.people.access import Anyone, region_scope, unit_scope
from dudao.people.models import User

KNOWN = Q(is_unannounced=False) | Q(opened_at__isnull=False)
"""What is no secret: announced, or the team has checked in."""


def scope(user: Anyone, capability: str = "plan.view") -> Q:
    """Items of units in the person's scope that are no secret; one's own, those one is asked to join and those one has set
    up always."""
    allowed = unit_scope(user, capability) & KNOWN
    if isinstance(user, User) and user.can(capability):
        allowed |= Q(inspector=user) | Q(pk__in=_invited(user)) | Q(created_by=user)
    return allowed


def term_scope(user: Anyone, capability: str = "plan.view") -> Q:
    """Term plans handed to offices of one's regions; one's own always."""
    allowed = region_scope(user, capability, path="region__path")
    if isinstance(user, User) and user.can(capability):
        allowed |= Q(inspector=user)
    return allowed


def _invited(user: User) -> list[object]:
    return list(user.invitations.values_list("item_id", flat=True))
