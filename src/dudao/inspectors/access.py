"""Who sees and keeps inspectors and zones: the offices of the region and those above."""

from django.db.models import Q

from dudao.people.access import Anyone, region_scope


def scope(user: Anyone, capability: str) -> Q:
    """Rows of regions under those where `user` has `capability`."""
    return region_scope(user, capability, path="region__path")
