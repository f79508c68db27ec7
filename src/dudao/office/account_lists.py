"""The list of grants nobody has looked at for a year."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.people.grants import due_for_review
from dudao.people.models import Grant
from dudao.people.roles import Role
from dudao.ui.lists import Action, Choice, Column, Empty, Listing, Search, declare


def _place(grant: Any) -> str:
    place = grant.region or grant.unit
    return place.name if place else _now("本人责任学校")


GRANTS_DUE = declare(
    Listing(
        name="grants-due",
        title=_("授权年度复核"),
        url_name="office:grants-due",
        rows=lambda user: due_for_review(user) if user.pk else Grant.objects.none(),
        sort="confirmed",
        columns=(
            Column("name", _("姓名"), "user.name", "office/_account_cells.html#name", sort="user__name"),
            Column("username", _("账号"), "user.username", sort="user__username", css="text-secondary"),
            Column("role", _("角色"), "get_role_display", sort="role"),
            Column("place", _("范围"), _place, width=30),
            Column("starts", _("起"), "starts_on", sort="starts_on"),
            Column("ends", _("止"), "ends_on", sort="ends_on"),
            Column("confirmed", _("上次复核"), "reviewed_on", sort="confirmed_on"),
        ),
        filters=(
            Search(
                "q",
                _("姓名、拼音首字母或账号"),
                ("user__name__holds", "user__initials__holds", "user__username__holds"),
            ),
            Choice("role", _("角色"), _("全部角色"), lambda user: Role.choices),
        ),
        actions=(
            Action(_("继续保留"), "office:grants-keep", "check"),
            Action(_("今天收回"), "office:grants-end", "user-x"),
        ),
        counted=lambda n: ngettext("%(n)s 项授权", "%(n)s 项授权", n) % {"n": n},
        empty=Empty("checks", _("没有待复核的授权"), _("授权满一年，会列在这里请您确认是否仍然需要。")),
        page_size=50,
    )
)
