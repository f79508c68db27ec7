"""Instruments and their published, unchangeable versions."""

from functools import cached_property
from typing import ClassVar

import msgspec
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dudao.instruments.definitions import Definition
from dudao.kernel import clock


class Instrument(models.Model):
    """An instrument (督导量表): a checklist that lives on through its versions."""

    key = models.CharField(max_length=60, unique=True)
    is_active = models.BooleanField(_("启用"), default=True)

    def __str__(self) -> str:
        return self.key


class Version(models.Model):
    """A published version (已发布版本): immutable, named by the hash of its content."""

    hash = models.CharField(max_length=64, primary_key=True)
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    content = models.JSONField()
    published_at = models.DateTimeField(_("发布时间"), default=clock.now)

    objects: ClassVar[models.Manager["Version"]] = models.Manager()

    class Meta:
        ordering = ["instrument", "-number"]
        constraints = [models.UniqueConstraint(fields=["instrument", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.instrument_id} v{self.number}"

    @cached_property
    def definition(self) -> Definition:
        return msgspec.convert(self.content, Definition)

    @property
    def title(self) -> str:
        return self.definition.title.in_language(get_language() or "zh")
