"""Where a draft can be begun: rooms register their pages in `apps.py::ready`, the page of drafts offers them."""

from typing import NamedTuple

from dudao.people.models import User


class Starter(NamedTuple):
    """A page that begins a draft; `hint` says what to do there."""

    label: object
    hint: object
    url_name: str
    capability: str


_starters: list[Starter] = []


def register(label: object, hint: object, url_name: str, capability: str) -> None:
    _starters.append(Starter(label, hint, url_name, capability))


def offered_to(user: User) -> list[Starter]:
    return [one for one in _starters if user.can(one.capability)] if user.can("document.draft") else []
