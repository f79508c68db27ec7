"""Where the pictures of documents come from. Rooms above register their store in `apps.py::ready`."""

from dudao.documents.pictures import Loader

_sources: dict[str, Loader] = {}


def register_source(prefix: str, load: Loader) -> None:
    """`load("…")` gives the bytes of the picture named after "prefix:", or None while it has not arrived."""
    if prefix in _sources:
        raise ValueError(f"source registered twice: {prefix=}")
    _sources[prefix] = load


def load(source: str) -> bytes | None:
    """The bytes of "prefix:name"; None when it has not arrived or no room knows the prefix."""
    prefix, _colon, name = source.partition(":")
    found = _sources.get(prefix)
    return found(name) if found else None
