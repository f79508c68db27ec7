"""From application to appointment of an inspector (督学聘任) as one table.

Interim Measures for Inspectors (《督学管理暂行办法》, 2016): 推荐 → 审核 → 公示 → 公布.
"""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an application stands."""

    SUBMITTED = "SUBMITTED", _("待审核")
    REVIEWED = "REVIEWED", _("待公示")
    REFUSED = "REFUSED", _("审核未通过")
    PUBLIC = "PUBLIC", _("公示中")
    APPOINTED = "APPOINTED", _("已聘任")
    STOPPED = "STOPPED", _("终止聘任")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


OPEN = (State.SUBMITTED, State.REVIEWED, State.PUBLIC)
"""Somebody must act."""


class Move(NamedTuple):
    """From which states, to which, and what the button says. Every move is the appointing office's."""

    sources: tuple[State, ...]
    target: State
    label: object


MOVES = {
    "pass": Move((State.SUBMITTED,), State.REVIEWED, _("审核通过")),
    "refuse": Move((State.SUBMITTED,), State.REFUSED, _("审核不通过")),
    "publish": Move((State.REVIEWED,), State.PUBLIC, _("开始公示")),
    "appoint": Move((State.PUBLIC,), State.APPOINTED, _("聘任并签发聘书")),
    "stop": Move((State.REVIEWED, State.PUBLIC), State.STOPPED, _("终止聘任")),
    "withdraw": Move(OPEN, State.WITHDRAWN, _("撤回申请")),
}
