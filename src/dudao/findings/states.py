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
    OBJECTED = "OBJECTED", _("异议待定")
    VERIFIED = "VERIFIED", _("待销号")
    STRUCK_OFF = "STRUCK_OFF", _("已销号")
    NOTED = "NOTED", _("已提醒")
    WITHDRAWN = "WITHDRAWN", _("已撤销")
    MERGED = "MERGED", _("已并案")


CLOSED = (State.STRUCK_OFF, State.NOTED, State.WITHDRAWN, State.MERGED)
OPEN = tuple(state for state in State if state not in CLOSED)
AT_OFFICE = (State.RECORDED, State.REFERRED)
"""The unit has not been told."""
WITH_UNIT = (State.NOTIFIED, State.RECEIVED, State.RECTIFYING, State.RETURNED)
"""The unit must act."""
RUNNING = (State.RECEIVED, State.RECTIFYING, State.RETURNED)
"""The days to rectify run, unless they are paused."""


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


class PetitionKind(models.TextChoices):
    """What a unit may ask (申请); each is decided by somebody else, with reasons."""

    EXTENSION = "EXTENSION", _("延期申请")
    OBJECTION = "OBJECTION", _("异议")
    OWNER = "OWNER", _("责任主体异议")
    PLAN = "PLAN", _("分步整改计划")


class Decision(models.TextChoices):
    PENDING = "PENDING", _("待处理")
    GRANTED = "GRANTED", _("同意")
    PARTLY = "PARTLY", _("部分同意")
    REFUSED = "REFUSED", _("不同意")
    CLOSED = "CLOSED", _("已失效")


class Move(NamedTuple):
    """From which states, to which (None: the state stays), by whom, and what the button says."""

    sources: tuple[State, ...]
    target: State | None
    capability: str
    label: object


_ISSUE, _REPORT, _VERIFY, _SIGN = "finding.issue", "finding.report", "finding.verify", "finding.sign_off"
_BEFORE_REPORT = (State.RECEIVED, State.RECTIFYING)

MOVES = {
    # from the office to the unit, or to a department
    "issue": Move(AT_OFFICE, State.NOTIFIED, _ISSUE, _("审核下发")),
    "refer": Move((State.RECORDED, State.OBJECTED), State.REFERRED, _ISSUE, _("转办有关部门")),
    "answer": Move((State.REFERRED,), State.VERIFIED, "finding.answer", _("记录办理结果")),
    # the unit rectifies
    "receive": Move((State.NOTIFIED,), State.RECEIVED, "finding.receive", _("确认签收")),
    "start": Move(_BEFORE_REPORT, State.RECTIFYING, _REPORT, _("填写整改措施")),
    "report": Move(RUNNING, State.REPORTED, _REPORT, _("报告整改")),
    "write": Move(RUNNING, None, "finding.write", _("起草整改情况")),
    "hand": Move(RUNNING, None, _REPORT, _("交给经办人")),
    # the unit asks for something else
    "extend": Move(RUNNING, None, _REPORT, _("申请延期")),
    "propose": Move(_BEFORE_REPORT, None, _REPORT, _("提出分步整改计划")),
    "object": Move(_BEFORE_REPORT, State.OBJECTED, _REPORT, _("提出异议")),
    "disown": Move(_BEFORE_REPORT, State.OBJECTED, _REPORT, _("责任主体不是本单位")),
    # and somebody else decides
    "decide_extension": Move(RUNNING, None, _VERIFY, _("处理延期申请")),
    "decide_plan": Move(_BEFORE_REPORT, None, _ISSUE, _("处理分步整改计划")),
    "allow": Move(_BEFORE_REPORT, None, _ISSUE, _("允许逾期提出异议")),
    "reject": Move((State.OBJECTED,), State.RECTIFYING, _ISSUE, _("异议不成立，继续整改")),
    "amend": Move((State.OBJECTED,), State.RECEIVED, _ISSUE, _("异议部分成立，更正问题")),
    "uphold": Move((State.OBJECTED,), State.WITHDRAWN, _ISSUE, _("异议成立，撤销问题")),
    "reassign": Move((State.OBJECTED, State.RECORDED), State.NOTIFIED, _ISSUE, _("改由其他单位整改")),
    # what was done is judged, and a second person strikes off
    "verify": Move((State.REPORTED,), State.VERIFIED, _VERIFY, _("核查通过")),
    "part": Move((State.REPORTED,), State.RETURNED, _VERIFY, _("部分通过，其余继续整改")),
    "return": Move((State.REPORTED,), State.RETURNED, _VERIFY, _("退回整改")),
    "sign_off": Move((State.VERIFIED,), State.STRUCK_OFF, _SIGN, _("同意销号")),
    "refuse": Move((State.VERIFIED,), State.RETURNED, _SIGN, _("不予销号")),
    "send_back": Move((State.VERIFIED,), State.REFERRED, _SIGN, _("退回部门继续办理")),
    # what an office may do on the way
    "pause": Move(RUNNING, None, _ISSUE, _("暂停计时")),
    "resume": Move(RUNNING, None, _ISSUE, _("恢复计时")),
    "assign": Move(OPEN, None, _ISSUE, _("指定核查人")),
    "merge": Move(OPEN, State.MERGED, _ISSUE, _("与重复问题并案")),
    "withdraw": Move(tuple(one for one in OPEN if one != State.OBJECTED), State.WITHDRAWN, _ISSUE, _("撤销问题")),
    # it came back
    "reopen": Move((State.STRUCK_OFF,), State.NOTIFIED, _VERIFY, _("反弹，重新整改")),
}  # fmt: skip
"""Nothing is deleted: what should not have been raised is withdrawn, what was raised twice is merged (domain §12.3)."""
