"""Reading what happened."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import models
from django.db.models import QuerySet

from dudao.journal.models import Event


class Step(NamedTuple):
    """One line of a timeline."""

    title: Any
    event: Event


def timeline(obj: models.Model, titles: Mapping[str, Any]) -> list[Step]:
    """The events of `obj` whose kind has a title, newest first."""
    events = Event.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by("-pk")
    return [Step(titles[event.kind], event) for event in events if event.kind in titles]


def under(path: str) -> QuerySet[Event]:
    return Event.objects.filter(region_path__startswith=path).order_by("-pk")
