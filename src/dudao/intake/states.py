"""The life of an entry after it was acknowledged."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryState(models.TextChoices):
    RECEIVED = "received", _("已接收")  # acknowledged and durable, not yet turned into rows
    PROJECTED = "projected", _("已入库")
    QUARANTINED = "quarantined", _("待查")  # kept as it came, waits for a person
    CLOSED = "closed", _("已了结")  # a person has decided that no record comes of it; it is kept


class Standing(models.TextChoices):
    """What the signature of the phone says about an entry (设备签名)."""

    VERIFIED = "verified", _("签名有效")
    UNSIGNED = "unsigned", _("未签名")  # an old app, or a browser without keys
    BAD = "bad", _("签名不符")


class Fault(models.TextChoices):
    """What can be wrong with a stored file."""

    MISSING = "missing", _("文件丢失")
    CHANGED = "changed", _("内容已变化")


class HandoverState(models.TextChoices):
    """The life of a file that was brought to the office."""

    WAITING = "waiting", _("待确认")
    TAKEN = "taken", _("已读入")
    DISCARDED = "discarded", _("已放弃")


class Repairable(models.TextChoices):
    """What of an entry a clerk may choose again."""

    UNIT = "unit", _("学校")
    INSTRUMENT = "instrument", _("检查表")


class MediumState(models.TextChoices):
    """How far a video or recording has been made fit for pages."""

    WAITING = "waiting", _("等待处理")
    WORKING = "working", _("处理中")
    READY = "ready", _("可播放")
    BROKEN = "broken", _("不能播放")  # damaged, or no video at all; it can be downloaded as it is
