"""The life of a routine visit as the server sees it (domain §2.9, the part from SUBMITTED on)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitState(models.TextChoices):
    RECEIVING = "RECEIVING", _("接收中")  # the sheet is here, photos are still coming
    FILED = "FILED", _("已归档")  # everything is here; report and problem list are issued


class Flag(models.TextChoices):
    """What the office should know about a record. Nothing is refused for it."""

    NOT_ASSIGNED = "not-assigned", _("督导时已不是该校责任督学")
    CLOCK = "clock", _("手机时钟有误，时间已按服务器校正")
    SHEET = "sheet", _("检查表有缺项或不合规的回答")
    FILE_TYPE = "file-type", _("有文件的内容与声明的类型不符")
    SIGNATURE = "signature", _("设备签名不符，内容可能在上报前被改动")
    NO_PLACE = "no-place", _("未取得定位")
    ALONE = "alone", _("牵头督学没有上报，由同行督学的记录归档")
