"""Where inspection happens: regions as a tree by path, and the units inspected."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dudao.kernel.ids import uuid7


class Level(models.TextChoices):
    """Administrative level (行政层级)."""

    PROVINCE = "PROVINCE", _("省级")
    CITY = "CITY", _("市级")
    COUNTY = "COUNTY", _("县级")


class Region(models.Model):
    """An administrative region (行政区划) with its inspection office; `path` ends in "/" and holds all below it."""

    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=64, unique=True)
    office = models.CharField(_("督导机构"), max_length=80, blank=True)
    office_mark = models.CharField(_("机关代字"), max_length=20, blank=True)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    """Type of unit (学校类型); domain §12.1."""

    KINDERGARTEN = "KINDERGARTEN", _("幼儿园")
    PRIMARY = "PRIMARY", _("小学")
    TEACHING_POINT = "TEACHING_POINT", _("教学点")
    JUNIOR = "JUNIOR", _("初级中学")
    NINE_YEAR = "NINE_YEAR", _("九年一贯制学校")
    TWELVE_YEAR = "TWELVE_YEAR", _("十二年一贯制学校")
    COMPLETE_SECONDARY = "COMPLETE_SECONDARY", _("完全中学")
    SENIOR = "SENIOR", _("高级中学")
    VOCATIONAL = "VOCATIONAL", _("中等职业学校")
    SPECIAL = "SPECIAL", _("特殊教育学校")


COMPULSORY = (
    Kind.PRIMARY,
    Kind.TEACHING_POINT,
    Kind.JUNIOR,
    Kind.NINE_YEAR,
    Kind.TWELVE_YEAR,
    Kind.COMPLETE_SECONDARY,
    Kind.SPECIAL,
)
"""Kinds with compulsory-stage pupils: each must be visited every month (domain §2.6)."""


class Ownership(models.TextChoices):
    """Who runs it (办学性质)."""

    PUBLIC = "PUBLIC", _("公办")
    PRIVATE = "PRIVATE", _("民办")


class Unit(models.Model):
    """An inspected unit (被督导单位): a school, later an institution or a government body."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("单位代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    initials = models.CharField(max_length=100, editable=False)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind)
    ownership = models.CharField(_("性质"), max_length=10, choices=Ownership, default=Ownership.PUBLIC)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="units")
    address = models.CharField(_("地址"), max_length=200, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    lng = models.FloatField(_("经度"), null=True, blank=True)
    pupils = models.PositiveIntegerField(_("学生数"), default=0)
    liaison_name = models.CharField(_("督导联络员"), max_length=40, blank=True)
    liaison_phone = models.CharField(_("联络电话"), max_length=20, blank=True)
    is_open = models.BooleanField(_("在办"), default=True)

    class Meta:
        ordering = ["region__path", "name", "pk"]
        indexes = [models.Index(fields=["initials"], name="unit_by_initials")]

    def __str__(self) -> str:
        return self.name
