"""Who deals with entries that wait for a person."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from dudao.kernel import clock
from dudao.people.access import NOBODY, Anyone
from dudao.people.models import Assignment, Grant, User
from dudao.places.queries import within

CAPABILITY = "intake.quarantine"


def scope(user: Anyone) -> Q:
    """Entries whose sender works where `user` has the capability: by the sender's own region or assigned schools.

    An entry in quarantine has no rows yet, often because its school is unknown, so the sender places it.
    """
    return _at_work_there(user, "user_id")


def senders(user: Anyone) -> QuerySet[User]:
    """The people whose entries `user` looks after."""
    return User.objects.filter(_at_work_there(user, "pk"))


def _at_work_there(user: Anyone, person: str) -> Q:
    """Rows whose person (by the lookup `person`) holds a grant or a school where `user` has the capability, or held one: an
    entry may be a month old. Asked row by row, since few entries wait and a nation has three hundred thousand people."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    paths = [grant.region.path for grant in user.grants_with(CAPABILITY) if grant.region is not None]
    if not paths:
        return NOBODY
    grants = Grant.objects.filter(starts_on__lte=clock.today(), user_id=OuterRef(person))
    schools = Assignment.objects.filter(inspector_id=OuterRef(person))
    return (
        Q(Exists(grants.filter(within(*paths))))
        | Q(Exists(grants.filter(within(*paths, at="unit__region"))))
        | Q(Exists(schools.filter(within(*paths, at="unit__region"))))
    )
