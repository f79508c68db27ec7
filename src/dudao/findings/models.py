"""Problems found, and what the unit did about them, round by round."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from dudao.findings import access
from dudao.findings.states import OPEN, RUNNING, Decision, Disposition, PetitionKind, Severity, State
from dudao.kernel.workdays import DayUnit
from dudao.people.access import Anyone
from dudao.people.models import User


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: Anyone, capability: str = "finding.view") -> Self:
        return self.filter(access.scope(user, capability))

    def with_originals_for(self, user: Anyone) -> Self:
        """Those of which `user` may see photos without the faces covered."""
        return self.filter(access.scope_of_originals(user))

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def overdue(self, today: date) -> Self:
        """Not rectified by its deadline, or not confirmed by the day receipt was due."""
        return self.filter(runs_out_on__lt=today)

    def with_a_step_to_verify(self) -> Self:
        """Whose unit reported a step of its plan, and nobody has judged it."""
        waiting = Milestone.objects.filter(reported_at__isnull=False, passed=None)
        return self.filter(state__in=RUNNING, pk__in=waiting.values("finding_id"))

    def asking(self, *kinds: PetitionKind) -> Self:
        """Whose unit asked for one of these, and nobody has decided."""
        waiting = Petition.objects.filter(decision=Decision.PENDING, kind__in=kinds)
        return self.filter(pk__in=waiting.values("finding_id"))


class Finding(models.Model):
    """A problem (问题) raised against a unit. It lives until it is struck off (销号); it is never deleted."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(_("编号"), max_length=40, unique=True)
    visit = models.ForeignKey(  # none where it came from the list of an older system
        "inspections.Visit", null=True, on_delete=models.PROTECT, related_name="findings"
    )
    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="findings")
    region = models.ForeignKey(  # that of its unit: written by the database alone, which renews it when the unit moves
        "places.Region", null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
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
    department_unit = models.ForeignKey(  # where the department has an account of its own
        "places.Unit", null=True, on_delete=models.PROTECT, related_name="referred", editable=False
    )
    answer_by = models.DateField(_("部门办理期限"), null=True, editable=False)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.RECORDED, editable=False)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1, editable=False)
    recorded_at = models.DateTimeField(_("发现时间"))
    notified_at = models.DateTimeField(_("下发时间"), null=True, editable=False)
    receive_by = models.DateField(_("签收期限"), null=True, editable=False)
    received_at = models.DateTimeField(_("签收时间"), null=True, editable=False)
    due_on = models.DateField(_("整改期限"), null=True, editable=False)
    runs_from = models.DateField(null=True, editable=False)  # the day of receipt, or when the days went on
    run_days = models.PositiveSmallIntegerField(
        null=True, editable=False
    )  # none: a day that was granted as such
    paused_on = models.DateField(_("暂停计时"), null=True, editable=False)
    pause_reason = models.TextField(blank=True, editable=False)  # empty: an objection stops the days
    asks_extension = models.BooleanField(default=False, editable=False)
    object_until = models.DateField(null=True, editable=False)  # the office lets the unit object after time
    handler = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    in_charge = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged", editable=False
    )
    climbed = models.PositiveSmallIntegerField(_("逾期升级"), default=0, editable=False)
    reminded = models.CharField(
        max_length=20, blank=True, editable=False
    )  # the last deadline and step told of
    rebounds = models.PositiveSmallIntegerField(_("反弹次数"), default=0, editable=False)
    old_number = models.CharField(_("原系统编号"), max_length=60, blank=True, editable=False)
    measures = models.TextField(_("整改措施"), blank=True)
    person_in_charge = models.CharField(_("责任人"), max_length=60, blank=True)
    reported_at = models.DateTimeField(_("报告时间"), null=True, editable=False)
    verified_at = models.DateTimeField(_("核查时间"), null=True, editable=False)
    verified_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    struck_off_at = models.DateTimeField(_("销号时间"), null=True, editable=False)

    runs_out_on = models.GeneratedField(
        # The deadline the unit must meet now; none while it need not act, or while its days are paused or an extension that
        # was asked for in time waits. The database keeps it, so that no move can forget it and a ledger is read in its order.
        expression=Case(
            When(state=State.NOTIFIED, then=F("receive_by")),
            When(state__in=RUNNING, paused_on__isnull=True, asks_extension=False, then=F("due_on")),
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
    )

    objects: ClassVar[models.Manager["Finding"]] = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "-recorded_at", "pk"]
        indexes = [
            models.Index(fields=["unit", "state"], name="finding_by_unit"),
            models.Index(fields=["region", "state", "severity"], name="finding_by_region"),
            models.Index(fields=["runs_out_on", "-id", "region"], name="finding_by_day"),
            # The next four for PostgreSQL; SQLite, where values are bound, does not see that they fit.
            models.Index(
                fields=["runs_out_on", "-id", "region"],
                name="finding_open_by_day",
                condition=Q(state__in=OPEN),
            ),
            models.Index(
                fields=["number", "-id", "region"], name="finding_open_by_number", condition=Q(state__in=OPEN)
            ),
            models.Index(
                fields=["region", "runs_out_on", "-id"],
                name="finding_open_by_region",
                condition=Q(state__in=OPEN),
            ),
            models.Index(
                fields=["severity", "region"], name="finding_open_by_severity", condition=Q(state__in=OPEN)
            ),
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
            models.CheckConstraint(
                name="finding_merged_iff_into",
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["unit", "old_number"], name="finding_old_number_once", condition=~Q(old_number="")
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
    is_partly = models.BooleanField(_("部分通过"), default=False)  # not passed, yet some of it is done
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
    FILE = "file", _("材料")


class ReportPhoto(models.Model):
    """A photo of a report: before, after, or taken when it was verified; or a file that proves it.

    `masks` is the hash of the photo of which this is the copy with faces covered (遮挡副本).
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="photos")
    kind = models.CharField(max_length=8, choices=PhotoKind)
    sha256 = models.CharField(max_length=64)
    masks = models.CharField(max_length=64, blank=True, default="", db_default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["report", "kind", "position"]
        indexes = [models.Index(fields=["sha256"], name="report_photo_by_hash")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Part(models.Model):
    """What one person of the unit has written for the report of a round (草稿). Each writes a part of their own, so that
    nobody writes over another; the head puts them together and releases the report."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="parts")
    round = models.PositiveSmallIntegerField()
    author = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("整改情况"), blank=True)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "round", "author"], name="part_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.finding_id}/{self.round}/{self.author_id}"


