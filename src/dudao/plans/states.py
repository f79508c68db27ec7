"""The life of an inspector's plan for a term (学期工作计划) as one table; domain §2.9, [S29]."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    DRAFT = "DRAFT", _("编写中")
    SUBMITTED = "SUBMITTED", _("待确认")
    RETURNED = "RETURNED", pgettext_lazy("state", "退回修改")
    CONFIRMED = "CONFIRMED", _("已确认")


WITH_INSPECTOR = (State.DRAFT, State.RETURNED)
"""The inspector must act."""


class Move(NamedTuple):
    """From which states, to which; `is_own` is the inspector's move, all others are the office's."""

    sources: tuple[State, ...]
    target: State
    label: object
    is_own: bool = False


MOVES = {
    "submit": Move(WITH_INSPECTOR, State.SUBMITTED, _("提交计划"), is_own=True),
    "confirm": Move((State.SUBMITTED,), State.CONFIRMED, _("确认计划")),
    "return": Move((State.SUBMITTED, State.CONFIRMED), State.RETURNED, _("退回修改")),
}
