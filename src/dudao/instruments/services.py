"""Publishing instruments."""

from pathlib import Path

import msgspec
from django.db import transaction
from django.db.models import Max

from dudao.instruments.definitions import Definition, check, content_hash
from dudao.instruments.models import Instrument, Version
from dudao.journal import services as journal
from dudao.people.models import User
from dudao.places.models import Region

LIBRARY = Path(__file__).parent / "seed"


@transaction.atomic
def publish(definition: Definition, *, by: User | None, region: Region | None = None) -> Version:
    """Publish `definition` as the next version of an instrument of `region`; the same content again is the same version.

    Raises BadDefinition or BadExpression.
    """
    check(definition)
    name = content_hash(definition)
    known = Version.objects.filter(hash=name).first()
    if known is not None:
        return known
    instrument, _made = Instrument.objects.get_or_create(key=definition.key, defaults={"region": region})
    last = instrument.versions.aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        hash=name, instrument=instrument, number=last + 1, content=msgspec.to_builtins(definition)
    )
    journal.record(
        "instrument.publish",
        by=by,
        obj=version,
        label=definition.title.zh,
        region=region.path if region else "",
        after={"number": last + 1},
    )
    return version


def load_library() -> list[Version]:
    """Publish the instruments that ship with the release."""
    return [
        publish(msgspec.json.decode(path.read_bytes(), type=Definition), by=None)
        for path in sorted(LIBRARY.glob("*.json"))
    ]
