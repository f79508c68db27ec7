"""The left navigation: rooms register their entries; a person sees those that a capability of theirs opens."""

from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse


class Entry(NamedTuple):
    """One line of the navigation. `capabilities`: any of them opens it; empty = everyone signed in. It stands out on its own
    pages and on those of `also`."""

    label: object
    url_name: str
    icon: str
    capabilities: tuple[str, ...]
    order: int
    also: tuple[str, ...] = ()


class Shown(NamedTuple):
    label: object
    url: str
    icon: str
    is_current: bool


_entries: list[Entry] = []
_OWNER = "dudao_belongs_to"


def belongs_to(request: HttpRequest, url: str) -> None:
    """The page of this request has no place of its own: it stands under the page at `url`, which it serves."""
    setattr(request, _OWNER, url)


def register(
    label: object, url_name: str, icon: str, *capabilities: str, order: int, also: tuple[str, ...] = ()
) -> None:
    _entries.append(Entry(label, url_name, icon, capabilities, order, also))


def shown_to(request: HttpRequest) -> list[Shown]:
    """The entries `request.user` may open, in order; the one whose address begins this page's, or that of the page it
    `belongs_to`, is current."""
    user = request.user
    if not user.is_authenticated:
        return []
    open_ = [
        entry
        for entry in sorted(_entries, key=lambda entry: entry.order)
        if not entry.capabilities or any(user.can(one) for one in entry.capabilities)
    ]
    pages = [(reverse(name), entry) for entry in open_ for name in (entry.url_name, *entry.also)]
    here = getattr(request, _OWNER, request.path)
    begins = [(url, entry) for url, entry in pages if _is_under(here, url)]
    _url, current = max(begins, key=lambda pair: len(pair[0]), default=("", None))
    return [Shown(entry.label, reverse(entry.url_name), entry.icon, entry is current) for entry in open_]


def _is_under(path: str, url: str) -> bool:
    """Everything is under the home page, which stands for itself alone."""
    return path.startswith(url) and (url != "/" or path == "/")
