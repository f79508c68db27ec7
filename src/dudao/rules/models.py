"""Rules as data: every value has a region, dates of force, and the source it comes from. Words, work calendar, terms."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Mark(models.TextChoices):
    """How sure the source is; domain §0.1."""

    SOURCE = "SOURCE", _("有出处")
    UNVERIFIED = "UNVERIFIED", _("待核实")
    DESIGN = "DESIGN", _("系统建议值")


class Rule(models.Model):
    """One value of one rule (规则) for a region and all below it, between two dates; null region = everywhere.

    Each value an office sets is a row and a version of its own; `follows` is the row it cut short. The value of a row
    never changes.
    """

    key = models.CharField(_("规则"), max_length=80)
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=160)
    region = models.ForeignKey("places.Region", null=True, blank=True, on_delete=models.PROTECT)
    value = models.JSONField(_("值"))
    starts_on = models.DateField(_("生效"))
    ends_on = models.DateField(_("失效"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=300)
    source_en = models.CharField(_("英文依据"), max_length=300, blank=True)
    mark = models.CharField(_("可靠程度"), max_length=12, choices=Mark)
    version = models.PositiveSmallIntegerField(_("版本"), default=1, editable=False)
    follows = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="followed_by", editable=False
    )
    set_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    set_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[models.Manager["Rule"]] = models.Manager()

    class Meta:
        ordering = ["key", "region__path", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["key", "region", "starts_on"], name="rule_starts_once"),
            models.UniqueConstraint(
                fields=["key", "starts_on"],
                condition=Q(region__isnull=True),
                name="rule_starts_once_everywhere",
            ),
            models.CheckConstraint(
                name="rule_dates_in_order", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def label(self) -> str:
        return self.name if (get_language() or "").startswith("zh") else self.name_en

    @property
    def source_label(self) -> str:
        return self.source if (get_language() or "").startswith("zh") else self.source_en or self.source


class WordKind(models.TextChoices):
    """Which list a word belongs to."""

    CATEGORY = "CATEGORY", _("问题类别")
    SEVERITY = "SEVERITY", _("严重程度")
    METHOD = "METHOD", _("督导方式")
    THEME = "THEME", _("督导主题")
    DISPOSITION = "DISPOSITION", _("处置方式")
    CONDITION = "CONDITION", _("督学任职条件")


class Word(models.Model):
    """An entry of a list that offices may extend (字典). It can be hidden, never deleted: old records name it."""

    kind = models.CharField(max_length=12, choices=WordKind)
    key = models.CharField(max_length=40)
    zh = models.CharField(max_length=80)
    en = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[models.Manager["Word"]] = models.Manager()

    class Meta:
        ordering = ["kind", "position", "key"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="word_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.zh if (get_language() or "").startswith("zh") else self.en or self.zh


class SpecialDay(models.Model):
    """A day that differs from the plain week: a holiday, or a make-up working day (调休)."""

    day = models.DateField(primary_key=True)
    works = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=40, blank=True)
    name_en = models.CharField(_("英文名称"), max_length=40, blank=True)
    source = models.CharField(_("依据"), max_length=200)

    objects: ClassVar[models.Manager["SpecialDay"]] = models.Manager()

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return str(self.day)

    @property
    def label(self) -> str:
        return self.name if (get_language() or "").startswith("zh") else self.name_en or self.name


class Term(models.TextChoices):
    """Half of a school year (学期)."""

    AUTUMN = "AUTUMN", _("秋季学期")
    SPRING = "SPRING", _("春季学期")


class TermDates(models.Model):
    """When one term begins and ends in a region and all below it, as its education office has published (校历).

    `year` is the calendar year in which the school year begins. Without such a row the rules `term.…` hold.
    """

    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("学年"))
    term = models.CharField(_("学期"), max_length=8, choices=Term)
    starts_on = models.DateField(_("开学"))
    ends_on = models.DateField(_("放假"))
    source = models.CharField(_("依据"), max_length=200)

    objects: ClassVar[models.Manager["TermDates"]] = models.Manager()

    class Meta:
        ordering = ["year", "term"]
        constraints = [
            models.UniqueConstraint(fields=["region", "year", "term"], name="school_term_once_a_year"),
            models.CheckConstraint(
                name="school_term_dates_in_order", condition=Q(ends_on__gt=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.term} {self.region_id}"
