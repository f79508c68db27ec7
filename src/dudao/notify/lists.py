"""The inbox as a list."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.notify import services
from dudao.notify.models import Message
from dudao.ui.lists import Action, Column, Empty, Listing, Switch, declare
from dudao.ui.lists.filters import Rows


def _rows(user: Any) -> Rows:
    return Message.objects.filter(recipient=user)


def _prepare(rows: Sequence[Any]) -> None:
    """Each message in the reader's words."""
    for message in rows:
        kind = services.kind_of(message)
        message.title, message.body = str(kind.title), str(kind.body) % message.params


MESSAGES = declare(
    Listing(
        name="messages",
        title=_("消息"),
        url_name="notify:list",
        rows=_rows,
        prepare=_prepare,
        sort="-sent",
        columns=(
            Column(
                "title",
                _("消息"),
                "title",
                "notify/_cells.html#message",
                sort="kind",
                width=30,
                css="wording",
            ),
            Column("body", _("内容"), "body", width=60, is_shown=False),
            Column("sent", _("时间"), "sent_at", sort="sent_at", css="text-nowrap"),
            Column("read", _("阅读时间"), "read_at", sort="read_at", css="text-nowrap", is_shown=False),
        ),
        filters=(Switch("unread", _("只看未读"), lambda rows: rows.filter(read_at__isnull=True)),),
        actions=(Action(_("标为已读"), "notify:read-chosen", "checks"),),
        counted=lambda n: ngettext("共 %(n)s 条消息", "共 %(n)s 条消息", n) % {"n": n},
        empty=Empty("bell", _("没有消息"), _("有需要您处理的事项时，这里会提醒您。")),
    )
)
