"""The list of accounts."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.kernel import clock
from dudao.kernel.text import masked
from dudao.people.models import Grant
from dudao.people.phones import people_scope
from dudao.people.queries import accounts_visible_to, without_rights
from dudao.people.roles import Role
from dudao.ui.lists import Choice, Column, Empty, Listing, Search, declare
from dudao.ui.lists.filters import Rows

NO_ROLE = "none"


def _rows(user: Any) -> Rows:
    """Accounts within reach, each with whether `user` may see its number."""
    may_call = ExpressionWrapper(people_scope(user), output_field=BooleanField())
    return accounts_visible_to(user).annotate(may_call=may_call)


def _phone(account: Any) -> str:
    return account.phone if account.may_call else masked(account.phone)


def _with_live_grants(rows: Sequence[Any]) -> None:
    today = clock.today()
    for account in rows:
        account.live = [one for one in account.grants.all() if one.ends_on is None or one.ends_on >= today]


def _rights(account: Any) -> str:
    return _("；").join(f"{grant.get_role_display()} {_where(grant)}" for grant in account.live)


def _in_role(rows: Rows, role: str) -> Rows:
    if role == NO_ROLE:
        return without_rights(rows)
    return rows.filter(pk__in=Grant.objects.in_force(clock.today()).filter(role=role).values("user_id"))


def _where(grant: Grant) -> str:
    place = grant.region or grant.unit
    return place.name if place else _now("本人责任学校")


ACCOUNTS_LIST = declare(
    Listing(
        name="accounts",
        title=_("账号与授权"),
        url_name="people:accounts",
        rows=_rows,
        prepare=_with_live_grants,
        sort="created",
        columns=(
            Column("name", _("姓名"), "name", "people/_cells.html#name", sort="name"),
            Column("username", _("账号"), "username", sort="username", css="text-secondary"),
            Column("title", _("职务"), "title", sort="title", width=24),
            Column("phone", _("电话"), _phone, "people/_cells.html#phone", is_shown=False),
            Column("certificate", _("督学证号"), "certificate_no", sort="certificate_no", is_shown=False),
            Column("rights", _("授权"), _rights, "people/_cells.html#rights", width=40),
            Column("created", _("建立时间"), "created_at", sort="created_at", is_shown=False),
        ),
        filters=(
            Search("q", _("姓名、拼音首字母或账号"), ("name__holds", "initials__holds", "username__holds")),
            Choice("role", _("角色"), _("全部角色"), lambda user: [*Role.choices, (NO_ROLE, _("没有授权"))], _in_role),
            Choice("active", _("状态"), _("在用和停用"), lambda user: [("1", _("在用")), ("0", _("已停用"))],
                   lambda rows, value: rows.filter(is_active=value == "1")),
        ),
        counted=lambda n: ngettext("%(n)s 个账号", "%(n)s 个账号", n) % {"n": n},
        empty=Empty("users", _("还没有账号"), _("请新增账号，或用 Excel 导入。")),
        page_size=30,
    )
)  # fmt: skip
