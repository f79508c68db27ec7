"""A county's list of inspectors: accounts, registry, terms and schools from one sheet."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from dudao.imports.declared import Fault, Found, Importing, Ready, Values, declare
from dudao.imports.fields import Field, Wrong, as_text, code, day, one_of, text
from dudao.inspectors import services
from dudao.inspectors.models import AppointedBy, Engagement, Inspector
from dudao.kernel import clock
from dudao.kernel.sheets import Value
from dudao.kernel.told import told as _
from dudao.people.models import Assignment, User
from dudao.people.reach import Reach
from dudao.places.models import Unit

_FACTS = ("engagement", "level", "employer", "subjects", "public_phone")
_PERSONAL = ("name", "phone", "certificate_no")


def codes(cell: Value) -> list[str]:
    """Several unit codes in one cell, however they are set apart."""
    found = [part for part in re.split(r"[、,，;；\s]+", as_text(cell)) if part]
    if len(found) > 40 or any(len(part) > 20 for part in found):
        raise Wrong(_("不是单位代码"), _("用顿号分开，例如 2143000123、2143000124"))
    return sorted(set(found))


def look_up(user: User, rows: Sequence[Values]) -> list[Found]:
    reach = Reach(user, "inspector.manage")
    names = [row["username"] for row in rows if "username" in row]
    people = {one.username: one for one in User.objects.filter(username__in=names)}
    known = {
        one.user.username: one
        for one in Inspector.objects.filter(user__username__in=names).select_related("user", "region")
    }
    wanted = {unit for row in rows for unit in row.get("schools") or []}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=wanted).select_related("region")}
    return [_found(row, reach, people, known, units) for row in rows]


def _found(
    row: Values, reach: Reach, people: dict[str, User], known: dict[str, Inspector], units: dict[str, Unit]
) -> Found:
    one = known.get(row.get("username", ""))
    account = people.get(row.get("username", ""))
    if one is None and account is not None:
        wrong = _("账号已被%(name)s使用") % {"name": account.name}
        return Found(
            None, [Fault("username", wrong, _("请换一个账号；确是同一人的，请在“登记督学”页面逐个登记"))]
        )
    if one is not None and not reach.covers(one.region):
        return Found(None, [Fault("username", _("该账号是其他地区的督学"), _("请核对账号"))])
    faults = [
        Fault("schools", _("没有单位 %(code)s，或不在您的管辖范围内") % {"code": unit}, _("请先导入学校"))
        for unit in row.get("schools") or []
        if unit not in units or not reach.covers(units[unit].region)
    ]
    region = row.get("region")
    if region:
        found, unknown, right = reach.find(str(region))
        if found is None:
            faults.append(Fault("region", unknown, right))
        else:
            row["region"] = found.code
    elif one is None and reach.only is None:
        faults.append(Fault("region", _("没有填写"), _("请填写聘任机构所在的区县")))
    elif one is None and reach.only is not None:
        row["region"] = reach.only.code
    return Found(_stored(one) if one else None, faults)


def _stored(one: Inspector) -> Values:
    term = one.terms.first()
    running = Assignment.objects.in_force(clock.today()).filter(inspector=one.user)
    facts = {key: getattr(one, key) for key in _FACTS} | {key: getattr(one.user, key) for key in _PERSONAL}
    return facts | {
        "username": one.user.username,
        "region": one.region.code,
        "term_from": term.starts_on.isoformat() if term else None,
        "schools": sorted(running.values_list("unit__code", flat=True)),
    }


def save(user: User, rows: Sequence[Ready]) -> None:
    for row in rows:
        one = _registered(row, user)
        values = row.values
        if values.get("term_from"):
            starts = date.fromisoformat(values["term_from"])
            if not one.terms.filter(starts_on=starts).exists():
                services.add_term(one, starts_on=starts, by=user)
        if "schools" in values:
            units = Unit.objects.filter(code__in=values["schools"] or []).select_related("region")
            services.assign(units, one.user, on=clock.today(), by=user)


def _registered(row: Ready, by: User) -> Inspector:
    facts = {key: row.values[key] or "" for key in _FACTS if key in row.values}
    personal = {key: row.values[key] or "" for key in _PERSONAL if key in row.values}
    if not row.is_new:
        one = Inspector.objects.select_related("user", "region").get(user__username=row.values["username"])
        return services.change(one, by=by, **facts, **personal)
    account = User.objects.create_user(row.values["username"], None, **personal)
    region = next(one for one in Reach(by, "inspector.manage").regions if one.code == row.values["region"])
    return services.register(account, region, by=by, **facts)


def _words(choices: Any) -> Any:
    return lambda: choices


INSPECTORS = declare(
    Importing(
        name="inspectors",
        title=gettext_lazy("督学"),
        capability="inspector.manage",
        identity="username",
        title_field="name",
        look_up=look_up,
        save=save,
        back="inspectors:list",
        back_label=gettext_lazy("督学"),
        fields=(
            Field("username", gettext_lazy("账号"), code(r"[0-9A-Za-z._-]{3,60}", "13800001234"), required=True,
                  also=("手机号", "登录账号"), help=gettext_lazy("登录用，每人一个，可用手机号"), example="13800001234"),
            Field("name", gettext_lazy("姓名"), text(60), required=True, also=("督学姓名",), example="周敏"),
            Field("engagement", gettext_lazy("专兼职"), one_of(_words(Engagement.choices)), required=True,
                  choices=_words(Engagement.choices), also=("专职/兼职",), example="兼职督学"),
            Field("level", gettext_lazy("督学级别"), one_of(_words(AppointedBy.choices)), choices=_words(AppointedBy.choices),
                  help=gettext_lazy("不填为县督学。")),
            Field("region", gettext_lazy("聘任机构"), text(60), also=("区县", "所属区县"),
                  help=gettext_lazy("区县名称或区划代码；本级只有一个区县时可以不填。")),
            Field("certificate_no", gettext_lazy("督学证号"), text(40), width=18),
            Field("phone", gettext_lazy("手机"), code(r"[0-9+()-]{7,20}", "13800001234"), also=("联系电话",)),
            Field("public_phone", gettext_lazy("公示电话"), code(r"[0-9+()-]{7,20}", "0731-28680001")),
            Field("employer", gettext_lazy("工作单位"), text(100), width=24),
            Field("subjects", gettext_lazy("学科专长"), text(100)),
            Field("term_from", gettext_lazy("聘期开始"), day, also=("聘任日期",), example="2026-09-01"),
            Field("schools", gettext_lazy("责任学校代码"), codes, width=40,
                  help=gettext_lazy("多所学校用顿号分开；填写后由其接替原责任督学"), example="2143000123、2143000124"),
        ),
        notes=(gettext_lazy("新督学会自动建立账号；初始密码在“账号与授权”页面设置。"),),
    )
)  # fmt: skip
