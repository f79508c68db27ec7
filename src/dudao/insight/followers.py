"""Keeping the roll-ups: one follower of the journal, exactly once by its cursor."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dudao.insight.models import UnitMonth
from dudao.journal.followers import rewind
from dudao.journal.models import Event

NAME = "insight.unit-months"
COUNTED = {"visit.file": "visits", "finding.record": "found", "finding.sign_off": "struck_off"}


def follow(events: Sequence[Event]) -> None:
    for event in events:
        column = COUNTED.get(event.kind)
        if column and event.unit_id:
            _count(event, column)


def _count(event: Event, column: str) -> None:
    when = event.at
    if event.kind == "visit.file":  # a visit belongs to the month it took place in, not to that of its filing
        when = datetime.fromisoformat(event.after["started_at"])
    month = timezone.localtime(when).date().replace(day=1)
    row, _made = UnitMonth.objects.get_or_create(
        unit_id=event.unit_id, month=month, defaults={"region_path": event.region_path}
    )
    UnitMonth.objects.filter(pk=row.pk).update(**{column: F(column) + 1})


@transaction.atomic
def rebuild() -> None:
    """Forget the roll-ups and let the follower read the journal again from its first event."""
    UnitMonth.objects.all().delete()
    rewind(NAME)
