"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dudao.ui import navigation

_counters: dict[str, Any] = {}


def register_counter(name: str, count: Any) -> None:
    """A number shown in the frame of every page (unread messages), from a room above."""
    _counters[name] = count


def page(request: HttpRequest) -> dict[str, Any]:
    """Navigation and counters; lazy, so that a fragment pays for neither."""
    return {
        "navigation": lambda: navigation.shown_to(request),
        "counters": {name: (lambda count=count: count(request)) for name, count in _counters.items()},
        "is_demo": settings.DEMO,
    }
