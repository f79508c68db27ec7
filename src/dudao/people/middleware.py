"""Signing out who has been away."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse


class IdleSignOut:
    """Ends a session after `IDLE_SIGN_OUT_SECONDS` without a request (domain §10.1 b).

    Fragments that refresh by themselves send `Dudao-Quiet`, streams ask for events; neither counts as presence.
    """

    key = "seen_at"
    grain = 60  # seconds; writing the session at most once a minute keeps pages free of writes

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, seen = time.time(), request.session.get(self.key)
            if seen is not None and now - seen > settings.IDLE_SIGN_OUT_SECONDS:
                logout(request)
            elif seen is None or (now - seen > self.grain and not _is_quiet(request)):
                request.session[self.key] = now
        return self.get_response(request)


def _is_quiet(request: HttpRequest) -> bool:
    return "Dudao-Quiet" in request.headers or request.headers.get("Accept") == "text/event-stream"
