"""What rooms above show on a visit's page; they register in `apps.py::ready`."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString

from dudao.inspections.models import Visit

Panel = Callable[[HttpRequest, Visit], SafeString]
_panels: list[Panel] = []


def add(panel: Panel) -> None:
    _panels.append(panel)


def of(request: HttpRequest, visit: Visit) -> list[SafeString]:
    return [panel(request, visit) for panel in _panels]
