"""The life of a problem (问题) from recorded to struck off (销号), as one table; domain §2.9, §12.3, §0.4."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    RECORDED = "RECORDED", _("待下发")
    REFERRED = "REFERRED", _("转办中")
    NOTIFIED = "NOTIFIED", _("待签收")
    RECEIVED = "RECEIVED", _("已签收")
    RECTIFYING = "RECTIFYING", _("整改中")
    REPORTED = "REPORTED", _("待核查")
    RETURNED = "RETURNED", _("退回再改")
    VERIFIED = "VERIFIED", _("待销号")
    STRUCK_OFF = "STRUCK_OFF", _("已销号")
    NOTED = "NOTED", _("已提醒")


CLOSED = (State.STRUCK_OFF, State.NOTED)
OPEN = tuple(state for state in State if state not in CLOSED)
AT_OFFICE = (State.RECORDED, State.REFERRED)
"""The unit has not been told."""
WITH_UNIT = (State.NOTIFIED, State.RECEIVED, State.RECTIFYING, State.RETURNED)
"""The unit must act."""


class Severity(models.TextChoices):
    MINOR = "MINOR", _("一般")
    MAJOR = "MAJOR", _("较重")
    SERIOUS = "SERIOUS", _("严重")
    CRITICAL = "CRITICAL", _("重大隐患")


class Disposition(models.TextChoices):
    """How a problem is handled (处置方式), chosen on the spot; domain §2.8."""

    NONE = "NONE", _("仅作提醒")
    SMALL = "SMALL", _("当场整改")
    ORDINARY = "ORDINARY", _("下发整改通知")
    SERIOUS = "SERIOUS", _("报督导室处理")
    COMPLEX = "COMPLEX", _("协商转办有关部门")
    DANGER = "DANGER", _("重大隐患，立即整改")


class Move(NamedTuple):
    """From which states, to which, by whom, and what the button says."""

    sources: tuple[State, ...]
    target: State
    capability: str
    label: object


MOVES = {
    "issue": Move(AT_OFFICE, State.NOTIFIED, "finding.issue", _("审核下发")),
    "refer": Move((State.RECORDED,), State.REFERRED, "finding.issue", _("转办有关部门")),
    "answer": Move((State.REFERRED,), State.VERIFIED, "finding.issue", _("记录办理结果")),
    "receive": Move((State.NOTIFIED,), State.RECEIVED, "finding.receive", _("确认签收")),
    "start": Move((State.RECEIVED,), State.RECTIFYING, "finding.report", _("填写整改措施")),
    "report": Move(
        (State.RECEIVED, State.RECTIFYING, State.RETURNED), State.REPORTED, "finding.report", _("报告整改")
    ),
    "verify": Move((State.REPORTED,), State.VERIFIED, "finding.verify", _("核查通过")),
    "return": Move((State.REPORTED,), State.RETURNED, "finding.verify", _("退回整改")),
    "sign_off": Move((State.VERIFIED,), State.STRUCK_OFF, "finding.sign_off", _("同意销号")),
    "refuse": Move((State.VERIFIED,), State.RETURNED, "finding.sign_off", _("不予销号")),
}
