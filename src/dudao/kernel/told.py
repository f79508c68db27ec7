"""Sentences kept for later readers: as their source text and what fills it, put into each reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, override

Stored = list[Any] | str
"""`[source, filled]` as JSON; a bare text is its own source."""


class Told(str):
    """A sentence in the language of the moment that remembers how to be said in another.

    Made by `told("…")`, filled by `%` with names: plain values, other sentences, lazy texts, or a list of these.
    """

    source: str
    filled: dict[str, Any]

    def __new__(cls, source: str, filled: Mapping[str, Any] | None = None) -> "Told":
        text = gettext(source) if source else ""
        if filled:
            text = text % {key: _joined(value) for key, value in filled.items()}
        one = super().__new__(cls, text)
        one.source, one.filled = source, dict(filled or {})
        return one

    def __mod__(self, filled: Any) -> "Told":
        return Told(self.source, filled)


def told(text: str | Promise) -> Told:
    """A sentence to be kept, from its source text or a lazy one. Imported as `_`, so that its texts are collected."""
    if isinstance(text, Promise):
        with override("zh-hans"):  # the language of the sources
            text = str(text)
    return text if isinstance(text, Told) else Told(text)


def as_stored(text: str | Promise) -> Stored:
    """What is kept of a sentence."""
    one = told(text)
    return [one.source, {key: _kept(value) for key, value in one.filled.items()}] if one else ""


def said(stored: Stored) -> str:
    """A kept sentence in the language of the moment."""
    source, filled = (stored, {}) if isinstance(stored, str) else stored
    return str(Told(source, {key: _heard(value) for key, value in filled.items()}))


def _joined(value: Any) -> Any:
    return gettext("、").join(map(str, value)) if isinstance(value, list) else value


def _kept(value: Any) -> Any:
    if isinstance(value, list):
        return {"several": [_kept(one) for one in value]}
    if isinstance(value, Told | Promise):
        return as_stored(value)
    return value if isinstance(value, str | int | float) else str(value)


def _heard(value: Any) -> Any:
    if isinstance(value, dict):
        return [_heard(one) for one in value["several"]]
    return said(value) if isinstance(value, list) else value
