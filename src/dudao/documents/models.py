"""Issued documents and the series their numbers come from."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dudao.documents import access
from dudao.documents.kinds import Kind
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.access import Anyone


class State(models.TextChoices):
    """How far the files of an issued document are (文件状态)."""

    WAITING = "WAITING", _("生成中")
    READY = "READY", _("已生成")
    FAILED = "FAILED", _("生成失败")


class NumberSeries(models.Model):
    """The last number given in a series of an issuer in a year (发文字号流水)."""

    issuer = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="number_series")
    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "series", "year"], name="number_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.issuer_id} {self.series} {self.year}: {self.last}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: Anyone, capability: str = "document.view") -> "DocumentQuerySet":
        return self.filter(access.scope(user, capability))

    def newest_first(self) -> "DocumentQuerySet":
        return self.order_by("-issued_at", "-pk")


class Document(models.Model):
    """An issued document (文书). `source` is what was issued; the files are made from it and never replaced."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("文种"), max_length=20, choices=Kind)
    number = models.CharField(_("文号"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    issuer = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="documents")
    unit = models.ForeignKey(
        "places.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    for_unit = models.BooleanField(_("发给被督导单位"), default=True)
    subject_type = models.CharField(max_length=64, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    code = models.CharField(_("核验码"), max_length=20, unique=True, editable=False)
    issued_on = models.DateField(_("成文日期"))
    issued_at = models.DateTimeField(default=clock.now, editable=False)
    issued_by = models.ForeignKey(
        "people.User", null=True, blank=True, on_delete=models.PROTECT, related_name="issued_documents"
    )
    source = models.JSONField(editable=False)
    state = models.CharField(
        _("文件状态"), max_length=10, choices=State, default=State.WAITING, editable=False
    )
    pdf_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    pdf_size = models.PositiveIntegerField(default=0, editable=False)
    docx_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    docx_size = models.PositiveIntegerField(default=0, editable=False)
    rendered_at = models.DateTimeField(null=True, editable=False)
    error = models.TextField(blank=True, editable=False)

    objects: ClassVar[models.Manager["Document"]] = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number"], name="document_number_once"),
            models.CheckConstraint(
                name="document_ready_iff_files",
                condition=Q(state=State.READY, rendered_at__isnull=False)
                & ~Q(pdf_sha256="")
                & ~Q(docx_sha256="")
                | ~Q(state=State.READY) & Q(rendered_at__isnull=True, pdf_sha256="", docx_sha256=""),
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="document_by_subject"),
            models.Index(fields=["unit", "-issued_at"], name="document_by_unit"),
            models.Index(fields=["issuer", "-issued_at"], name="document_by_issuer"),
        ]

    def __str__(self) -> str:
        return self.number or self.title
