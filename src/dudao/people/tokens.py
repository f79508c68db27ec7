"""Signed tokens of field devices: readable without a database, so that the door need not open Django."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dudao.kernel.errors import DudaoError

LIFETIME = timedelta(days=30)  # a phone may stay off line for a month


class TokenMissing(DudaoError):
    code, status = "token-missing", 401


class TokenInvalid(DudaoError):
    code, status = "token-invalid", 401


class TokenExpired(DudaoError):
    code, status = "token-expired", 401


class Claims(msgspec.Struct, frozen=True):
    """Who sends, from which device, until when (Unix seconds)."""

    user: int
    device: str
    exp: int

    prefix: ClassVar[str] = "d1"


def issue(*, user: int, device: str, now: datetime) -> tuple[str, datetime]:
    """A token for `user` on `device`, and when it ends."""
    expires_at = now + LIFETIME
    body = urlsafe_b64encode(msgspec.json.encode(Claims(user, device, int(expires_at.timestamp())))).decode()
    return f"{Claims.prefix}.{body}.{_sign(body)}", expires_at


def read(header: str, *, now: datetime) -> Claims:
    """The claims of an `Authorization: Bearer …` header. Raises TokenMissing, TokenInvalid, TokenExpired."""
    scheme, _space, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenMissing(_("请先登录，再上报。已保存的内容不会丢失。"))
    prefix, _dot, rest = token.partition(".")
    body, _dot, signature = rest.partition(".")
    if prefix != Claims.prefix or not hmac.compare_digest(signature.encode(), _sign(body).encode()):
        raise TokenInvalid(_("登录凭证无效，请重新登录。已保存的内容不会丢失。"))
    claims = msgspec.json.decode(urlsafe_b64decode(body), type=Claims)
    if claims.exp <= now.timestamp():
        raise TokenExpired(_("登录已过期，请重新登录。已保存的内容不会丢失。"))
    return claims


def _sign(body: str) -> str:
    key = hashlib.sha256(b"dudao.device-token:" + settings.SECRET_KEY.encode()).digest()
    return urlsafe_b64encode(hmac.new(key, body.encode(), hashlib.sha256).digest()).decode().rstrip("=")
