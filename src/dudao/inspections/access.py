"""Who may see which visit."""

from collections.abc import Sequence

from django.db.models import Q

from dudao.inspections.states import VisitState
from dudao.people.access import NOBODY, Anyone, unit_scope
from dudao.people.models import User


def scope(user: Anyone, capability: str = "visit.view") -> Q:
    """Visits `user` may see. A unit sees its own once they are filed, and covert ones (暗访) once the office has
    released them; an inspector always sees her own, and those in which her records stand."""
    shown = Q(state=VisitState.FILED) & (Q(covert=False) | Q(released_at__isnull=False))
    return _scope(user, capability, shown_to_units=shown)


def scope_of_originals(user: Anyone) -> Q:
    """Visits of which `user` may see photos without the faces covered: what scope() gives, but no unit its own."""
    return _scope(user, "visit.view", shown_to_units=NOBODY)


def live_scope(paths: Sequence[str]) -> Q:
    """What offices watch come in within these regions: the visits scope() gives them there."""
    allowed = NOBODY
    for path in paths:
        allowed |= Q(unit__region__path__startswith=path)
    return allowed


def _scope(user: Anyone, capability: str, *, shown_to_units: Q) -> Q:
    allowed = unit_scope(user, capability, shown_to_units=shown_to_units)
    if isinstance(user, User) and user.can(capability) and user.can("visit.record"):
        # Asked of those who record visits alone: for an office these would turn one range of an index into a scan.
        joined = user.parts.filter(joined_at__isnull=False, joint__visit__isnull=False)
        allowed |= Q(inspector=user) | Q(pk__in=joined.values("joint__visit_id"))
    return allowed
