"""Who may hand on which right where. Nobody gives a right they lack, nor for longer than they have it.

A right is held to use (`roles.RIGHTS`) or to entrust (`roles.ENTRUSTED`): an office does not record visits, yet appoints
those who do. A borrowed right is for use only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import cached_property

from dudao.kernel import clock
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import EVERYWHERE, Role, held_by, roles_given_by
from dudao.places.models import Region, Unit


@dataclass(frozen=True)
class Scope:
    """Where a grant holds: a region with all below it, one unit, or the units assigned to the person."""

    region: Region | None = None
    unit: Unit | None = None

    @property
    def is_assigned(self) -> bool:
        return self.region is None and self.unit is None

    @property
    def path(self) -> str:
        """The region it lies in; empty for assigned units."""
        if self.region is not None:
            return self.region.path
        return self.unit.region.path if self.unit is not None else ""

    @classmethod
    def of(cls, grant: Grant) -> "Scope":
        return cls(grant.region, grant.unit)


@dataclass(frozen=True)
class Span:
    """From one day to another, or for good."""

    starts_on: date
    ends_on: date | None = None

    def holds(self, other: "Span") -> bool:
        """Whether all of `other` lies inside."""
        if self.ends_on is None:
            return self.starts_on <= other.starts_on
        return (
            self.starts_on <= other.starts_on and other.ends_on is not None and other.ends_on <= self.ends_on
        )


class Authority:
    """What one person may hand on; read once for many questions."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def _own(self) -> list[Grant]:
        if not self.user.is_active:
            return []
        return [grant for grant in self.user.grants_with() if grant.lent_from_id is None]

    def may_give(self, role: str, scope: Scope, *, to: User, over: Span | None = None) -> bool:
        """Whether this person may give `role` over `scope` to `to`; without `over`, for as long as their own."""
        if to.pk == self.user.pk:
            return False
        if role in EVERYWHERE and not self.is_everywhere:
            return False
        needed = held_by(role) | {"grant.manage"}
        return all(
            any(self._carries(grant, capability, path, over) for grant in self._own)
            for path in self._paths(scope, to)
            for capability in needed
        )

    def _carries(self, grant: Grant, capability: str, path: str | None, over: Span | None) -> bool:
        if capability not in held_by(grant.role):
            return False
        if over is not None and not Span(grant.starts_on, grant.ends_on).holds(over):
            return False
        if "grant.manage" in EVERYWHERE.get(grant.role, ()):
            return True
        return grant.region is not None and (path is None or path.startswith(grant.region.path))

    def _paths(self, scope: Scope, to: User) -> Iterable[str | None]:
        """The places to be covered. Without an assigned unit yet, whoever assigns one later answers for that place."""
        if not scope.is_assigned:
            return [scope.path]
        return _assigned_paths(to) or [None]

    def may_keep(self, account: User) -> bool:
        """Whether this person may change the account of another: reset a password is to be able to become them."""
        if not self.user.can("account.manage") or account.pk == self.user.pk:
            return False
        live = live_grants(account)
        if any("account.manage" in EVERYWHERE.get(grant.role, ()) for grant in self._own):
            return not any(grant.role in (Role.SECURITY, Role.AUDIT) for grant in live)
        known = live or list(_grants(account))
        return bool(known) and all(
            self.may_give(grant.role, Scope.of(grant), to=account) for grant in known
        )  # fmt: skip

    @cached_property
    def is_everywhere(self) -> bool:
        return any("grant.manage" in EVERYWHERE.get(grant.role, ()) for grant in self._own)

    @cached_property
    def roles(self) -> list[Role]:
        """The roles this person may give somewhere."""
        given = {role for grant in self._own for role in roles_given_by(grant.role)}
        return [role for role in Role if role in given]


def live_grants(user: User) -> list[Grant]:
    """Grants in force now, or to come."""
    today = clock.today()
    return [grant for grant in _grants(user) if grant.ends_on is None or grant.ends_on >= today]


def _grants(user: User) -> Iterable[Grant]:
    return Grant.objects.filter(user=user).select_related("region", "unit__region").order_by("pk")


def _assigned_paths(user: User) -> list[str]:
    if user.pk is None:  # an account that is only being checked
        return []
    today = clock.today()
    rows = Assignment.objects.filter(inspector=user).select_related("unit__region")
    return sorted({row.unit.region.path for row in rows if row.ends_on is None or row.ends_on >= today})
