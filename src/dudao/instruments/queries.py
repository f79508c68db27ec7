"""Which instruments are in use."""

from functools import lru_cache
from typing import Any

from dudao.instruments.definitions import with_trees
from dudao.instruments.models import Version


def current_versions() -> list[Version]:
    """The newest version of each active instrument, in the order in which they are offered."""
    newest: dict[int, Version] = {}
    for version in Version.objects.filter(instrument__is_active=True).order_by("instrument_id", "-number"):
        newest.setdefault(version.instrument_id, version)
    return sorted(newest.values(), key=lambda one: (one.definition.order, one.definition.key))


def current_version(key: str) -> Version:
    """The newest version of the instrument `key`. Raises Version.DoesNotExist."""
    return Version.objects.filter(instrument__key=key).order_by("-number")[:1].get()


@lru_cache(maxsize=256)
def compiled(version: Version) -> dict[str, Any]:
    """The definition as the phone wants it; made once per version, because a version never changes."""
    return with_trees(version.definition)
