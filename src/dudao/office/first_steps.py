"""The first steps of an office and of an inspector: what is still missing, what it is good for, where it is done."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from dudao.inspections.models import Visit
from dudao.inspectors.models import Inspector, Zone
from dudao.kernel import clock
from dudao.people.models import Assignment, Device, Grant, User
from dudao.people.roles import Role
from dudao.places.models import Region, Unit
from dudao.plans.models import MonthPlan
from dudao.rules.models import Term, TermDates
from dudao.rules.queries import paths_above
from dudao.rules.terms import term_of


class Link(NamedTuple):
    label: str
    url: str


@dataclass(frozen=True)
class Step:
    """One thing that must be there before inspecting goes by itself."""

    label: str
    why: str
    is_done: bool
    links: tuple[Link, ...] = ()


def first_steps(user: User, region: Region | None) -> list[Step]:
    """The steps of `user`, an office of `region` or an inspector; none once all are done or they were put away."""
    if user.has_put_steps_away:
        return []
    steps: list[Step] = []
    if region is not None and user.can("unit.manage"):
        steps = _of_office(region)
    elif user.has_role(Role.INSPECTOR):
        steps = _of_inspector(user)
    elif user.has_role(Role.ADMINISTRATOR):
        steps = _of_administrator()
    return [] if all(step.is_done for step in steps) else steps


def _of_office(region: Region) -> list[Step]:
    done = _done(region)
    month = f"{clock.today():%Y-%m}"
    return [
        Step(
            _("督导机构"), _("全称和机关代字写进每份文书和它的文号。"), bool(region.office and region.office_mark),
            (Link(_("填写全称和代字"), reverse("office:region", args=[region.code])),),
        ),
        Step(
            _("学校"), _("计划、督导和问题都从学校名册开始。"), done["has_schools"],
            (Link(_("导入学校"), reverse("imports:start", args=["schools"])), Link(_("逐所新增"), reverse("office:unit-new"))),
        ),
        Step(
            _("督学"), _("登记后才能安排责任学校、印公示牌，在手机上督导。"), done["has_inspectors"],
            (Link(_("导入督学"), reverse("imports:start", args=["inspectors"])), Link(_("逐人登记"), reverse("inspectors:new"))),
        ),
        Step(
            _("责任区与责任督学"), _("每所学校由谁督导，决定谁在手机上看到它、谁出现在它的公示牌上。"),
            done["has_zones"] and done["has_assignments"],
            (Link(_("划分责任区"), reverse("inspectors:zones", args=[region.code])),),
        ),
        Step(
            _("本学年的学期"), _("开学、放假日期决定哪些月份要督导，学期计划按它编排。"), done["has_autumn"] and done["has_spring"],
            (Link(_("设定学期"), f"{reverse('office:terms')}?region={region.code}"),),
        ),
        Step(
            _("月度主题"), _("督导什么、用哪份量表；手机按它打开量表。"), done["has_themes"],
            (Link(_("设定本月主题"), reverse("plans:month", args=[region.code, month])),),
        ),
        Step(
            _("学校的账号"), _("学校用它签收问题、上报整改。"), done["has_accounts"],
            (Link(_("导入账号"), reverse("imports:start", args=["accounts"])), Link(_("新增账号"), reverse("office:account-new"))),
        ),
    ]  # fmt: skip


def _done(region: Region) -> dict[str, bool]:
    """Which of an office's steps are done within `region`, by one query; terms and themes may be set further up."""
    today = clock.today()
    inside = {"region__path__startswith": region.path}
    of_units = {"unit__region__path__startswith": region.path}
    above = {"region__path__in": paths_above(region)}
    terms = TermDates.objects.filter(year=term_of(today, region=region).year, **above)
    questions = {
        "has_schools": Unit.objects.filter(is_open=True, **inside),
        "has_inspectors": Inspector.objects.filter(left_on__isnull=True, **inside),
        "has_zones": Zone.objects.in_force(today).filter(**inside),
        "has_assignments": Assignment.objects.in_force(today).filter(**of_units),
        "has_autumn": terms.filter(term=Term.AUTUMN),
        "has_spring": terms.filter(term=Term.SPRING),
        "has_themes": MonthPlan.objects.filter(**above),
        "has_accounts": Grant.objects.in_force(today).filter(role=Role.UNIT, **of_units),
    }
    exist = {name: Exists(rows) for name, rows in questions.items()}
    found = Region.objects.filter(pk=region.pk).values_list(*exist.values()).get()
    return dict(zip(exist, found, strict=True))


def _of_inspector(user: User) -> list[Step]:
    on_the_phone = (Link(_("打开手机端"), reverse("field:app")),)
    return [
        Step(
            _("责任学校"), _("督导室在责任区页面把学校安排给您；安排后出现在本页和手机上。"),
            Assignment.objects.in_force(clock.today()).filter(inspector=user).exists(),
        ),
        Step(
            _("在手机上登录"), _("有网时登录并载入本月，进校后没有信号也能督导。"),
            Device.objects.filter(user=user, revoked_at=None).exists(), on_the_phone,
        ),
        Step(
            _("第一次督导"), _("提交后，报告和问题清单自动生成，问题送达学校。"),
            Visit.objects.filter(inspector=user).exists(), on_the_phone,
        ),
    ]  # fmt: skip


def _of_administrator() -> list[Step]:
    keepers = (Role.ADMINISTRATOR, Role.SECURITY, Role.AUDIT)
    return [
        Step(
            _("督导室负责人的账号"), _("他导入学校和督学，安排督导。账号建好后，由安全管理员授权。"),
            User.objects.exclude(grants__role__in=keepers).exists(), (Link(_("新增账号"), reverse("office:account-new")),),
        ),
        Step(
            _("授权"), _("安全管理员登录后，在工作台的“没有授权的账号”里给他角色和管辖地区。"),
            Grant.objects.exclude(role__in=keepers).exists(),
        ),
    ]  # fmt: skip
