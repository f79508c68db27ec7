"""Problems found, and what the unit did about them, round by round."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dudao.findings import access
from dudao.findings.states import OPEN, Disposition, Severity, State
from dudao.kernel.workdays import DayUnit
from dudao.people.access import Anyone


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: Anyone, capability: str = "finding.view") -> Self:
        return self.filter(access.scope(user, capability))

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def overdue(self, today: date) -> Self:
        """Not rectified by its deadline, or not confirmed by the day receipt was due."""
        late = Q(state__in=[State.RECEIVED, State.RECTIFYING, State.RETURNED], due_on__lt=today)
        return self.filter(late | Q(state=State.NOTIFIED, receive_by__lt=today))


class Finding(models.Model):
    """A problem (问题) raised against a unit. It lives until it is struck off (销号); it is never deleted."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(_("编号"), max_length=40, unique=True)
    visit = models.ForeignKey("inspections.Visit", on_delete=models.PROTECT, related_name="findings")
    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="findings")
    inspector = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="findings")
    category = models.CharField(_("类别"), max_length=40)
    severity = models.CharField(_("严重程度"), max_length=10, choices=Severity)
    wording = models.TextField(_("问题描述"))
    basis = models.TextField(_("依据"), blank=True)
    requirement = models.TextField(_("整改要求"), blank=True)
    sheet = models.ForeignKey(
        "inspections.Sheet", null=True, on_delete=models.PROTECT, related_name="findings"
    )
    item = models.CharField(max_length=120, blank=True)
    rule = models.CharField(max_length=120, blank=True)
    evidence = models.JSONField(default=list)
    days = models.PositiveSmallIntegerField(_("整改天数"))
    day_unit = models.CharField(max_length=8, choices=[(unit.value, unit.value) for unit in DayUnit])
    disposition = models.CharField(
        _("处置方式"), max_length=10, choices=Disposition, default=Disposition.ORDINARY
    )
    department = models.CharField(_("转办部门"), max_length=100, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.RECORDED, editable=False)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1, editable=False)
    recorded_at = models.DateTimeField(_("发现时间"))
    notified_at = models.DateTimeField(_("下发时间"), null=True, editable=False)
    receive_by = models.DateField(_("签收期限"), null=True, editable=False)
    received_at = models.DateTimeField(_("签收时间"), null=True, editable=False)
    due_on = models.DateField(_("整改期限"), null=True, editable=False)
    measures = models.TextField(_("整改措施"), blank=True)
    person_in_charge = models.CharField(_("责任人"), max_length=60, blank=True)
    reported_at = models.DateTimeField(_("报告时间"), null=True, editable=False)
    verified_at = models.DateTimeField(_("核查时间"), null=True, editable=False)
    verified_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    struck_off_at = models.DateTimeField(_("销号时间"), null=True, editable=False)

    objects: ClassVar[models.Manager["Finding"]] = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "-recorded_at", "pk"]
        indexes = [
            models.Index(fields=["unit", "state"], name="finding_by_unit"),
            models.Index(fields=["state", "due_on"], name="finding_by_due"),
            models.Index(fields=["visit"], name="finding_by_visit"),
        ]
        constraints = [
            models.CheckConstraint(
                name="finding_struck_off_iff_closed",
                condition=Q(state=State.STRUCK_OFF, struck_off_at__isnull=False)
                | (~Q(state=State.STRUCK_OFF) & Q(struck_off_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="finding_received_after_notified",
                condition=Q(received_at__isnull=True) | Q(received_at__gte=F("notified_at")),
                violation_error_message=_("签收不能早于下发。"),
            ),
            models.CheckConstraint(
                name="finding_due_once_received",
                condition=Q(received_at__isnull=True) | Q(due_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def settled_on_spot(self) -> bool:
        return self.disposition == Disposition.SMALL


class Report(models.Model):
    """One rectification report (整改报告) of the unit, and the inspector's answer to it. One a round."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="reports")
    round = models.PositiveSmallIntegerField()
    text = models.TextField(_("整改情况"))
    reported_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    method = models.CharField(_("核查方式"), max_length=12, blank=True)
    verdict = models.TextField(_("核查意见"), blank=True)
    passed = models.BooleanField(null=True)
    verified_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["finding", "round"], name="report_once_a_round")]

    def __str__(self) -> str:
        return f"{self.finding_id}/{self.round}"


class PhotoKind(models.TextChoices):
    BEFORE = "before", _("整改前")
    AFTER = "after", _("整改后")
    CHECK = "check", _("核查")


class ReportPhoto(models.Model):
    """A photo of a report: before, after, or taken when it was verified."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="photos")
    kind = models.CharField(max_length=8, choices=PhotoKind)
    sha256 = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["report", "kind", "position"]
        indexes = [models.Index(fields=["sha256"], name="report_photo_by_hash")]

    def __str__(self) -> str:
        return self.sha256[:12]
