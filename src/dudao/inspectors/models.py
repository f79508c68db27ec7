"""The registry of inspectors, and the zones they work in. Who is responsible for which school is `people.Assignment`."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dudao.documents.orders import Order
from dudao.inspectors import access
from dudao.inspectors.states import State
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.access import Anyone


class Engagement(models.TextChoices):
    """Full-time under cadre rules, or part-time with a term; Regulations on Education Supervision, art. 6."""

    FULL_TIME = "FULL_TIME", _("专职督学")
    PART_TIME = "PART_TIME", _("兼职督学")


class AppointedBy(models.TextChoices):
    """Level of appointment (督学级别)."""

    STATE = "STATE", _("国家督学")
    PROVINCE = "PROVINCE", _("省督学")
    CITY = "CITY", _("市督学")
    COUNTY = "COUNTY", _("县督学")


class InspectorQuerySet(models.QuerySet["Inspector"]):
    def visible_to(self, user: Anyone, capability: str = "inspector.view") -> Self:
        return self.filter(access.scope(user, capability))


class Inspector(models.Model):
    """An inspector (督学) as the appointing office keeps them; the account holds name, telephone and certificate."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField("people.User", on_delete=models.PROTECT, related_name="inspector")
    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="inspectors")
    engagement = models.CharField(_("专兼职"), max_length=10, choices=Engagement)
    level = models.CharField(_("督学级别"), max_length=10, choices=AppointedBy, default=AppointedBy.COUNTY)
    employer = models.CharField(_("工作单位"), max_length=100, blank=True)
    subjects = models.CharField(_("学科专长"), max_length=100, blank=True)
    public_phone = models.CharField(_("公示电话"), max_length=20, blank=True)
    photo = models.FileField(_("照片"), upload_to="inspectors/%Y/", blank=True, editable=False)
    left_on = models.DateField(_("离任日期"), null=True, blank=True)

    objects: ClassVar[models.Manager["Inspector"]] = InspectorQuerySet.as_manager()

    class Meta:
        ordering = ["region__path", "user__name", "pk"]

    def __str__(self) -> str:
        return str(self.user)


class Term(models.Model):
    """A term of office (聘期): three years, at most three in a row; Regulations on Education Supervision, art. 6."""

    inspector = models.ForeignKey(Inspector, on_delete=models.CASCADE, related_name="terms")
    number = models.PositiveSmallIntegerField(_("第几届"))
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(name="term_dates_in_order", condition=Q(ends_on__gt=F("starts_on"))),
            models.UniqueConstraint(fields=["inspector", "number"], name="term_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.inspector_id} {self.number}"


class Training(models.Model):
    """Training attended (培训记录)."""

    inspector = models.ForeignKey(Inspector, on_delete=models.CASCADE, related_name="trainings")
    on = models.DateField(_("日期"))
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1)
    title = models.CharField(_("培训内容"), max_length=120)

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return self.title


class WorkKind(models.TextChoices):
    """What an inspector has written; the four part roles of an inspector (宣讲员、观察员、督导员、研究员), product.md module 1."""

    STUDY = "STUDY", _("调研报告")
    REPORT = "REPORT", _("督导报告")
    BRIEFING = "BRIEFING", _("宣讲材料")
    PAPER = "PAPER", _("论文、案例")


class Work(models.Model):
    """A report or study of an inspector (履职成果), kept as the file it was handed in as."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspector = models.ForeignKey(Inspector, on_delete=models.CASCADE, related_name="works")
    kind = models.CharField(_("类型"), max_length=10, choices=WorkKind)
    on = models.DateField(_("完成日期"))
    title = models.CharField(_("题目"), max_length=120)
    file = models.FileField(upload_to="works/%Y/", editable=False)
    file_name = models.CharField(max_length=200, editable=False)
    size = models.PositiveIntegerField(editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return self.title


class Tie(models.Model):
    """A tie to a unit that calls for avoidance (回避): the inspector does not inspect it."""

    inspector = models.ForeignKey(Inspector, on_delete=models.CASCADE, related_name="ties")
    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="ties")
    reason = models.CharField(_("回避原因"), max_length=120)

    class Meta:
        ordering = ["unit__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["inspector", "unit"], name="tie_once")]

    def __str__(self) -> str:
        return f"{self.inspector_id} – {self.unit_id}"


class ZoneQuerySet(models.QuerySet["Zone"]):
    def visible_to(self, user: Anyone, capability: str = "zone.view") -> Self:
        return self.filter(access.scope(user, capability))

    def in_force(self, on: date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Zone(models.Model):
    """A responsibility zone (督学责任区): a group of schools, generally at most twenty (教督〔2012〕7号)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="zones")
    name = models.CharField(_("责任区名称"), max_length=60)
    lead = models.ForeignKey(
        Inspector, null=True, blank=True, on_delete=models.PROTECT, related_name="zones_led"
    )
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"), null=True, blank=True)

    objects: ClassVar[models.Manager["Zone"]] = ZoneQuerySet.as_manager()

    class Meta:
        ordering = ["region__path", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A unit's place in a zone between two dates: the arrangement of any day can be read again."""

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="places")
    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="zone_places")
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="place_dates_in_order",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(ends_on__isnull=True), name="unit_in_one_zone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.zone_id}"


