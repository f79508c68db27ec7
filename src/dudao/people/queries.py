"""Reads about people that span tables."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from dudao.kernel import clock
from dudao.people.access import ALL, NOBODY, Anyone
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import EVERYWHERE


def accounts_visible_to(user: Anyone, query: str = "") -> QuerySet[User]:
    """Accounts that hold a grant under a region where `user` may view accounts; all for the deployment's administrators.

    Who is inspector of no school yet belongs to the office that appointed them.
    """
    if not isinstance(user, User):
        return User.objects.none()
    rows = User.objects.prefetch_related(
        Prefetch("grants", Grant.objects.select_related("region", "unit", "lent_from__user").order_by("pk"))
    ).order_by("pk")
    reach = NOBODY
    for grant in user.grants_with("account.view"):
        if "account.view" in EVERYWHERE.get(grant.role, ()):
            reach = ALL
            break
        if grant.region is not None:
            reach |= under(grant.region.path)
    rows = rows.filter(reach)
    return rows.filter(Q(name__icontains=query) | Q(username__icontains=query)) if query else rows


def without_rights(rows: QuerySet[User]) -> QuerySet[User]:
    """Those of `rows` in use who hold no grant now or later: they sign in and see nothing."""
    ended = Q(ends_on__isnull=False, ends_on__lt=clock.today())
    return rows.filter(is_active=True).exclude(pk__in=Grant.objects.exclude(ended).values("user_id"))


def under(path: str) -> Q:
    """People who hold a grant under the region of `path`, were appointed by its office, or inspect its units."""
    grants = Grant.objects.filter(
        Q(region__path__startswith=path)
        | Q(unit__region__path__startswith=path)
        | Q(assigned=True, given_by__grants__region__path__startswith=path)
    )
    inspectors = Assignment.objects.filter(unit__region__path__startswith=path)
    return Q(pk__in=grants.values("user_id")) | Q(pk__in=inspectors.values("inspector_id"))


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
