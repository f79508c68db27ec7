"""JSON in and out for closed types (msgspec), and the one shape of an error."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dudao.kernel.errors import DudaoError

T = TypeVar("T")
_encoder = msgspec.json.Encoder()


class Malformed(DudaoError):
    """The body is not JSON of the expected shape; `details` has `at` and `reason`."""

    code, status = "malformed", 400


def json_response(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(_encoder.encode(value), status=status, content_type="application/json; charset=utf-8")


def decode(body: bytes, shape: type[T]) -> T:
    """`body` as `shape`. Raises Malformed, naming the place (`$.payload.findings[0].wording`) and the reason."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason, _sep, at = str(error).partition(" - at `")
        raise Malformed(
            _("提交的内容格式不正确，请更新应用后重试。"), at=at.rstrip("`") or "$", reason=reason
        ) from error


def api(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answers a DudaoError as JSON with its status."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DudaoError as error:
            return json_response(error.as_json(), error.status)

    return wrapped
