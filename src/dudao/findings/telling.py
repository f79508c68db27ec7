"""What a person is told after a step: what happened, and what comes next."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.findings.models import Finding, LookBackResult, Milestone
from dudao.findings.states import MOVES, Decision, PetitionKind, State

NEXT = {
    State.RECORDED: gettext_lazy("督导室审核后下发学校"),
    State.REFERRED: gettext_lazy("部门在期限内办理并答复"),
    State.NOTIFIED: gettext_lazy("学校签收，整改期限从签收次日起算"),
    State.RECEIVED: gettext_lazy("学校填写整改措施，在期限内报告整改"),
    State.RECTIFYING: gettext_lazy("学校在期限内报告整改"),
    State.RETURNED: gettext_lazy("学校继续整改，再次报告"),
    State.REPORTED: gettext_lazy("督学核查"),
    State.OBJECTED: gettext_lazy("督导室处理异议"),
    State.VERIFIED: gettext_lazy("由另一人审核销号"),
}
"""Whose turn it is; what is closed waits for nobody."""

WAITING = {
    PetitionKind.EXTENSION: gettext_lazy("督导室或督学处理延期申请，处理前不算逾期"),
    PetitionKind.PLAN: gettext_lazy("督导室处理分步整改计划"),
}


def after_move(finding: Finding, name: str) -> str:
    """What a move did to `finding`, which is as it stands now."""
    told = [_("已完成：%(step)s。") % {"step": MOVES[name].label}]
    asked = finding.petitions.filter(decision=Decision.PENDING).order_by("-asked_at").first()
    if asked is not None and asked.kind == PetitionKind.PLAN and name == "propose":
        told.append(_("最后期限为 %(day)s。") % {"day": asked.steps[-1]["due_on"]})
    if finding.paused_on is not None and finding.state != State.OBJECTED:
        told.append(_("计时已暂停。"))
    elif (following := _next(finding, asked.kind if asked else "")) is not None:
        told.append(_("接下来：%(what)s。") % {"what": following})
    return _sentences(*told)


def _next(finding: Finding, asked: str) -> object:
    return WAITING.get(PetitionKind(asked)) if asked in WAITING else NEXT.get(State(finding.state))


def _sentences(*told: str) -> str:
    """One after the other, as the language sets them."""
    text = told[0]
    for one in told[1:]:
        text = _("%(before)s%(after)s") % {"before": text, "after": one}
    return text


def after_urging(finding: Finding) -> str:
    following = _("接下来：%(what)s。") % {"what": NEXT[State(finding.state)]}
    return _sentences(_("已催办，学校会收到消息。"), following)


def after_step(step: Milestone) -> str:
    """What became of a step of a plan that was reported or judged."""
    told = {
        "waiting": _("已报告“%(step)s”。接下来：督学核查。"),
        "part": _("“%(step)s”部分通过。接下来：学校继续整改，再次报告这个节点。"),
        "returned": _("“%(step)s”已退回。接下来：学校继续整改，再次报告这个节点。"),
        "passed": _("“%(step)s”核查通过。"),
    }[step.standing] % {"step": step.title}
    if step.standing != "passed":
        return told
    rest = [one for one in step.finding.milestones.all() if not one.passed]
    if not rest:
        return _sentences(told, _("各节点都已通过。接下来：学校报告整改。"))
    following = {"step": rest[0].title, "day": rest[0].due_on}
    return _sentences(told, _("接下来：%(step)s（%(day)s 前）。") % following)


def after_look(result: str) -> str:
    """What a second look found."""
    if result == LookBackResult.REBOUND:
        return _("已记录：问题反弹，已重新下发学校。接下来：%(what)s。") % {"what": NEXT[State.NOTIFIED]}
    return _("已记录：整改保持。这次回头看办结。")
