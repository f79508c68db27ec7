"""Which stored files the pictures of an issued document are."""

from typing import Any

from dudao.documents.models import Document

PREFIX = "evidence:"


def evidence_in(code: str) -> list[str]:
    """The hashes of the evidence a document shows, in reading order, each once."""
    source = Document.objects.filter(code=code).values_list("source", flat=True).first()
    return list(dict.fromkeys(_sources(source)))


def _sources(value: Any) -> list[str]:
    if isinstance(value, dict):
        source = value.get("source")
        own = [source.removeprefix(PREFIX)] if isinstance(source, str) and source.startswith(PREFIX) else []
        return own + [one for inner in value.values() for one in _sources(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in _sources(inner)]
    return []
