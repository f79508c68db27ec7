"""What stands wrong in an entry, and what a person has chosen instead. The body stays byte for byte as it came."""

from typing import Any

import msgspec

from dudao.instruments.models import Version
from dudao.intake.entries import Envelope
from dudao.intake.models import Entry
from dudao.intake.states import Repairable

WHERE = {
    "unit-unknown": Repairable.UNIT,
    "instrument-unknown": Repairable.INSTRUMENT,
}  # by reason of quarantine


def plain(entry: Entry) -> Any:
    """The payload as plain values, with what was put right in it."""
    payload = msgspec.json.decode(msgspec.json.decode(bytes(entry.body), type=Envelope).payload)
    for one in entry.repairs.all():
        for place in _places(payload, one.field):
            if place[one.field] == one.old:
                place[one.field] = one.new
    return payload


def wrong(entry: Entry) -> tuple[Repairable, list[str]] | None:
    """What a person may choose again for this entry, and the values that stand there now; None where nothing helps."""
    field = WHERE.get(entry.reason)
    if field is None:
        return None
    values = sorted({place[field] for place in _places(plain(entry), field)})
    if field == Repairable.INSTRUMENT:
        known = set(Version.objects.filter(hash__in=values).values_list("hash", flat=True))
        values = [one for one in values if one not in known]
    return (field, values) if values else None


def _places(payload: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """The parts of a payload that name the school or the checklist. The school stands at the top alone: what the
    signatures call `unit` is a file."""
    parts = [payload, *payload.get("sheets", [])] if field == Repairable.INSTRUMENT else [payload]
    return [part for part in parts if field in part]
