"""Which instruments are in use, and what their authors can draw on."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from dudao.instruments.definitions import Basis, with_trees
from dudao.instruments.models import Instrument, Version
from dudao.people.access import Anyone
from dudao.places.models import Region


def current_versions(*regions: Region) -> list[Version]:
    """The newest version of each instrument in use in `regions`, in the order in which they are offered."""
    return newest_of(Instrument.objects.offered_in(*regions))


def newest_of(instruments: Iterable[Instrument]) -> list[Version]:
    """The newest version of each, in the order in which they are offered."""
    newest: dict[int, Version] = {}
    rows = Version.objects.filter(instrument__in=instruments).select_related("instrument__region")
    for version in rows.order_by("instrument_id", "-number"):
        newest.setdefault(version.instrument_id, version)
    return sorted(newest.values(), key=lambda one: (one.definition.order, one.definition.key))


def current_version(key: str) -> Version:
    """The newest version of the instrument `key`. Raises Version.DoesNotExist."""
    return Version.objects.filter(instrument__key=key).order_by("-number")[:1].get()


def titles_of(keys: Iterable[str]) -> dict[str, str]:
    """Key → title of the newest version, in the language of the moment; without reading whole definitions."""
    rows = Version.objects.filter(instrument__key__in=list(keys)).order_by("number")
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return {
        key: title.get(language) or title.get("zh", "")
        for key, title in rows.values_list("instrument__key", "content__title")
    }


def bases(user: Anyone) -> list[Basis]:
    """Every legal basis that an instrument within reach of `user` rests on, each once, by its number."""
    found: dict[tuple[str, str], Basis] = {}
    for version in newest_of(Instrument.objects.visible_to(user)):
        for _section, item in version.definition.items():
            if item.basis is not None:
                found.setdefault((item.basis.rule, item.basis.text.zh), item.basis)
    return [found[key] for key in sorted(found)]


@lru_cache(maxsize=256)
def compiled(version: Version) -> dict[str, Any]:
    """The definition as the phone wants it; made once per version, because a version never changes."""
    return with_trees(version.definition)
