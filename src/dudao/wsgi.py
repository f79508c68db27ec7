"""The server's entry: the door before Django, everything else through it."""

import threading
import weakref
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connections

from dudao.intake import door
from dudao.intake.lifeline import die_with_parent

die_with_parent()
_pages = get_wsgi_application()  # sets Django up, once

PAGES_AT_ONCE = 32  # requests inside Django, each with a database connection
CONNECTIONS_KEPT = 24  # threads that keep theirs between requests; PostgreSQL allows about a hundred in all


class _Keeper:
    """Marks a thread that may keep its database connection; gone when the thread is."""


_turns = threading.BoundedSemaphore(PAGES_AT_ONCE)
_mine = threading.local()
_keepers: "weakref.WeakSet[_Keeper]" = weakref.WeakSet()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"].startswith(door.PREFIX):
        return door.application(environ, start_response)
    with _turns:
        answer: Any = _pages(environ, start_response)
    if not answer.streaming:  # a stream may still read from its connection
        _let_go()
    return answer  # type: ignore[no-any-return]


def _let_go() -> None:
    """Close this thread's connections unless it is one of the few that keep them.

    The server has many threads, because phones make them wait; one lasting connection each would be too many.
    """
    if getattr(_mine, "keeper", None) is None:
        if len(_keepers) >= CONNECTIONS_KEPT:
            connections.close_all()
            return
        _mine.keeper = _Keeper()
        _keepers.add(_mine.keeper)
