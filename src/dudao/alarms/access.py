"""Who may see which alarm. The unit it is about does not: it is told by whoever deals with it."""

from django.db.models import Q

from dudao.people.access import NOBODY, Anyone, unit_scope
from dudao.people.models import User


def scope(user: Anyone, capability: str = "alarm.view") -> Q:
    return unit_scope(user, capability, shown_to_units=NOBODY)


def desk(user: User) -> Q:
    """The alarms that are this person's to answer: of the own region, and those that nobody below has answered in time."""
    regions = [grant.region for grant in user.grants_with("alarm.handle") if grant.region is not None]
    return Q(unit__region__in=regions) | Q(climbed_at__isnull=False)
