"""Who may see or move which problem."""

from django.db.models import Q

from dudao.findings.states import AT_OFFICE
from dudao.people.access import NOBODY, Anyone, unit_scope
from dudao.people.models import User


def scope(user: Anyone, capability: str = "finding.view") -> Q:
    """The problems `user` may see, or may use `capability` on. A unit sees its own once they were sent to it; a
    department those it was asked to deal with; whoever was put in charge of a problem, that one. Who
    found it has no right by that alone: a school's successor verifies."""
    if capability == "finding.answer":
        return _own(user, capability, shown_to_units=NOBODY) | _referred(user, capability)
    allowed = _own(user, capability, shown_to_units=~Q(state__in=AT_OFFICE) | Q(notified_at__isnull=False))
    if capability == "finding.view":
        allowed |= _referred(user, "finding.answer")
    if capability in ("finding.view", "finding.verify") and _works_beyond_regions(user, capability):
        allowed |= Q(in_charge=user)
    return allowed


def scope_of_originals(user: Anyone) -> Q:
    """The problems of which `user` may see photos without the faces covered: what scope() gives, but no unit its own, and
    no department those it was asked about."""
    allowed = _own(user, "finding.view", shown_to_units=NOBODY)
    if _works_beyond_regions(user, "finding.view"):
        allowed |= Q(in_charge=user)
    return allowed


def _own(user: Anyone, capability: str, *, shown_to_units: Q) -> Q:
    """Problems of the units within reach; a problem keeps its unit's region itself."""
    return unit_scope(user, capability, path="region__path", shown_to_units=shown_to_units)


def _works_beyond_regions(user: Anyone, capability: str) -> bool:
    """Whether something in her charge may lie outside the regions of her grants. For an office nothing does, and asking
    all the same would turn a range of an index into a scan of every problem."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return any(grant.region is None for grant in user.grants_with(capability))


def _referred(user: Anyone, capability: str) -> Q:
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    own = [grant.unit_id for grant in user.grants_with(capability) if grant.unit_id is not None]
    return Q(department_unit__in=own) if own else NOBODY
