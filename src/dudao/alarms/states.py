"""The life of an alarm, as one table; domain §2.4."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    RAISED = "RAISED", _("待知悉")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("处理中")
    CLOSED = "CLOSED", _("已处理")


class Move(NamedTuple):
    source: State
    target: State
    label: object


MOVES = {
    "acknowledge": Move(State.RAISED, State.ACKNOWLEDGED, _("已知悉，开始处理")),
    "close": Move(State.ACKNOWLEDGED, State.CLOSED, _("处理完毕")),
}
STEPS = {
    "alarm.raise": _("督学现场上报重大隐患"),
    "alarm.acknowledge": _("督导室已知悉"),
    "alarm.climb": _("超时无人知悉，上报上级督导机构"),
    "alarm.close": _("处理完毕"),
}
