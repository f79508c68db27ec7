"""Addresses of group robots are secrets: kept encrypted under the deployment's key."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def sealed(text: str) -> str:
    return _cipher().encrypt(text.encode()).decode()


def opened(token: str) -> str:
    """Empty if the deployment's key has changed since: the address must then be given again."""
    try:
        return _cipher().decrypt(token.encode()).decode()
    except InvalidToken:
        return ""


def _cipher() -> Fernet:
    key = hashlib.sha256(b"dudao.notify.robot:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
