"""What a person sees after too many wrong passwords."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Five failures per account and address close the door for half an hour (domain §10.1 b)."""
    return render(request, "people/locked_out.html", status=429)
