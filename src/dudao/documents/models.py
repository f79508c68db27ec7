"""Documents being written, issued documents, and the series their numbers come from."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dudao.documents import access
from dudao.documents.kinds import Kind
from dudao.documents.orders import Order
from dudao.documents.states import DraftState, Standing
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

    def overdue(self, today: date) -> "DocumentQuerySet":
        """Sent to a unit and not confirmed by the day it was due."""
        return self.filter(standing=Standing.SENT, receive_by__lt=today)


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
    standing = models.CharField(
        _("状态"), max_length=10, choices=Standing, default=Standing.ISSUED, editable=False
    )
    receive_by = models.DateField(_("签收期限"), null=True, editable=False)
    received_at = models.DateTimeField(_("签收时间"), null=True, editable=False)
    received_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    received_name = models.CharField(_("签收人"), max_length=60, blank=True, editable=False)
    voided_at = models.DateTimeField(_("作废时间"), null=True, editable=False)
    voided_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    void_reason = models.CharField(_("作废原因"), max_length=500, blank=True, editable=False)
    word_sha256 = models.CharField(
        max_length=64, blank=True, editable=False
    )  # what its Word file is made from
    replaces = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by", editable=False
    )

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
            models.CheckConstraint(
                name="document_void_has_reason",
                condition=Q(standing=Standing.VOID, voided_at__isnull=False) & ~Q(void_reason="")
                | ~Q(standing=Standing.VOID) & Q(voided_at__isnull=True, void_reason=""),
            ),
            models.CheckConstraint(
                name="document_sent_has_limit",
                condition=~Q(standing=Standing.SENT) | Q(receive_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="document_by_subject"),
            models.Index(fields=["unit", "-issued_at"], name="document_by_unit"),
            models.Index(fields=["issuer", "-issued_at"], name="document_by_issuer"),
            models.Index(fields=["standing", "receive_by"], name="document_by_receipt"),
        ]

    def __str__(self) -> str:
        return self.number or self.title

    @property
    def is_void(self) -> bool:
        return self.standing == Standing.VOID


class WrittenDraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: Anyone, capability: str = "") -> Self:
        """Drafts `user` may use `capability` on; those they write, review or sign when it names none."""
        return self.filter(access.draft_scope(user, capability))

    def waiting_for(self, user: Anyone) -> Self:
        """Drafts whose next step is this person's: to review, to sign, or their own that came back."""
        return self.filter(access.waiting_for(user))


class Draft(models.Model):
    """A document an office writes (拟稿), until it is issued or given up.

    `content` is the text as it stands, an `OfficialDocument` without number and code. `pieces` are the tables and
    pictures drawn from the data: the text names them by a mark, so that what was taken out can be put back.
    `writers` are the keys of all who wrote at it. `figures` say where each figure comes from: label, value, address.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("文种"), max_length=20, choices=Kind)
    title = models.CharField(_("标题"), max_length=200)
    issuer = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="document_drafts")
    unit = models.ForeignKey(
        "places.Unit", null=True, on_delete=models.PROTECT, related_name="document_drafts"
    )
    for_unit = models.BooleanField(_("发给被督导单位"), default=False)
    subject_type = models.CharField(max_length=64, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    content = models.JSONField(editable=False)
    pieces = models.JSONField(default=list, editable=False)
    figures = models.JSONField(default=list, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=DraftState, default=DraftState.DRAFT, editable=False
    )
    drafted_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="document_drafts")
    drafted_at = models.DateTimeField(_("拟稿时间"), default=clock.now, editable=False)
    writers = models.JSONField(default=list, editable=False)
    word_sha256 = models.CharField(
        max_length=64, blank=True, editable=False
    )  # the Word file this text was read from
    changed_at = models.DateTimeField(_("更新时间"), default=clock.now, editable=False)
    reviewed_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    signed_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    replaces = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="replacements", editable=False
    )
    document = models.OneToOneField(
        Document, null=True, on_delete=models.PROTECT, related_name="draft", editable=False
    )

    objects: ClassVar[models.Manager["Draft"]] = WrittenDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "-changed_at"], name="draft_by_state"),
            models.Index(fields=["issuer", "state"], name="draft_by_issuer"),
            models.Index(fields=["subject_type", "subject_id"], name="draft_by_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                name="draft_issued_iff_document",
                condition=Q(state=DraftState.ISSUED, document__isnull=False, signed_by__isnull=False)
                | ~Q(state=DraftState.ISSUED) & Q(document__isnull=True, signed_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class BundleQuerySet(models.QuerySet["Bundle"]):
    def visible_to(self, user: Anyone) -> Self:
        """One's own."""
        return self.filter(user_id=user.pk) if user.pk else self.none()


class Bundle(Order):
    """An order of many documents in one file (批量打印、下载): one PDF to print, or an archive of all files."""

    PDF, ZIP = "pdf", "zip"

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="bundles")
    form = models.CharField(max_length=3, choices=[(PDF, "PDF"), (ZIP, "ZIP")])
    documents = models.JSONField(default=list)
    file = models.FileField(upload_to="bundles/%Y/%m/", blank=True, editable=False)

    objects: ClassVar[models.Manager["Bundle"]] = BundleQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.form} × {self.total}"


class Wording(models.Model):
    """The fixed words of a kind of document (文书模板) in a region and below, from a day on; a change is a new version.

    An empty text leaves it to the office's own name, or to nothing. `region` is None for the national wording.
    """

    kind = models.CharField(_("文种"), max_length=20, choices=Kind)
    region = models.ForeignKey("places.Region", null=True, on_delete=models.PROTECT, related_name="wordings")
    version = models.PositiveIntegerField(_("版本"), default=1)
    starts_on = models.DateField(_("启用日期"))
    mark = models.CharField(_("红头"), max_length=60, blank=True)
    organ = models.CharField(_("落款机关"), max_length=80, blank=True)
    opening = models.TextField(_("开头语"), blank=True)
    closing = models.TextField(_("结尾语"), blank=True)
    contact = models.CharField(_("联系人和电话"), max_length=120, blank=True)
    copies = models.TextField(_("抄送"), blank=True)
    set_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["kind", "region__path", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "region", "version"], name="wording_version_once"),
            models.UniqueConstraint(
                fields=["kind", "version"], condition=Q(region__isnull=True), name="wording_national_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.region_id} {self.version}"


class Seal(models.Model):
    """The picture of an office's seal (印章), from a day on; an older one stays for the documents it was set under."""

    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="seals")
    sha256 = models.CharField(max_length=64)
    starts_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region"], condition=Q(ended_at__isnull=True), name="seal_one_in_use"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.sha256[:12]}"
