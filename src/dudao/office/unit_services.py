"""What happens to a unit and reaches beyond it: its history, and who is responsible for it."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from dudao.people import services as people
from dudao.people.models import User
from dudao.places import services as places
from dudao.places.models import Region, TurnKind, Unit


@transaction.atomic
def turn(
    unit: Unit,
    kind: TurnKind,
    *,
    on: date,
    basis: str,
    by: User,
    name: str = "",
    region: str = "",
    into: Sequence[str] = (),
) -> None:
    """Carry out one turn. A unit that ends loses its responsible inspectors on that day. Raises what the services raise."""
    if kind == TurnKind.RENAMED:
        places.rename_unit(unit, name, on=on, basis=basis, by=by)
    elif kind == TurnKind.MOVED:
        places.move_unit(unit, Region.objects.get(code=region), on=on, basis=basis, by=by)
        people.end_assignments(unit, on=on, by=by)
    elif kind == TurnKind.REOPENED:
        places.reopen_unit(unit, on=on, basis=basis, by=by)
    else:
        others = list(Unit.objects.filter(pk__in=into))
        places.close_unit(unit, on=on, basis=basis, by=by, into=others, is_split=kind == TurnKind.SPLIT)
        people.end_assignments(unit, on=on, by=by)
