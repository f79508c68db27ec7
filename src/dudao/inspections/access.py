"""Who may see which visit."""

from django.db.models import Q

from dudao.inspections.states import VisitState
from dudao.people.access import Anyone, unit_scope
from dudao.people.models import User


def scope(user: Anyone, capability: str = "visit.view") -> Q:
    """Visits `user` may see. A unit sees its own once they are filed; an inspector always sees her own."""
    allowed = unit_scope(user, capability, shown_to_units=Q(state=VisitState.FILED))
    if isinstance(user, User) and user.can(capability):
        allowed |= Q(inspector=user)
    return allowed