class Petition(models.Model):
    """What a unit asks (申请), and what was decided. Of each kind one waits at a time."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="petitions")
    kind = models.CharField(max_length=10, choices=PetitionKind)
    text = models.TextField(_("理由"))
    wished_on = models.DateField(_("希望延期至"), null=True)
    owner = models.CharField(_("责任主体"), max_length=100, blank=True)
    steps = models.JSONField(default=list)  # of a plan: [{"title", "due_on"}]
    asked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decision = models.CharField(_("处理结果"), max_length=10, choices=Decision, default=Decision.PENDING)
    granted_on = models.DateField(_("同意延期至"), null=True)
    reason = models.TextField(_("处理理由"), blank=True)
    decided_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "kind"], name="petition_one_waits", condition=Q(decision=Decision.PENDING)
            ),
            models.CheckConstraint(
                name="petition_decided_iff_not_pending",
                condition=Q(decision=Decision.PENDING, decided_at__isnull=True)
                | (~Q(decision=Decision.PENDING) & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.kind}"

    @property
    def is_pending(self) -> bool:
        return self.decision == Decision.PENDING

    @property
    def planned(self) -> list[tuple[date, str]]:
        """The steps of a plan: by when, and what."""
        return [(date.fromisoformat(one["due_on"]), one["title"]) for one in self.steps]


class Milestone(models.Model):
    """A step (节点) of a long rectification: what is to be done by when, what the unit reported, what was found."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("节点"), max_length=200)
    due_on = models.DateField(_("完成期限"))
    reminded_on = models.DateField(null=True)  # the day that was told of
    text = models.TextField(_("完成情况"), blank=True)
    reported_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(null=True)
    verdict = models.TextField(_("核查意见"), blank=True)
    passed = models.BooleanField(null=True)  # none: not judged since it was last reported
    is_partly = models.BooleanField(default=False)
    verified_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["finding", "position"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "position"], name="milestone_position_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def waits(self) -> bool:
        """Reported and not yet judged."""
        return self.reported_at is not None and self.passed is None

    @property
    def standing(self) -> str:
        """open, waiting, passed, part or returned."""
        if self.waits:
            return "waiting"
        if self.passed:
            return "passed"
        return "part" if self.is_partly else "open" if self.reported_at is None else "returned"


