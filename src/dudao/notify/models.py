"""Messages to people inside the application, and what leaves it: mails, text messages, group robots."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dudao.kernel import clock
from dudao.people.access import Anyone, region_scope


class Message(models.Model):
    """A message (消息) to one person. `key` makes a second sending of the same thing harmless."""

    recipient = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="inbox")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(_("时间"), default=clock.now)
    read_at = models.DateTimeField(null=True)
    is_urgent = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True)  # an urgent one: when it was handed to the channels

    objects: ClassVar[models.Manager["Message"]] = models.Manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="message_once")]
        indexes = [
            models.Index(fields=["recipient", "read_at"], name="message_unread"),
            models.Index(
                fields=["sent_at"], condition=Q(is_urgent=True, left_at__isnull=True), name="message_to_leave"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Channel(models.TextChoices):
    """What carries a message out of the application (通知渠道)."""

    MAIL = "MAIL", _("电子邮件")
    SMS = "SMS", _("手机短信")
    WECOM = "WECOM", _("企业微信群")
    DINGTALK = "DINGTALK", _("钉钉群")
    FEISHU = "FEISHU", _("飞书群")


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def reached(self) -> Self:
        """People whom something reaches outside the application."""
        by_mail = Q(by_mail=True, mail_confirmed_at__isnull=False)
        return self.filter(by_mail | Q(by_sms=True), user__is_active=True)


class Preference(models.Model):
    """How one person wants to be told outside the application (通知设置). Without a row: not at all."""

    user = models.OneToOneField("people.User", on_delete=models.PROTECT, related_name="notified")
    mail = models.EmailField(_("邮箱"), blank=True)
    mail_confirmed_at = models.DateTimeField(null=True)
    by_mail = models.BooleanField(_("发送到邮箱"), default=False)
    by_sms = models.BooleanField(_("发送短信"), default=False)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    digested_on = models.DateField(null=True)
    digested_until = models.DateTimeField(default=clock.now)

    objects: ClassVar[models.Manager["Preference"]] = PreferenceQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.user_id)


class RobotQuerySet(models.QuerySet["Robot"]):
    def visible_to(self, user: Anyone) -> Self:
        """Those of the offices this person looks after; one that was taken out is seen no more."""
        return self.filter(region_scope(user, "region.manage", path="region__path")).exclude(address="")


class Robot(models.Model):
    """A robot in an office's chat group (群机器人). It says how much waits and that something is urgent, never what: a
    group has members this system does not know."""

    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="robots")
    channel = models.CharField(
        _("群所在应用"),
        max_length=10,
        choices=[(one.value, one.label) for one in (Channel.WECOM, Channel.DINGTALK, Channel.FEISHU)],
    )
    name = models.CharField(_("群名称"), max_length=60)
    address = models.TextField()  # sealed by `secrets.py`: whoever has it can write to the group
    is_on = models.BooleanField(_("启用"), default=True)
    set_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)
    digested_on = models.DateField(null=True)
    digested_until = models.DateTimeField(default=clock.now)

    objects: ClassVar[models.Manager["Robot"]] = RobotQuerySet.as_manager()

    class Meta:
        ordering = ["region__path", "name"]

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "WAITING", _("待发送")
    SENDING = "SENDING", _("发送中")
    SENT = "SENT", _("已发送")
    FAILED = "FAILED", _("未发出")
    UNKNOWN = "UNKNOWN", _("不知是否送达")
    DROPPED = "DROPPED", _("已由新的一封代替")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        return self.filter(state=State.WAITING, next_at__lte=now)


class Delivery(models.Model):
    """One thing that leaves the application for one person or one group, once. Its text is fixed when it is written."""

    channel = models.CharField(_("渠道"), max_length=10, choices=Channel)
    recipient = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    robot = models.ForeignKey(Robot, null=True, on_delete=models.PROTECT, related_name="deliveries")
    key = models.CharField(max_length=200)
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(blank=True)
    to = models.CharField(max_length=254, blank=True)  # the address of a mail that is not yet confirmed
    is_urgent = models.BooleanField(_("紧急"), default=False)
    is_digest = models.BooleanField(default=False)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    created_at = models.DateTimeField(_("时间"), default=clock.now)
    next_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(_("状态时间"), default=clock.now)
    fault = models.CharField(_("原因"), max_length=300, blank=True)

    objects: ClassVar[models.Manager["Delivery"]] = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="delivery_to_one",
                condition=Q(recipient__isnull=False, robot__isnull=True)
                | Q(recipient__isnull=True, robot__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["channel", "recipient", "key"],
                condition=Q(recipient__isnull=False),
                name="delivery_once_to_person",
            ),
            models.UniqueConstraint(
                fields=["robot", "key"], condition=Q(robot__isnull=False), name="delivery_once_to_group"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(state__in=["WAITING", "SENDING"]), name="delivery_due"
            )
        ]

    def __str__(self) -> str:
        return self.key
