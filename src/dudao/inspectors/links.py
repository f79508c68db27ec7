"""Pages of rooms above about one inspector, linked from the inspector's page; they register in `apps.py::ready`."""

from typing import Any, NamedTuple


class Link(NamedTuple):
    label: Any
    url_name: str  # takes the inspector's key
    icon: str


every: list[Link] = []
