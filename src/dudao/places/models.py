"""Where inspection happens: regions as a tree by path, and the units inspected."""

from django.db import models
from django.db.models.functions import Upper
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
    is_functional = models.BooleanField(
        _("功能区"), default=False
    )  # 经开区、高新区: no code of the state's list

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class ReplacedCode(models.Model):
    """A code that is no longer in force, and what became of it: old papers and lists still carry it."""

    code = models.CharField(_("旧代码"), max_length=12, primary_key=True)
    name = models.CharField(_("旧名称"), max_length=60)
    became = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="former_codes")
    on = models.DateField(_("变更日期"))

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


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
    TRAINING = "TRAINING", _("校外培训机构")
    GOVERNMENT = "GOVERNMENT", _("人民政府")
    DEPARTMENT = "DEPARTMENT", _("政府部门")


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


NOT_SCHOOLS = (Kind.TRAINING, Kind.GOVERNMENT, Kind.DEPARTMENT)


class Ownership(models.TextChoices):
    """Who runs it (办学性质)."""

    PUBLIC = "PUBLIC", _("公办")
    PRIVATE = "PRIVATE", _("民办")


class Unit(models.Model):
    """An inspected unit (被督导单位): a school, a training institution or a government body.

    `region` is who inspects it: a city-run school belongs to the city although it stands in a district (`stands_in`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("单位代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    initials = models.CharField(max_length=100, editable=False)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind)
    ownership = models.CharField(_("性质"), max_length=10, choices=Ownership, default=Ownership.PUBLIC)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="units")
    stands_in = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="units_standing"
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    lng = models.FloatField(_("经度"), null=True, blank=True)
    pupils = models.PositiveIntegerField(_("学生数"), default=0)
    head_name = models.CharField(_("负责人"), max_length=40, blank=True)
    liaison_name = models.CharField(_("督导联络员"), max_length=40, blank=True)
    liaison_phone = models.CharField(_("联络电话"), max_length=20, blank=True)
    is_open = models.BooleanField(_("在办"), default=True)
    closed_on = models.DateField(_("停办日期"), null=True, blank=True)
    version = models.PositiveIntegerField(
        default=1, editable=False
    )  # rises with each change; who saw an old one is told

    class Meta:
        ordering = ["region__path", "name", "pk"]
        indexes = [
            models.Index(fields=["initials"], name="unit_by_initials"),
            models.Index(Upper("code"), name="unit_by_code_in_any_case"),
            models.Index(fields=["pupils"], name="unit_by_pupils"),
            models.Index(fields=["name"], name="unit_by_name"),
            models.Index(fields=["region", "kind"], name="unit_by_region_and_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                name="unit_closed_on_iff_closed",
                condition=models.Q(is_open=True, closed_on__isnull=True)
                | models.Q(is_open=False, closed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SubjectClass(models.TextChoices):
    """What a training institution teaches (培训类别)."""

    SUBJECT = "SUBJECT", _("学科类")
    NON_SUBJECT = "NON_SUBJECT", _("非学科类")


class Delivery(models.TextChoices):
    """How it teaches (培训形式)."""

    OFFLINE = "OFFLINE", _("线下")
    ONLINE = "ONLINE", _("线上")


class Standing(models.TextChoices):
    """What has become of it since 2021 (机构状态)."""

    OPERATING = "OPERATING", _("正常开办")
    CONVERTED = "CONVERTED", _("已转为非营利或非学科")
    CLOSED = "CLOSED", _("已压减注销")


class Institution(models.Model):
    """What only a training institution has (校外培训机构信息)."""

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.CASCADE, related_name="institution")
    subject_class = models.CharField(_("培训类别"), max_length=12, choices=SubjectClass)
    delivery = models.CharField(_("培训形式"), max_length=8, choices=Delivery, default=Delivery.OFFLINE)
    standing = models.CharField(_("机构状态"), max_length=10, choices=Standing, default=Standing.OPERATING)
    licence_no = models.CharField(_("办学许可证号"), max_length=40, blank=True)
    licence_until = models.DateField(_("许可证有效期至"), null=True, blank=True)
    fees = models.CharField(_("收费标准"), max_length=200, blank=True)
    opening_hours = models.CharField(_("培训时段"), max_length=200, blank=True)

    def __str__(self) -> str:
        return str(self.unit_id)


class UnitYear(models.Model):
    """A unit in one school year (学年概况), 1 September of `year` to 31 August after."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField(_("学年"))
    pupils = models.PositiveIntegerField(_("学生数"), default=0)
    classes = models.PositiveIntegerField(_("班级数"), default=0)
    teachers = models.PositiveIntegerField(_("专任教师数"), default=0)
    boarders = models.PositiveIntegerField(_("寄宿生数"), default=0)

    class Meta:
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="unit_year_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year}"


class TurnKind(models.TextChoices):
    """What happened to a unit as such (沿革)."""

    RENAMED = "RENAMED", _("更名")
    MERGED = "MERGED", _("并入")
    SPLIT = "SPLIT", _("分设")
    CLOSED = "CLOSED", _("停办")
    REOPENED = "REOPENED", _("恢复办学")
    MOVED = "MOVED", _("变更隶属")


class Turn(models.Model):
    """One turn in a unit's history (沿革): what it was called before, and which units it went into or came from."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="turns")
    kind = models.CharField(_("事项"), max_length=10, choices=TurnKind)
    on = models.DateField(_("日期"))
    before = models.CharField(_("变更前"), max_length=100)
    after = models.CharField(_("变更后"), max_length=100, blank=True)
    others = models.ManyToManyField(Unit, related_name="+")
    basis = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind} {self.on}"
