"""The life of an import and of its rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a file stands."""

    CHECKING = "CHECKING", _("正在检查")
    CHECKED = "CHECKED", _("待确认")
    UNREADABLE = "UNREADABLE", _("无法读取")
    APPLYING = "APPLYING", _("正在导入")
    APPLIED = "APPLIED", _("已导入")
    DISCARDED = "DISCARDED", _("已放弃")


RUNNING = (State.CHECKING, State.APPLYING)


class RowState(models.TextChoices):
    """What a row would do."""

    WRONG = "WRONG", _("有误")
    DOUBTFUL = "DOUBTFUL", _("存疑")
    NEW = "NEW", _("新增")
    CHANGED = "CHANGED", _("修改")
    SAME = "SAME", _("无变化")


UNUSED = (RowState.WRONG, RowState.DOUBTFUL)
