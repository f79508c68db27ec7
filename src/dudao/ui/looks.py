"""Every state has one word, one colour, one icon, everywhere. Rooms register theirs in `apps.py::ready`."""

from typing import NamedTuple


class Look(NamedTuple):
    """`colour` is a Tabler colour name, `icon` a name of the sprite."""

    label: object
    colour: str
    icon: str


_looks: dict[tuple[str, str], Look] = {}


def register(kind: str, looks: dict[str, Look]) -> None:
    for value, look in looks.items():
        _looks[kind, value] = look


def of(kind: str, value: str) -> Look:
    return _looks[kind, value]


def every() -> dict[str, dict[str, Look]]:
    """All registered looks by kind, for the gallery."""
    kinds: dict[str, dict[str, Look]] = {}
    for (kind, value), look in _looks.items():
        kinds.setdefault(kind, {})[value] = look
    return kinds
