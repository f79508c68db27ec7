"""How a person is told outside the application; a mail address counts once its owner has answered from it."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Invalid
from dudao.kernel.ids import uuid7
from dudao.notify.models import Channel, Delivery, Preference
from dudao.people.models import User

SALT = "dudao.notify.mail"
DAYS_TO_CONFIRM = 2


def of(user: User) -> Preference:
    """The stored settings, or those of somebody who has set nothing."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


@transaction.atomic
def keep(user: User, *, mail: str, by_mail: bool, by_sms: bool) -> Preference:
    """Store a person's settings. A new address is written to and counts when it has answered."""
    if by_mail and not mail:
        raise Invalid(_("请填写邮箱。"), field="mail")
    if by_sms and not user.phone:
        raise Invalid(_("您的账号没有登记手机号，请先请督导室或管理员在账号中填写。"), field="by_sms")
    one, _made = Preference.objects.get_or_create(user=user)
    is_new = mail != one.mail
    one.mail, one.by_mail, one.by_sms = mail, by_mail, by_sms
    one.language = get_language() or settings.LANGUAGE_CODE
    if is_new:
        one.mail_confirmed_at = None
    one.save()
    journal.record("notify.keep", by=user, obj=one, label=user.name, after={"mail": by_mail, "sms": by_sms})
    if mail and not one.mail_confirmed_at:
        ask(one)
    return one


def ask(one: Preference) -> None:
    """Write to the new address. Asked again, it writes again."""
    token = signing.dumps([one.user_id, one.mail], salt=SALT)
    address = settings.PUBLIC_URL + reverse("notify:confirm-mail", args=[token])
    Delivery.objects.create(
        channel=Channel.MAIL,
        recipient=one.user,
        to=one.mail,
        key=f"confirm:{uuid7()}",
        title=_("督导：请确认您的邮箱"),
        body=_(
            "%(name)s：请在 %(days)s 日内登录后打开以下链接，确认用本邮箱接收督导平台的提醒。\n\n%(address)s"
        )
        % {"name": one.user.name, "days": DAYS_TO_CONFIRM, "address": address},
        is_urgent=True,
    )


@transaction.atomic
def confirm(user: User, token: str) -> Preference:
    """The owner of the address opened the link while signed in. Raises Invalid."""
    try:
        user_id, mail = signing.loads(token, salt=SALT, max_age=DAYS_TO_CONFIRM * 86400)
    except signing.BadSignature:
        raise Invalid(_("链接已过期或不完整，请在通知设置中重新发送确认邮件。")) from None
    one = Preference.objects.filter(user=user, mail=mail).first()
    if one is None or user_id != user.pk:
        raise Invalid(_("该链接不是发给您的，或邮箱后来又改过。请在通知设置中重新发送确认邮件。"))
    if one.mail_confirmed_at is None:
        one.mail_confirmed_at = clock.now()
        one.digested_until = clock.now()  # what came before is not news
        one.save(update_fields=["mail_confirmed_at", "digested_until"])
        journal.record("notify.confirm", by=user, obj=one, label=user.name)
    return one
