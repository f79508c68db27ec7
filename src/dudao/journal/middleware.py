"""Lets the journal know where a request came from."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dudao.journal.services import origin


class RequestOrigin:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = origin.set(request.META.get("REMOTE_ADDR", ""))
        try:
            return self.get_response(request)
        finally:
            origin.reset(token)
