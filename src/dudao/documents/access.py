"""Who may see which document, and which draft."""

from django.db.models import Q

from dudao.documents.states import MOVES, WITH_WRITER
from dudao.people.access import NOBODY, Anyone, region_scope, unit_scope
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


WRITING = ("document.draft", "document.review", "document.sign")


def reach(user: Anyone, capability: str) -> Q:
    """Drafts of the regions and schools where `user` has `capability`, whoever wrote them."""
    return unit_scope(user, capability, shown_to_units=NOBODY) | region_scope(
        user, capability, path="issuer__path"
    )


def draft_scope(user: Anyone, capability: str = "") -> Q:
    """Drafts of the regions and assigned schools where `user` has `capability` (any of `WRITING` if ""), and their own.

    A draft is nothing to the unit it will be sent to.
    """
    allowed = NOBODY
    for one in [capability] if capability else WRITING:
        allowed |= reach(user, one)
    if isinstance(user, User) and user.can("document.draft") and capability in ("", "document.draft"):
        allowed |= Q(drafted_by=user)
    return allowed


def waiting_for(user: Anyone) -> Q:
    """Drafts whose next step is `user`'s. What one wrote oneself is reviewed and signed by others."""
    if not isinstance(user, User):
        return NOBODY
    mine = Q(drafted_by=user, state__in=WITH_WRITER)
    for name in ("pass", "issue"):
        step = MOVES[name]
        mine |= reach(user, step.capability) & Q(state__in=step.sources) & ~Q(drafted_by=user)
    return mine
