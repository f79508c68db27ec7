"""Visits: what an inspector did, saw and wrote down in a school."""

from functools import cached_property
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dudao.inspections import access
from dudao.inspections.states import Flag, VisitState
from dudao.instruments.sheets import Held, relevant_answers
from dudao.people.access import Anyone
from dudao.people.models import User
from dudao.rules.terms import Term


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: Anyone, capability: str = "visit.view") -> Self:
        return self.filter(access.scope(user, capability))

    def with_originals_for(self, user: Anyone) -> Self:
        """Those of which `user` may see photos without the faces covered."""
        return self.filter(access.scope_of_originals(user))


class Visit(models.Model):
    """A routine visit (经常性督导). Its id is the phone's; the record is never changed after it arrived."""

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="visits")
    unit_name = models.CharField(max_length=100)  # as it was called on the day
    inspector = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="visits")
    state = models.CharField(
        _("状态"), max_length=12, choices=VisitState, default=VisitState.RECEIVING, editable=False
    )
    started_at = models.DateTimeField(_("到校时间"))
    finished_at = models.DateTimeField(_("离校时间"))
    device_started_at = models.DateTimeField()  # by the phone's own clock
    arrived_at = models.DateTimeField(_("上报时间"))
    filed_at = models.DateTimeField(_("归档时间"), null=True, editable=False)
    school_year = models.PositiveSmallIntegerField(_("学年"))
    term = models.CharField(_("学期"), max_length=8, choices=Term)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    place_refused = models.CharField(max_length=40, blank=True)
    methods = models.JSONField(_("督导方式"), default=list)
    companion = models.CharField(_("学校陪同人员"), max_length=100, blank=True)
    unplanned = models.BooleanField(_("随访"), default=False)
    covert = models.BooleanField(_("暗访"), default=False)
    released_at = models.DateTimeField(_("反馈时间"), null=True, editable=False)
    released_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    narrative = models.TextField(_("督导纪实"), blank=True)
    highlights = models.TextField(_("亮点"), blank=True)
    advice = models.TextField(_("现场建议"), blank=True)
    inspector_note = models.TextField(_("督学备注"), blank=True)
    unit_agrees = models.BooleanField(_("学校意见：同意"), default=True)
    unit_opinion = models.TextField(_("学校意见"), blank=True)
    unit_signer = models.CharField(_("学校签字人"), max_length=60, blank=True)
    unit_refused = models.CharField(_("未签字原因"), max_length=300, blank=True)
    flags = models.JSONField(default=list)

    objects: ClassVar[models.Manager["Visit"]] = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-arrived_at", "-pk"]
        indexes = [
            models.Index(fields=["unit", "-started_at"], name="visit_by_unit"),
            models.Index(fields=["inspector", "-started_at"], name="visit_by_inspector"),
            models.Index(fields=["-arrived_at"], name="visit_by_arrival"),
            models.Index(fields=["-started_at", "-id"], name="visit_by_start"),
        ]
        constraints = [
            models.CheckConstraint(
                name="visit_filed_at_iff_filed",
                condition=Q(state=VisitState.FILED, filed_at__isnull=False)
                | (~Q(state=VisitState.FILED) & Q(filed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="visit_ends_after_start",
                condition=Q(finished_at__gte=F("started_at")),
                violation_error_message=_("离校时间不能早于到校时间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_name} {timezone.localtime(self.started_at):%Y-%m-%d}"

    @property
    def day(self) -> str:
        """What an instrument means by `today()`: the day as the phone knew it when the sheets were filled."""
        return str(timezone.localtime(self.device_started_at).date())

    @property
    def is_held_back(self) -> bool:
        """Made covertly, and the office has not yet let the unit know."""
        return self.covert and self.released_at is None

    @property
    def flag_labels(self) -> list[str]:
        return [str(Flag(flag).label) for flag in self.flags]

    @cached_property
    def parts(self) -> list["Part"]:
        """What others recorded in this visit, in the order in which it was put in; supplements come last."""
        joint = getattr(self, "joint", None)
        return [one for one in joint.parts.all() if one.joined_at] if joint else []

    @cached_property
    def inspectors(self) -> list[User]:
        """All who took part, the lead first, each once; who only supplemented a filed visit is not among them."""
        with_it = [part.inspector for part in self.parts if not part.is_supplement]
        return list({one.pk: one for one in (self.inspector, *with_it)}.values())

    @property
    def names(self) -> str:
        return "、".join(one.name for one in self.inspectors)

    @property
    def names_with_supplements(self) -> str:
        """As `names`, and behind them those who only supplemented it: everybody whose sheets are in it."""
        there = {one.pk: one.name for one in self.inspectors}
        late = {part.inspector_id: part.inspector.name for part in self.parts}
        behind = [
            gettext("%(name)s（补充）") % {"name": name} for pk, name in late.items() if pk not in there
        ]
        return "、".join([*there.values(), *behind])


class Joint(models.Model):
    """Inspectors together at one school on one day (同行督导): the visit of the lead, and what the others recorded.

    `plan` is the item of a plan under which their phones know each other before they go, off line too; plans are above
    this room. `members` are those awaited beside the lead.
    """

    plan = models.UUIDField()
    on = models.DateField()
    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="+")
    visit = models.OneToOneField(Visit, null=True, on_delete=models.PROTECT, related_name="joint")
    members = models.ManyToManyField("people.User", related_name="+")
    without = models.CharField(_("不再等待的原因"), max_length=300, blank=True)

    objects: ClassVar[models.Manager["Joint"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "on", "unit"], name="joint_once_a_day")]

    def __str__(self) -> str:
        return f"{self.plan} {self.on}"


class Part(models.Model):
    """What one more inspector recorded in a joint visit (同行记录). Its id is the phone's; it is put into the visit once
    all its files are here, and is a supplement (补充) where the visit was filed before."""

    id = models.UUIDField(primary_key=True)
    joint = models.ForeignKey(Joint, on_delete=models.PROTECT, related_name="parts")
    inspector = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="parts")
    started_at = models.DateTimeField(_("到校时间"))
    finished_at = models.DateTimeField(_("离校时间"))
    arrived_at = models.DateTimeField(_("上报时间"))
    whole_at = models.DateTimeField(null=True, editable=False)
    joined_at = models.DateTimeField(_("并入时间"), null=True, editable=False)
    is_supplement = models.BooleanField(_("补充"), default=False, editable=False)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    methods = models.JSONField(_("督导方式"), default=list)
    narrative = models.TextField(_("督导纪实"), blank=True)
    highlights = models.TextField(_("亮点"), blank=True)
    advice = models.TextField(_("现场建议"), blank=True)
    inspector_note = models.TextField(_("督学备注"), blank=True)
    flags = models.JSONField(default=list)

    objects: ClassVar[models.Manager["Part"]] = models.Manager()

    class Meta:
        ordering = ["joined_at", "arrived_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="part_joined_once_whole",
                condition=Q(joined_at__isnull=True) | Q(whole_at__isnull=False),
            ),
            models.CheckConstraint(
                name="part_supplements_once_joined",
                condition=Q(is_supplement=False) | Q(joined_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspector_id} {self.joint_id}"

    @property
    def flag_labels(self) -> list[str]:
        return [str(Flag(flag).label) for flag in self.flags]


class CheckIn(models.Model):
    """An inspector has come to a unit and shown her certificate (到校亮证). Its id is the phone's; `visit` is that of the
    record which comes later, `plan` the item she goes under with colleagues."""

    id = models.UUIDField(primary_key=True)
    visit = models.UUIDField()
    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="check_ins")
    inspector = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="check_ins")
    plan = models.UUIDField(null=True)
    at = models.DateTimeField(_("到校时间"))
    arrived_at = models.DateTimeField(_("上报时间"))
    unplanned = models.BooleanField(_("随访"), default=False)
    covert = models.BooleanField(_("暗访"), default=False)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)

    objects: ClassVar[models.Manager["CheckIn"]] = models.Manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at"], name="check_in_by_time"),
            models.Index(fields=["visit"], name="check_in_by_visit"),
        ]

    def __str__(self) -> str:
        return f"{self.inspector_id} {self.at:%Y-%m-%d %H:%M}"


