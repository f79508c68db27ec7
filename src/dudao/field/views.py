"""The phone: its shell, its service worker, its token, its month's bundle. The contract: docs/field-api.md."""

import hashlib
from pathlib import Path

import msgspec
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from dudao.alarms.queries import raised_by
from dudao.field import bundle, openapi
from dudao.field.shapes import DeviceIn, PinForgottenIn, PinKeyIn
from dudao.inspectors.models import Inspector
from dudao.inspectors.serving import photo_of
from dudao.kernel import clock
from dudao.kernel.api import api, decode, json_response
from dudao.kernel.errors import Forbidden
from dudao.people import devices, phone_pins, tokens
from dudao.people.guards import requires
from dudao.people.models import User
from dudao.people.requests import SignedIn

BUILT = Path(settings.STATICFILES_DIRS[0]) / "built"


@login_not_required
@require_GET
@ensure_csrf_cookie
def app(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The shell of the phone app; it holds nothing of anyone, so it may be kept for off line."""
    return render(request, "field/app.html")


@login_not_required
@require_GET
@never_cache
def worker(request: HttpRequest) -> FileResponse:
    """The service worker, under the address whose scope it serves."""
    return _built("field-sw.js", "text/javascript")


@login_not_required
@require_GET
def manifest(request: HttpRequest) -> FileResponse:
    return _built("field.webmanifest", "application/manifest+json")


def _built(name: str, content_type: str) -> FileResponse:
    path = BUILT / name
    if not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), content_type=content_type)


@login_not_required
@require_GET
@api
def description(request: HttpRequest) -> HttpResponse:
    """The contract for machines: OpenAPI, with examples. It tells nothing of anyone."""
    return json_response(openapi.document())


@login_not_required
@require_POST
@api
def device(request: HttpRequest) -> HttpResponse:
    """Sign a phone in, or renew its token, by the session."""
    user = _inspector(request)
    asked = decode(request.body, DeviceIn)
    phone = devices.sign_in(
        user,
        device_id=asked.device_id,
        name=asked.name,
        public_key=asked.public_key,
        app=asked.app,
        waiting=asked.waiting,
    )
    return json_response(
        {
            "token": phone.token,
            "expires_at": phone.expires_at,
            "key": phone.key,
            "user": {
                "id": user.pk,
                "name": user.name,
                "certificate_no": user.certificate_no,
            },
            "server_time": clock.now(),
        }
    )


@login_not_required
@require_POST
@api
def pin(request: HttpRequest) -> HttpResponse:
    """Keep the wrapped key of a phone's store, before the store is sealed (rule `field.pin`)."""
    asked = decode(request.body, PinKeyIn)
    phone_pins.keep(_inspector(request), device_id=asked.device_id, key=asked.key)
    return json_response({"server_time": clock.now()})


@login_not_required
@require_POST
@never_cache
@api
def pin_forgotten(request: HttpRequest) -> HttpResponse:
    """Give the wrapped key out again, to the person who has just signed in."""
    asked = decode(request.body, PinForgottenIn)
    key = phone_pins.give(request, _inspector(request), device_id=asked.device_id)
    return json_response({"key": key, "server_time": clock.now()})


def _inspector(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise tokens.TokenMissing(devices.SIGN_IN_AGAIN)
    if not request.user.can("visit.record"):
        raise Forbidden
    return request.user


@login_not_required
@require_GET
@gzip_page
@api
def month_bundle(request: HttpRequest) -> HttpResponse:
    """All the phone needs for the month, as one document with an ETag; compressed, for the instruments are long."""
    user = devices.owner(request.headers.get("Authorization", ""))
    body = bundle.of(user)
    steady = msgspec.json.encode({key: value for key, value in body.items() if key not in bundle.FLEETING})
    tag = f'"{hashlib.sha256(steady).hexdigest()}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:  # compressing makes a tag weak
        return HttpResponse(status=304, headers={"ETag": tag})
    response = json_response(body)
    response["ETag"] = tag
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@requires("visit.record")
def photo(request: SignedIn) -> HttpResponse:
    """The person's own photo, for the certificate on the phone."""
    return photo_of(get_object_or_404(Inspector, user=request.user), "private, no-cache")


@login_not_required
@require_GET
@never_cache
@api
def alarms(request: HttpRequest) -> HttpResponse:
    """What became of the alarms the person has raised lately: has anybody answered?"""
    user = devices.owner(request.headers.get("Authorization", ""))
    told = [
        {
            "id": alarm.pk,
            "received_at": alarm.received_at,
            "state": alarm.state,
            "handler": alarm.handler,
            "acknowledged_at": alarm.acknowledged_at,
            "climbed_at": alarm.climbed_at,
            "closed_at": alarm.closed_at,
            "outcome": alarm.outcome,
        }
        for alarm in raised_by(user)
    ]
    return json_response({"alarms": told, "server_time": clock.now()})
