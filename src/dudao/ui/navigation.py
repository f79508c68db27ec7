"""The left navigation: rooms register their entries; a person sees those that a capability of theirs opens."""

from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse


class Entry(NamedTuple):
    """One line of the navigation. `capabilities`: any of them opens it; empty = everyone signed in."""

    label: object
    url_name: str
    icon: str
    capabilities: tuple[str, ...]
    order: int


class Shown(NamedTuple):
    label: object
    url: str
    icon: str
    is_current: bool


_entries: list[Entry] = []


def register(label: object, url_name: str, icon: str, *capabilities: str, order: int) -> None:
    _entries.append(Entry(label, url_name, icon, capabilities, order))


def shown_to(request: HttpRequest) -> list[Shown]:
    """The entries `request.user` may open, in order; the one whose address begins this page's is current."""
    user = request.user
    if not user.is_authenticated:
        return []
    open_ = [
        entry
        for entry in sorted(_entries, key=lambda entry: entry.order)
        if not entry.capabilities or any(user.can(one) for one in entry.capabilities)
    ]
    urls = [reverse(entry.url_name) for entry in open_]
    begins = [url for url in urls if request.path.startswith(url) and (url != "/" or request.path == "/")]
    current = max(begins, key=len, default="")
    return [
        Shown(entry.label, url, entry.icon, url == current) for entry, url in zip(open_, urls, strict=True)
    ]
