"""Reads about people that span tables."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from dudao.kernel import clock
from dudao.people.access import NOBODY, Anyone
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import EVERYWHERE
from dudao.places.queries import within


def accounts_visible_to(user: Anyone) -> QuerySet[User]:
    """Accounts that hold a grant under a region where `user` may view accounts; all for the deployment's administrators.

    Who is inspector of no school yet belongs to the office that appointed them.
    """
    if not isinstance(user, User):
        return User.objects.none()
    rows = User.objects.prefetch_related(
        Prefetch("grants", Grant.objects.select_related("region", "unit", "lent_from__user").order_by("pk"))
    ).order_by("pk")
    grants = user.grants_with("account.view")
    if any("account.view" in EVERYWHERE.get(grant.role, ()) for grant in grants):
        return rows
    return rows.filter(under(*(grant.region.path for grant in grants if grant.region is not None)))


def without_rights(rows: QuerySet[User]) -> QuerySet[User]:
    """Those of `rows` in use who hold no grant now or later: they sign in and see nothing."""
    ended = Q(ends_on__isnull=False, ends_on__lt=clock.today())
    running = Grant.objects.exclude(ended).filter(user=OuterRef("pk"))
    return rows.filter(~Exists(running), is_active=True)


def under(*paths: str) -> Q:
    """People who hold a grant under a region of `paths`, were appointed by its office, or inspect its units.

    The ways are put together as one set: tried one after the other for each person, a nation's took minutes.
    """
    if not paths:
        return NOBODY
    in_region = Grant.objects.filter(within(*paths)).values("user_id")
    in_units = Grant.objects.filter(within(*paths, at="unit__region")).values("user_id")
    appointed = Grant.objects.filter(assigned=True, given_by__in=in_region).values("user_id")
    inspectors = Assignment.objects.filter(within(*paths, at="unit__region")).values("inspector_id")
    return Q(pk__in=in_region.union(in_units, appointed, inspectors))


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
