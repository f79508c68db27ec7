"""Many values to be looked for at once."""

from collections.abc import Iterable

import msgspec
from django.db import connection
from django.db.models.expressions import RawSQL


def among(texts: Iterable[str]) -> RawSQL:
    """For `field__in`: `texts` as one parameter, since the ORM prepares each of thousands on its own."""
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [msgspec.json.encode(list(texts)).decode()])
    return RawSQL("SELECT unnest(%s::text[])", [list(texts)])
