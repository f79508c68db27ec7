"""Where the record stands that came of an entry. The rooms that make records register in `apps.py::ready`."""

from collections.abc import Callable
from uuid import UUID

Find = Callable[[UUID], str | None]
_finders: dict[str, Find] = {}


def register(kind: str, find: Find) -> None:
    """`find` gives the address of what was made of the entry of that id, None where there is nothing (yet)."""
    _finders[kind] = find


def address_of(kind: str, entry_id: UUID) -> str | None:
    find = _finders.get(kind)
    return find(entry_id) if find else None
