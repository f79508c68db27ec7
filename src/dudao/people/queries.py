"""Reads about people that span tables."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from dudao.kernel import clock
from dudao.people.access import Anyone
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import Role


def accounts_visible_to(user: Anyone, query: str = "") -> QuerySet[User]:
    """Accounts that hold a grant under a region where `user` may view accounts; all for a platform administrator."""
    if not isinstance(user, User):
        return User.objects.none()
    rows = User.objects.prefetch_related(
        Prefetch("grants", Grant.objects.select_related("region", "unit").order_by("pk"))
    ).order_by("pk")
    reach = Q(pk__in=[])
    for grant in user.grants_with("account.view"):
        if grant.role == Role.ADMINISTRATOR:
            reach = Q()
            break
        if grant.region is not None:
            under = Grant.objects.filter(
                Q(region__path__startswith=grant.region.path)
                | Q(unit__region__path__startswith=grant.region.path)
            )
            mine = Assignment.objects.filter(unit__region__path__startswith=grant.region.path)
            reach |= Q(pk__in=under.values("user_id")) | Q(pk__in=mine.values("inspector_id"))
    rows = rows.filter(reach)
    return rows.filter(Q(name__icontains=query) | Q(username__icontains=query)) if query else rows


def assignments_on(on: date) -> QuerySet[Assignment]:
    return Assignment.objects.in_force(on)


def inspector_names(unit_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Unit id → names of its responsible inspectors today."""
    names: dict[UUID, str] = {}
    rows = (
        assignments_on(clock.today()).filter(unit_id__in=unit_ids).select_related("inspector").order_by("pk")
    )
    for row in rows:
        names[row.unit_id] = "、".join(filter(None, [names.get(row.unit_id, ""), row.inspector.name]))
    return names
