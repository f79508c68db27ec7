"""Who may see which document."""

from django.db.models import Q

from dudao.people.access import Anyone, region_scope, unit_scope
from dudao.people.models import User


def scope(user: Anyone, capability: str = "document.view") -> Q:
    """Documents of the regions, units and assigned schools where `user` has `capability`, and those they issued.

    A unit sees what is meant for it: its problem lists, not the inspector's report to the office.
    """
    allowed = unit_scope(user, capability, shown_to_units=Q(for_unit=True)) | region_scope(
        user, capability, path="issuer__path"
    )
    if isinstance(user, User) and user.can(capability):
        allowed |= Q(issued_by=user)
    return allowed
