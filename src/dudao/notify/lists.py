"""The inbox as a list, and what left the application."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.notify import services
from dudao.notify.models import Channel, Delivery, Message, State
from dudao.ui.lists import Action, Choice, Column, Empty, Listing, Switch, declare
from dudao.ui.lists.filters import Rows


def _rows(user: Any) -> Rows:
    return Message.objects.filter(recipient=user)


def _prepare(rows: Sequence[Any]) -> None:
    """Each message in the reader's words."""
    for message in rows:
        message.title, message.body = services.words_of(message)


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


def _deliveries(user: Any) -> Rows:
    return Delivery.objects.select_related("recipient", "robot")


def _named(rows: Sequence[Any]) -> None:
    for one in rows:
        one.to_whom = one.recipient.name if one.recipient else one.robot.name


DELIVERIES = declare(
    Listing(
        name="deliveries",
        title=_("对外发送"),
        url_name="notify:deliveries",
        rows=_deliveries,
        prepare=_named,
        sort="-created",
        columns=(
            Column("created", _("时间"), "created_at", sort="created_at", css="text-nowrap"),
            Column("channel", _("渠道"), "get_channel_display", sort="channel"),
            Column("to", _("收件人"), "to_whom"),
            Column("title", _("标题"), "title", width=40, css="wording"),
            Column("state", _("状态"), "get_state_display", "notify/_cells.html#delivery", sort="state"),
            Column("attempts", _("尝试次数"), "attempts", width=8, css="text-end", is_shown=False),
            Column("fault", _("原因"), "fault", width=40, css="wording"),
        ),
        filters=(
            Choice("channel", _("渠道"), _("全部渠道"), lambda user: Channel.choices),
            Choice("state", _("状态"), _("全部状态"), lambda user: State.choices),
        ),
        actions=(Action(_("再发一次"), "notify:again", "refresh", ("queue.manage",)),),
        counted=lambda n: ngettext("共 %(n)s 封", "共 %(n)s 封", n) % {"n": n},
        empty=Empty("mail", _("没有对外发送过"), _("有人在通知设置中选择邮箱或短信，或督导室接入群机器人后，这里逐封可查。")),
    )
)  # fmt: skip
