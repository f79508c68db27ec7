"""What the room tells people: boards made, and each step of an appointment to the office people concerned."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.inspectors.models import Application, Printing
from dudao.kernel import clock
from dudao.notify import services as notify
from dudao.people.models import Grant, User
from dudao.people.roles import RIGHTS
from dudao.places.models import Region
from dudao.rules.queries import paths_above

STEPS = {
    "application.submit": (_("督学聘任申请待审核"), _("%(region)s：%(name)s。审核人须是登记人以外的人。")),
    "application.pass": (_("督学聘任申请审核通过，待公示"), _("%(region)s：%(name)s")),
    "application.refuse": (_("督学聘任申请审核未通过"), _("%(region)s：%(name)s")),
    "application.publish": (_("拟聘督学开始公示"), _("%(region)s：%(name)s，公示到 %(until)s。")),
    "application.objection": (
        _("拟聘督学收到异议"),
        _("%(region)s：%(name)s。核实并登记处理结果后才能聘任。"),
    ),
    "application.over": (
        _("拟聘督学公示期满"),
        _("%(region)s：%(name)s，公示已于 %(until)s 结束，可以聘任。"),
    ),
    "application.appoint": (_("督学已聘任"), _("%(region)s：%(name)s")),
    "application.stop": (_("督学聘任已终止"), _("%(region)s：%(name)s")),
    "application.withdraw": (_("督学聘任申请已撤回"), _("%(region)s：%(name)s")),
}


def register() -> None:
    notify.register(
        "board.made", _("公示牌已生成"), _("%(pages)s 块公示牌可以下载；%(left_out)s 所学校未生成。")
    )
    for kind, (title, body) in STEPS.items():
        notify.register(kind, title, body)


def tell_made(printing: Printing) -> None:
    notify.send_once(
        "board.made",
        key=f"board.made:{printing.pk}",
        to=[printing.user],
        url=reverse("inspectors:printing", args=[printing.pk]),
        params={"pages": printing.pages, "left_out": len(printing.left_out)},
    )


def tell_step(kind: str, one: Application, *, by: User | None) -> int:
    """Tell the office of a step, but not who took it. Several objections are told one by one."""
    nth = one.objections.count() if kind == "application.objection" else 0
    return notify.send_once(
        kind,
        key=f"{kind}:{one.pk}:{nth}",
        to=_office_people(one.region, besides=by),
        url=reverse("inspectors:application", args=[one.pk]),
        params={"region": one.region.name, "name": one.name, "until": str(one.public_until or "")},
    )


def _office_people(region: Region, *, besides: User | None) -> list[User]:
    """Those who keep the registry of `region`; where nobody else does there, those of the nearest region above."""
    roles = [role for role, rights in RIGHTS.items() if "inspector.manage" in rights]
    grants = Grant.objects.in_force(clock.today()).filter(role__in=roles)
    for path in reversed(paths_above(region)):
        people = _holders(grants.filter(region__path=path), besides)
        if people:
            return people
    return []


def _holders(grants: QuerySet[Grant], besides: User | None) -> list[User]:
    people = User.objects.filter(pk__in=grants.values("user_id"), is_active=True)
    return list(people.exclude(pk=besides.pk) if besides else people)
