"""Views of a list that somebody keeps under a name; a room above stores them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest

from dudao.ui.lists.declared import Listing


class Saved(NamedTuple):
    """A kept view. `is_own` may be given up; `is_shared` is seen by the whole office."""

    pk: Any
    name: str
    url: str
    is_own: bool
    is_shared: bool
    is_current: bool


Keep = Callable[[HttpRequest, Listing], list[Saved]]


def _none(request: HttpRequest, listing: Listing) -> list[Saved]:
    return []


_kept: Keep = _none


def keep_with(kept: Keep) -> None:
    """Once, in `apps.py::ready` of the room that stores them."""
    global _kept
    _kept = kept


def of(request: HttpRequest, listing: Listing) -> list[Saved]:
    return _kept(request, listing)