class Proof(models.Model):
    """A photo or file that goes with what somebody wrote: a part of a report, a petition, a step, a look-back. With a step
    also what was taken when it was verified; `masks` as of a ReportPhoto."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="proofs")
    part = models.ForeignKey(Part, null=True, on_delete=models.CASCADE, related_name="proofs")
    petition = models.ForeignKey(Petition, null=True, on_delete=models.CASCADE, related_name="proofs")
    milestone = models.ForeignKey(Milestone, null=True, on_delete=models.CASCADE, related_name="proofs")
    look_back = models.ForeignKey("LookBack", null=True, on_delete=models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=8, choices=PhotoKind)
    sha256 = models.CharField(max_length=64)
    masks = models.CharField(max_length=64, blank=True, default="", db_default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["kind", "position", "pk"]
        indexes = [models.Index(fields=["sha256"], name="proof_by_hash")]
        constraints = [
            models.CheckConstraint(
                name="proof_of_one_thing",
                condition=Q(part__isnull=False, petition=None, milestone=None, look_back=None)
                | Q(part=None, petition__isnull=False, milestone=None, look_back=None)
                | Q(part=None, petition=None, milestone__isnull=False, look_back=None)
                | Q(part=None, petition=None, milestone=None, look_back__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Draw(models.Model):
    """A drawing of look-backs (回头看抽取) in the open: seed and population are kept, so that anyone can draw again."""

    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="+")
    half = models.CharField(_("半年"), max_length=7)  # 2026-H1
    seed = models.CharField(_("随机种子"), max_length=64)
    population = models.JSONField(default=list)  # numbers in order, the serious ones apart
    always = models.JSONField(default=list)
    share = models.PositiveSmallIntegerField(_("抽取比例"))
    drawn_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["-half", "region__path"]
        constraints = [models.UniqueConstraint(fields=["region", "half"], name="draw_once_a_half")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.half}"

    @property
    def half_label(self) -> str:
        year, number = self.half[:4], self.half[-1]
        return (_("%(year)s 年上半年") if number == "1" else _("%(year)s 年下半年")) % {"year": year}


class LookBackResult(models.TextChoices):
    KEPT = "KEPT", _("保持")
    REBOUND = "REBOUND", _("反弹")


class LookBackQuerySet(models.QuerySet["LookBack"]):
    def visible_to(self, user: Anyone, capability: str = "finding.verify") -> Self:
        """A unit is not told that somebody will look again; whoever is sent sees what they are sent to."""
        allowed = Q(finding__in=Finding.objects.visible_to(user, capability))
        if isinstance(user, User) and user.can(capability):
            allowed |= Q(goes=user)
        return self.filter(allowed)


class LookBack(models.Model):
    """A second look (回头看) at a problem that was struck off; domain §8.7."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="look_backs")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="look_backs")
    goes = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="look_backs")
    is_always = models.BooleanField(default=False)  # serious: not left to chance
    due_on = models.DateField(_("回访期限"))
    reminded_on = models.DateField(null=True)  # the day that was told of
    result = models.CharField(_("结果"), max_length=8, choices=LookBackResult, blank=True)
    facts = models.TextField(_("回访情况"), blank=True)
    done_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["LookBack"]] = LookBackQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "finding"], name="look_back_once_a_draw"),
            models.CheckConstraint(
                name="look_back_done_iff_result",
                condition=Q(result="", done_at=None) | (~Q(result="") & Q(done_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.due_on}"
