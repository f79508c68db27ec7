"""Text as people type it, made safe to keep and to show."""

import re
import unicodedata
from typing import Any

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Without control characters and lone surrogates (databases and XML refuse them), NFC, plain newlines."""
    if not text.isprintable():  # nearly every text is, and then has none of these
        text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).strip()


def masked(number: str) -> str:
    """A telephone number of which the middle is hidden: 138****1234. A short one shows its last two digits only."""
    if len(number) < 8:
        return "*" * max(0, len(number) - 2) + number[-2:]
    return f"{number[:3]}****{number[-4:]}"


def shorten(text: str, length: int) -> str:
    """At most `length` characters, the cut shown by an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"


def clean_all(value: Any) -> Any:
    """`clean` on every text inside plain data (lists, dicts with their keys)."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_all(part) for part in value]
    if isinstance(value, dict):
        return {clean_all(key): clean_all(part) for key, part in value.items()}
    return value
