"""What stands wrong in an entry, and what a person has chosen instead. The body stays byte for byte as it came."""

from collections.abc import Iterator
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
    value = msgspec.json.decode(msgspec.json.decode(bytes(entry.body), type=Envelope).payload)
    instead = {(one.field, one.old): one.new for one in entry.repairs.all()}
    return _replaced(value, instead) if instead else value


def wrong(entry: Entry) -> tuple[Repairable, list[str]] | None:
    """What a person may choose again for this entry, and the values that stand there now; None where nothing helps."""
    field = WHERE.get(entry.reason)
    if field is None:
        return None
    values = sorted(set(_values(plain(entry), field)))
    if field == Repairable.INSTRUMENT:
        known = set(Version.objects.filter(hash__in=values).values_list("hash", flat=True))
        values = [one for one in values if one not in known]
    return (field, values) if values else None


def _values(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        found = value.get(key)
        if isinstance(found, str):
            yield found
        for inner in value.values():
            yield from _values(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner, key)


def _replaced(value: Any, instead: dict[tuple[str, str], str]) -> Any:
    if isinstance(value, dict):
        return {
            key: instead.get((key, one), one) if isinstance(one, str) else _replaced(one, instead)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_replaced(one, instead) for one in value]
    return value
