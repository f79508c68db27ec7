"""Instruments, their published, unchangeable versions, and the drafts that become versions."""

from functools import cached_property
from typing import ClassVar, Self

import msgspec
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dudao.instruments import access
from dudao.instruments.definitions import Definition
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.access import Anyone
from dudao.people.models import User
from dudao.places.models import Region


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    def visible_to(self, user: Anyone) -> Self:
        return self.filter(access.read_scope(user))

    def offered_in(self, *regions: Region) -> Self:
        """In use, and meant for any of `regions`; the library is for all."""
        return self.filter(access.holds_for(*regions), is_active=True)


class Instrument(models.Model):
    """An instrument (督导量表): a checklist that lives on through its versions.

    `region` is whose it is, for use there and below; null is the library that ships with the release, for everybody.
    """

    key = models.CharField(max_length=60, unique=True)
    region = models.ForeignKey(
        "places.Region", null=True, on_delete=models.PROTECT, related_name="instruments"
    )
    is_active = models.BooleanField(_("启用"), default=True)

    objects: ClassVar[models.Manager["Instrument"]] = InstrumentQuerySet.as_manager()

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


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: User) -> Self:
        """Drafts of the person's own level."""
        return self.filter(region__in=access.own_levels(user))


class Draft(models.Model):
    """What an office is writing (草稿): its content may still be incomplete. `revision` rises with each save.

    `instrument` is what the publication will be a version of, null for a new one; `based_on` is where the text came from.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="drafts")
    instrument = models.OneToOneField(Instrument, null=True, on_delete=models.PROTECT, related_name="draft")
    based_on = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(_("保存时间"), default=clock.now)
    saved_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["Draft"]] = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def definition(self) -> Definition:
        return msgspec.convert(self.content, Definition)

    @property
    def title(self) -> str:
        return self.definition.title.in_language(get_language() or "zh") or str(_("未命名的量表"))
