"""Plans follow who is responsible, which units are open, and who has come to them."""

from collections.abc import Sequence

from django.utils import timezone

from dudao.inspections.models import CheckIn, Part, Visit
from dudao.inspections.payloads import VisitIn
from dudao.journal.models import Event
from dudao.plans.services import open_to_all, reconcile

NAME = "plans.responsibility"
HEARD = frozenset({"unit.assign", "unit.close", "unit.move", "assignment.end"})


def follow(events: Sequence[Event]) -> None:
    """Read twice, it changes nothing the second time."""
    units = {event.unit_id for event in events if event.kind in HEARD and event.unit_id}
    if units:
        reconcile(units)


def open_on_check_in(made: CheckIn) -> None:
    """Whoever has checked in is a secret no longer."""
    open_to_all(made.unit, made.inspector, timezone.localtime(made.at).date(), made.plan)


def open_on_arrival(visit: Visit, told: VisitIn, part: Part | None) -> None:
    """A phone of an older edition, or one without a network all day, is first heard of by its record."""
    who, plan = (part or visit).inspector, told.joint.plan if told.joint else None
    open_to_all(visit.unit, who, timezone.localtime(visit.started_at).date(), plan)
