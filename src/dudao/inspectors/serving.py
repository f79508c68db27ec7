"""A photo as a response, for this room's pages and the public's."""

from pathlib import PurePath
from typing import cast

from django.http import FileResponse, Http404, HttpResponse

from dudao.inspectors.models import Inspector


def photo_of(one: Inspector, cache: str) -> HttpResponse:
    """The photo of an inspector, to be kept as `cache` says. Raises Http404 where there is none."""
    if not one.photo:
        raise Http404
    try:
        body = one.photo.open("rb")
    except FileNotFoundError as error:  # replaced this moment
        raise Http404 from error
    response = FileResponse(body, content_type="image/jpeg")
    response["ETag"] = f'"{PurePath(one.photo.name or "").stem}"'
    response["Cache-Control"] = cache
    return cast(HttpResponse, response)  # a response like any other to every caller