class Sheet(models.Model):
    """One instrument filled in during a visit (督导表): a check, a lesson observed, an interview. Its id is the phone's.

    `part` is the one it came with; the lead's own have none. `asked` is how many items applied, the burden on the school.
    """

    id = models.UUIDField(primary_key=True)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="sheets")
    part = models.ForeignKey(Part, null=True, on_delete=models.PROTECT, related_name="sheets")
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey("instruments.Version", on_delete=models.PROTECT, related_name="sheets")
    answers = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    asked = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        ordering = ["visit", "position"]
        constraints = [models.UniqueConstraint(fields=["visit", "position"], name="sheet_position_once")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def inspector(self) -> User:
        """Who filled it in."""
        return self.part.inspector if self.part else self.visit.inspector

    @cached_property
    def held(self) -> Held:
        """The relevant answers."""
        return relevant_answers(self.version.definition, self.answers, today=self.visit.day)


class VisitFile(models.Model):
    """One file of a visit's manifest, named by the hash computed on the phone at capture.

    `masks` is the hash of the photo of which this is the copy with faces covered (遮挡副本).
    """

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="files")
    sheet = models.ForeignKey(Sheet, null=True, on_delete=models.CASCADE, related_name="files")
    part = models.ForeignKey(Part, null=True, on_delete=models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    type = models.CharField(max_length=100)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20)
    item = models.CharField(max_length=60, blank=True)
    captured_at = models.DateTimeField(null=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    masks = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        ordering = ["visit", "position"]
        constraints = [models.UniqueConstraint(fields=["visit", "position"], name="visit_file_position_once")]
        indexes = [models.Index(fields=["sha256"], name="visit_file_by_hash")]

    def __str__(self) -> str:
        return self.sha256[:12]
