"""Making units. Apart from the models, because the pinyin dictionary costs every process that imports it 57 MiB."""

from typing import Any

from pypinyin import Style, lazy_pinyin

from dudao.places.models import Unit


def initials(name: str) -> str:
    """Pinyin initials of a name, for search: 株洲市 → zzs."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:100]


def new_unit(**fields: Any) -> Unit:
    """A unit with its search initials filled in; not yet saved."""
    return Unit(initials=initials(fields["name"]), **fields)
