"""Requests and answers of the door: WSGI with nothing around it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from dudao.intake.errors import DoorBusy
from dudao.kernel.errors import DudaoError

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

_encode = msgspec.json.Encoder().encode
_JSON = ("Content-Type", "application/json; charset=utf-8")
_PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus} | {
    460: "460 Checksum Mismatch"
}


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""

    def send(self, start_response: StartResponse) -> list[bytes]:
        length = ("Content-Length", str(len(self.body)))
        start_response(_PHRASES[self.status], [*self.headers, length])
        return [self.body]


def json_answer(status: int, value: Any) -> Answer:
    return Answer(status, [_JSON], _encode(value))


def refusal(error: DudaoError, accept_language: str) -> Answer:
    """The one shape of an error, its message in the reader's language."""
    with translation.override(_language(accept_language)):
        body = _encode(error.as_json())
    headers = [_JSON, ("Cache-Control", "no-store")]
    if isinstance(error, DoorBusy):
        headers.append(("Retry-After", str(error.retry_after)))
    return Answer(error.status, headers, body)


def _language(accept: str) -> str:
    for code, _quality in parse_accept_lang_header(accept[:200]):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return "zh-hans"
