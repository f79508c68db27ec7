"""Who deals with entries that wait for a person."""

from django.db.models import Q

from dudao.kernel import clock
from dudao.people.access import Anyone
from dudao.people.models import Assignment, Grant, User

CAPABILITY = "intake.quarantine"


def scope(user: Anyone) -> Q:
    """Entries whose sender works where `user` has the capability: by the sender's own region or assigned schools.

    An entry in quarantine has no rows yet, often because its school is unknown, so the sender places it.
    """
    return Q(user_id__in=senders(user))


def senders(user: Anyone) -> set[int]:
    """The people whose entries `user` looks after."""
    if not isinstance(user, User) or not user.is_active:
        return set()
    paths = [grant.region.path for grant in user.grants_with(CAPABILITY) if grant.region is not None]
    return {sender for path in paths for sender in _senders(path)}


def _senders(path: str) -> list[int]:
    """Users who hold a grant or a school under `path` now, or held one: an entry may be a month old."""
    grants = Grant.objects.filter(
        Q(region__path__startswith=path) | Q(unit__region__path__startswith=path),
        starts_on__lte=clock.today(),
    )
    schools = Assignment.objects.filter(unit__region__path__startswith=path)
    return sorted(
        {*grants.values_list("user_id", flat=True), *schools.values_list("inspector_id", flat=True)}
    )
