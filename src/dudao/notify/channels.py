"""Speaking to mail servers, text gateways and the robots of chat groups. Nothing here touches the database."""

import logging
import re
from typing import Any, NamedTuple
from urllib.parse import quote

import apprise
import requests
from django.conf import settings
from django.utils.translation import gettext as _

from dudao.notify.models import Channel

TIMEOUT_SECONDS = 10


class Undelivered(Exception):
    """It was not accepted; trying again later does no harm. The text is for the administrator."""


class Group(NamedTuple):
    """How the robot of a chat application is spoken to; `address` is all that its owner can paste."""

    address: re.Pattern[str]
    payload: Any
    answer: str


GROUPS = {
    Channel.WECOM: Group(
        re.compile(r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=[\w-]{20,64}"),
        lambda text: {"msgtype": "text", "text": {"content": text}},
        "errcode",
    ),
    Channel.DINGTALK: Group(
        re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=[0-9a-f]{40,80}"),
        lambda text: {"msgtype": "text", "text": {"content": text}},
        "errcode",
    ),
    Channel.FEISHU: Group(
        re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/[\w-]{20,64}"),
        lambda text: {"msg_type": "text", "content": {"text": text}},
        "code",
    ),
}
"""Only these hosts are spoken to, whatever is pasted. All three answer 200 to what they refuse, with a number that
is not 0: the library's own robots take that for sent, so they are spoken to here."""


def is_open(channel: str) -> bool:
    """Whether the deployment can speak through this channel to a person."""
    return bool(_template(channel))


def to_person(channel: str, address: str, *, title: str, body: str) -> None:
    """A mail or a text message. Raises Undelivered."""
    template = _template(channel)
    if not template:
        raise Undelivered(_("部署方没有配置该渠道"))
    if not address:
        raise Undelivered(_("收件人没有填写地址"))
    url = template.replace("{to}", quote(address, safe=""))
    service = apprise.Apprise.instantiate(url)
    if service is None:
        raise Undelivered(_("渠道的配置有误"))
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
        is_sent = service.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT)
        fault = said.getvalue()
    if not is_sent:
        raise Undelivered(" ".join(fault.split()) or _("对方没有接收"))


def to_group(channel: str, address: str, text: str) -> None:
    """A line into a chat group. Raises Undelivered."""
    group = GROUPS[Channel(channel)]
    if not group.address.fullmatch(address):
        raise Undelivered(_("机器人地址已失效，请重新填写"))
    try:
        answer = requests.post(
            address, json=group.payload(text), timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
        told = answer.json() if answer.ok else {}
    except (requests.RequestException, ValueError) as error:
        raise Undelivered(type(error).__name__) from error
    if not answer.ok or told.get(group.answer) != 0:
        raise Undelivered(f"{answer.status_code} {told.get('errmsg') or told.get('msg') or ''}".strip())


def _template(channel: str) -> str:
    return {Channel.MAIL: settings.NOTIFY_MAIL, Channel.SMS: settings.NOTIFY_SMS}.get(Channel(channel), "")
