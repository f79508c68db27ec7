"""Who may see or move which problem."""

from django.db.models import Q

from dudao.findings.states import AT_OFFICE
from dudao.people.access import Anyone, unit_scope


def scope(user: Anyone, capability: str = "finding.view") -> Q:
    """The problems `user` may see, or may use `capability` on. A unit sees its own once they were sent to it."""
    return unit_scope(user, capability, shown_to_units=~Q(state__in=AT_OFFICE))
