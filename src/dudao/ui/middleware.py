"""Errors as pages a person can act on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dudao.kernel.api import json_response
from dudao.kernel.errors import DudaoError


class FriendlyErrors:
    """A DudaoError that no view caught becomes a page (or JSON, or a fragment) with its status and its words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DudaoError):
            return None
        if request.path.startswith("/api/"):
            return json_response(error.as_json(), error.status)
        return render(request, "ui/error.html", {"message": error.message}, status=error.status)
