"""Plans follow who is responsible, and which units are open."""

from collections.abc import Sequence

from dudao.journal.models import Event
from dudao.plans.services import reconcile

NAME = "plans.responsibility"
HEARD = frozenset({"unit.assign", "unit.close", "unit.move", "assignment.end"})


def follow(events: Sequence[Event]) -> None:
    """Read twice, it changes nothing the second time."""
    units = {event.unit_id for event in events if event.kind in HEARD and event.unit_id}
    if units:
        reconcile(units)
