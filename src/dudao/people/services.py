"""Who is responsible for which unit, and when that ends."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from dudao.journal import services as journal
from dudao.journal.services import Happening
from dudao.people.models import Assignment, User
from dudao.places.models import Unit


@transaction.atomic
def end_assignments(unit: Unit, *, on: date, by: User) -> int:
    """Nobody is responsible for `unit` after `on`. Returns how many assignments ended."""
    running = Assignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), unit=unit
    ).select_related("inspector", "unit")
    ended = list(running)
    for one in ended:
        one.ends_on = max(on, one.starts_on)
        one.save(update_fields=["ends_on"])
    happenings = [
        Happening(one, str(one.inspector), unit.region.path, unit.pk, after={"ends_on": str(one.ends_on)})
        for one in ended
    ]
    journal.record_many("assignment.end", happenings, by=by)
    return len(ended)
