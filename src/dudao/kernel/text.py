"""Text as people type it, made safe to keep and to show."""

import re
import unicodedata

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Without control characters and lone surrogates (databases and XML refuse them), NFC, plain newlines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text)).strip()


def shorten(text: str, length: int) -> str:
    """At most `length` characters, the cut shown by an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"
