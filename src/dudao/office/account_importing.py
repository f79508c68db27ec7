"""Accounts brought in from an office's own list, each with one right of its area."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from dudao.imports.declared import Fault, Found, Importing, Ready, Values, declare
from dudao.imports.fields import Field, code, day, one_of, text
from dudao.imports.models import Import, Row
from dudao.imports.states import RowState
from dudao.kernel import clock
from dudao.kernel.told import told as _
from dudao.people import accounts, grants
from dudao.people.access import region_scope
from dudao.people.accounts import Wanted
from dudao.people.authority import Authority, Scope, Span, live_grants
from dudao.people.models import Grant, User
from dudao.people.reach import Reach
from dudao.people.roles import PLACES, Role
from dudao.places.models import Region, Unit

_PERSON = ("name", "phone", "title", "certificate_no")
_GRANT = ("role", "region", "unit", "starts_on", "ends_on")


def look_up_accounts(user: User, rows: Sequence[Values]) -> list[Found]:
    reach, authority = Reach(user, "grant.manage"), Authority(user)
    names = [row["username"] for row in rows if "username" in row]
    stored = {one.username: one for one in User.objects.filter(username__in=names)}
    codes = [row["unit"] for row in rows if row.get("unit")]
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes).select_related("region")}
    return [_found(row, stored.get(row.get("username", "")), reach, authority, units) for row in rows]


def _found(
    row: Values, account: User | None, reach: Reach, authority: Authority, units: dict[str, Unit]
) -> Found:
    if account is not None and not authority.may_keep(account):
        return Found(None, [Fault("username", _("该账号不在您的管辖范围内"), _("请换一个账号名"))])
    if account is not None and not account.is_active:
        return Found(None, [Fault("username", _("该账号已停用"), _("请先在账号页面启用"))])
    faults: list[Fault] = []
    scope = _scope(row, reach, units, faults) if row.get("role") else None
    if scope is not None and not faults:
        span = Span(_day(row, "starts_on") or clock.today(), _day(row, "ends_on"))
        if span.ends_on is not None and span.ends_on < max(span.starts_on, clock.today()):
            faults.append(Fault("ends_on", _("早于今天或起期"), _("请填写以后的日期，或不填")))
        to = account or User()
        if not authority.may_give(row["role"], scope, to=to, over=span):
            faults.append(Fault("role", _("您不能授予这个角色和范围"), _("请核对角色、地区、单位和起止日期")))
    if account is None and not row.get("role"):
        faults.append(Fault("role", _("没有填写"), _("新账号要同时授予一个角色")))
    return Found(_stored(account, row, scope) if account else None, faults)


def _scope(row: Values, reach: Reach, units: dict[str, Unit], faults: list[Fault]) -> Scope | None:
    """Where the row's role is to hold. Puts the region's code where its name stood."""
    places = PLACES[row["role"]]
    if row.get("unit"):
        unit = units.get(row["unit"])
        if unit is None:
            faults.append(Fault("unit", _("没有这个单位代码"), _("请核对单位代码")))
        elif "unit" not in places:
            faults.append(Fault("unit", _("这个角色按地区授权"), _("请填写地区，不填单位代码")))
        return Scope(unit=unit)
    if "assigned" in places:
        return Scope()
    if "unit" in places:
        faults.append(Fault("unit", _("没有填写"), _("请填写单位代码")))
        return None
    region, wrong, right = (
        reach.find(str(row["region"])) if row.get("region") else (reach.only, _("没有填写"), "")
    )
    if region is None:
        faults.append(Fault("region", wrong, right or _("请填写区县名称或区划代码")))
        return None
    if region.level not in places:
        faults.append(Fault("region", _("这个角色不能授予这一级"), ""))
    row["region"] = region.code
    return Scope(region=region)


def _stored(account: User, row: Values, scope: Scope | None) -> Values:
    """What is there already: the person, and the same right if it is held."""
    found: Values = {"username": account.username} | {key: getattr(account, key) for key in _PERSON}
    for grant in live_grants(account):
        if grant.role == row.get("role") and Scope.of(grant) == scope and grant.lent_from_id is None:
            return found | {key: row.get(key) for key in _GRANT}
    return found


def _day(row: Values, key: str) -> date | None:
    return date.fromisoformat(row[key]) if row.get(key) else None


def save_accounts(user: User, rows: Sequence[Ready]) -> None:
    """Open accounts and correct known ones, each with the right its row names."""
    names = [row.values["username"] for row in rows]
    stored = {one.username: one for one in User.objects.filter(username__in=names)}
    for row in rows:
        _save(row.values, stored.get(row.values["username"]), user)


def _save(values: Values, account: User | None, by: User) -> None:
    person: dict[str, Any] = {key: values[key] or "" for key in _PERSON if key in values}
    wanted = _wanted(values)
    if account is None:
        accounts.open_account(values["username"], first=wanted, by=by, **person)
        return
    accounts.change_account(account, by=by, **person)
    held = wanted and any(
        grant.role == wanted.role and Scope.of(grant) == wanted.scope and grant.lent_from_id is None
        for grant in live_grants(account)
    )
    if wanted is not None and not held:
        grants.give(account, wanted.role, wanted.scope, span=wanted.span, by=by)


def _wanted(values: Values) -> Wanted | None:
    if not values.get("role"):
        return None
    unit = Unit.objects.select_related("region").get(code=values["unit"]) if values.get("unit") else None
    has_region = unit is None and "assigned" not in PLACES[values["role"]]
    region = Region.objects.get(code=values["region"]) if has_region else None
    span = Span(_day(values, "starts_on") or clock.today(), _day(values, "ends_on"))
    return Wanted(Role(values["role"]), Scope(region, unit), span)


def units_without_account(user: User) -> list[dict[str, str]]:
    """A row for each unit in reach that nobody can sign in for yet: its code as the account, its liaison as the person."""
    held = Grant.objects.in_force(clock.today()).filter(role=Role.UNIT, unit__isnull=False)
    units = Unit.objects.filter(region_scope(user, "account.manage", path="region__path"), is_open=True)
    taken = set(User.objects.values_list("username", flat=True))
    return [
        {
            "name": unit.liaison_name or unit.head_name or unit.name,
            "username": unit.code,
            "title": unit.name,
            "role": str(Role.UNIT.label),
            "unit": unit.code,
        }
        for unit in units.exclude(pk__in=held.values("unit_id")).order_by("code")
        if unit.code not in taken
    ]


def opened_by(one: Import) -> list[str]:
    """The accounts an import has opened."""
    rows = Row.objects.filter(of=one, state=RowState.NEW).values_list("values__username", flat=True)
    return [name for name in rows if name]


ACCOUNTS = declare(
    Importing(
        name="accounts",
        title=gettext_lazy("账号"),
        capability="account.manage",
        identity="username",
        title_field="name",
        look_up=look_up_accounts,
        save=save_accounts,
        lacking=units_without_account,
        back="office:first-passwords",
        back_label=gettext_lazy("领取初始密码"),
        fields=(
            Field("name", gettext_lazy("姓名"), text(60), required=True, example="周敏"),
            Field("username", gettext_lazy("账号"), code(r"[0-9A-Za-z._@-]{3,60}", "13800001234"), required=True, width=20,
                  also=("登录名", "用户名"), help=gettext_lazy("3 位以上的字母、数字，例如手机号"), example="13800001234"),
            Field("phone", gettext_lazy("电话"), code(r"[0-9+()-]{7,20}", "13800001234"), also=("手机", "联系电话"), width=16),
            Field("title", gettext_lazy("职务"), text(60), width=24, example="天元区泰山学校校长"),
            Field("certificate_no", gettext_lazy("督学证号"), text(40), width=18),
            Field("role", gettext_lazy("角色"), one_of(lambda: Role.choices), choices=lambda: Role.choices, width=20,
                  help=gettext_lazy("新账号必填。"), example="被督导单位"),
            Field("region", gettext_lazy("管辖地区"), text(60), also=("区县", "所属区县"),
                  help=gettext_lazy("督导办、审计角色填写区县名称或区划代码。")),
            Field("unit", gettext_lazy("单位代码"), code(r"[0-9A-Za-z-]{4,20}", "2143000123"), also=("学校代码", "学校标识码"),
                  help=gettext_lazy("学校等被督导单位填写。"), example="2143000123"),
            Field("starts_on", gettext_lazy("起"), day, also=("授权开始",), help=gettext_lazy("不填为今天。")),
            Field("ends_on", gettext_lazy("止"), day, also=("授权结束",), help=gettext_lazy("不填为长期有效，每年复核。")),
        ),
        notes=(gettext_lazy("导入后到“领取初始密码”下载一次性密码，只能下载一次。"),),
    )
)  # fmt: skip
