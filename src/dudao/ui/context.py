"""What every page knows."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString

from dudao.ui import navigation

_counters: dict[str, Any] = {}
_banners: list[Callable[[HttpRequest], SafeString]] = []


def register_counter(name: str, count: Any) -> None:
    """A number shown in the frame of every page (unread messages), from a room above."""
    _counters[name] = count


def register_banner(banner: Callable[[HttpRequest], SafeString]) -> None:
    """What stands at the top of every page while it is pressing, from a room above."""
    _banners.append(banner)


def page(request: HttpRequest) -> dict[str, Any]:
    """Navigation and counters; lazy, so that a fragment pays for neither, and each asked for once however often it is named."""
    return {
        "navigation": cache(lambda: navigation.shown_to(request)),
        "counters": {name: cache(partial(count, request)) for name, count in _counters.items()},
        "banners": cache(lambda: [banner(request) for banner in _banners]),
        "is_demo": settings.DEMO,
    }