class PrintingQuerySet(models.QuerySet["Printing"]):
    def visible_to(self, user: Anyone) -> Self:
        """One's own."""
        return self.filter(user_id=user.pk) if user.pk else self.none()


class Printing(Order):
    """An order of many notice boards in one file (批量制牌)."""

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="printings")
    paper = models.CharField(_("纸张"), max_length=2)
    units = models.JSONField(default=list)
    file = models.FileField(upload_to="boards/%Y/%m/", blank=True, editable=False)

    objects: ClassVar[models.Manager["Printing"]] = PrintingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.paper} × {self.total}"


class Sex(models.TextChoices):
    """As the identity card says (性别)."""

    FEMALE = "FEMALE", _("女")
    MALE = "MALE", _("男")


class Degree(models.TextChoices):
    """Highest education (学历)."""

    COLLEGE = "COLLEGE", _("专科")
    BACHELOR = "BACHELOR", _("本科")
    MASTER = "MASTER", _("硕士研究生")
    DOCTOR = "DOCTOR", _("博士研究生")


class PutForwardBy(models.TextChoices):
    """Who puts a person forward (推荐方式)."""

    UNIT = "UNIT", _("单位推荐")
    SELF = "SELF", _("个人自荐")


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: Anyone, capability: str = "inspector.view") -> Self:
        return self.filter(access.scope(user, capability))


class Application(models.Model):
    """A person put forward to be appointed inspector (督学聘任申请).

    `inspector` is who is to be appointed again; for a new one it stands empty until the appointment. Both days of the
    publicity (公示) are included.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="applications")
    inspector = models.ForeignKey(
        Inspector, null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    put_forward_by = models.CharField(_("推荐方式"), max_length=8, choices=PutForwardBy)
    recommender = models.CharField(_("推荐单位"), max_length=100, blank=True)
    name = models.CharField(_("姓名"), max_length=60)
    sex = models.CharField(_("性别"), max_length=8, choices=Sex)
    birth_year = models.PositiveSmallIntegerField(_("出生年份"))
    degree = models.CharField(_("学历"), max_length=10, choices=Degree)
    years_in_education = models.PositiveSmallIntegerField(_("从事教育工作年数"))
    employer = models.CharField(_("现工作单位"), max_length=100)
    post = models.CharField(_("现任职务"), max_length=60)
    subjects = models.CharField(_("学科专长"), max_length=100, blank=True)
    level = models.CharField(_("拟聘级别"), max_length=10, choices=AppointedBy)
    engagement = models.CharField(_("专兼职"), max_length=10, choices=Engagement)
    statement = models.TextField(_("推荐或自荐理由"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SUBMITTED, editable=False)
    recorded_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, related_name="applications_recorded"
    )
    recorded_at = models.DateTimeField(_("登记时间"), default=clock.now, editable=False)
    reviewed_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    reviewed_at = models.DateTimeField(null=True, editable=False)
    public_from = models.DateField(_("公示开始"), null=True, editable=False)
    public_until = models.DateField(_("公示结束"), null=True, editable=False)
    contact = models.CharField(_("受理异议电话"), max_length=40, blank=True, editable=False)
    term = models.OneToOneField(Term, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    objects: ClassVar[models.Manager["Application"]] = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="application_public_between_days",
                condition=Q(public_from__isnull=True, public_until__isnull=True)
                | Q(public_until__gt=F("public_from")),
            ),
            models.CheckConstraint(
                name="application_term_iff_appointed",
                condition=Q(state=State.APPOINTED, term__isnull=False)
                | (~Q(state=State.APPOINTED) & Q(term__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConditionCheck(models.Model):
    """One condition of office (任职条件) as the reviewer found it. `wording` is what the list of conditions said then."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="checks")
    key = models.CharField(max_length=40)
    wording = models.CharField(max_length=80)
    is_met = models.BooleanField(_("是否符合"))
    remark = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="condition_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.key}"


class Objection(models.Model):
    """An objection (异议) received during the publicity. Who raised it is not kept here."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="objections")
    received_on = models.DateField(_("收到日期"))
    text = models.TextField(_("异议内容"))
    recorded_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    is_upheld = models.BooleanField(_("异议是否成立"), null=True, editable=False)
    outcome = models.TextField(_("核实情况"), blank=True, editable=False)
    decided_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["received_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="objection_decided_iff_outcome",
                condition=Q(is_upheld__isnull=True, decided_at__isnull=True)
                | Q(is_upheld__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.received_on}"
