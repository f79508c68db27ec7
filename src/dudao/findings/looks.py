"""Words, colours, icons of the findings room, and the titles of its steps."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dudao.findings.models import Finding
from dudao.findings.states import Decision, Severity, State
from dudao.journal.queries import Step, timeline
from dudao.ui.looks import Look, register

STEPS = {
    "finding.record": _("现场发现并记录"),
    "finding.note": _("提醒学校，不需整改报告"),
    "finding.settle": _("当场整改"),
    "finding.issue": _("下发学校"),
    "finding.refer": _("转办有关部门"),
    "finding.answer": _("部门已办理"),
    "finding.receive": _("学校签收"),
    "finding.start": _("学校制定整改措施"),
    "finding.report": _("学校报告整改"),
    "finding.verify": _("核查通过"),
    "finding.return": _("核查退回"),
    "finding.sign_off": _("销号"),
    "finding.refuse": _("不予销号"),
    "finding.send_back": _("退回部门继续办理"),
    "finding.part": _("部分通过，其余继续整改"),
    "finding.hand": _("交给经办人"),
    "finding.extend": _("学校申请延期"),
    "finding.decide_extension": _("处理延期申请"),
    "finding.propose": _("学校提出分步整改计划"),
    "finding.decide_plan": _("处理分步整改计划"),
    "finding.step_report": _("报告分步节点"),
    "finding.step_verify": _("节点核查通过"),
    "finding.step_part": _("节点部分通过"),
    "finding.step_return": _("节点退回"),
    "finding.object": _("学校提出异议"),
    "finding.disown": _("学校认为责任主体不是本单位"),
    "finding.allow": _("允许逾期提出异议"),
    "finding.reject": _("异议不成立"),
    "finding.amend": _("异议部分成立，已更正"),
    "finding.uphold": _("异议成立，问题撤销"),
    "finding.reassign": _("改由其他单位整改"),
    "finding.inherit": _("随学校并入转交"),
    "finding.pause": _("暂停计时"),
    "finding.resume": _("恢复计时"),
    "finding.assign": _("指定核查人"),
    "finding.merge": _("与重复问题并案"),
    "finding.withdraw": _("撤销"),
    "finding.climb": _("逾期升级"),
    "finding.recount": _("按新的放假安排重算期限"),
    "finding.remind": _("督导室催办"),
    "finding.look_back": _("回头看：整改保持"),
    "finding.reopen": _("回头看：问题反弹，重新整改"),
    "finding.import": _("从原系统导入"),
}

CLIMBS = {1: _("已告知责任督学"), 2: _("已升级到县级督导室"), 3: _("已升级到市级督导机构")}
"""How far an overdue problem has climbed."""


def history(finding: Finding) -> list[Step]:
    """What happened to a problem, newest first; a decision with its outcome."""
    return [_with_outcome(step) for step in timeline(finding, STEPS)]


def _with_outcome(step: Step) -> Step:
    after = step.event.after
    if "decision" in after:
        what = Decision(after["decision"]).label
    elif step.event.kind == "finding.climb" and after.get("climbed") in CLIMBS:
        what = CLIMBS[after["climbed"]]
    else:
        return step
    told = {"label": step.title, "what": what}
    return step._replace(title=_now("%(label)s：%(what)s") % told)


def register_looks() -> None:
    register(
        "finding",
        {
            State.RECORDED: Look(State.RECORDED.label, "secondary", "file-plus"),
            State.REFERRED: Look(State.REFERRED.label, "indigo", "arrow-right"),
            State.NOTIFIED: Look(State.NOTIFIED.label, "orange", "mail"),
            State.RECEIVED: Look(State.RECEIVED.label, "azure", "user-check"),
            State.RECTIFYING: Look(State.RECTIFYING.label, "blue", "progress"),
            State.REPORTED: Look(State.REPORTED.label, "purple", "report-search"),
            State.RETURNED: Look(State.RETURNED.label, "red", "corner-up-left"),
            State.VERIFIED: Look(State.VERIFIED.label, "teal", "progress-check"),
            State.STRUCK_OFF: Look(State.STRUCK_OFF.label, "green", "circle-check"),
            State.OBJECTED: Look(State.OBJECTED.label, "yellow", "help-circle"),
            State.WITHDRAWN: Look(State.WITHDRAWN.label, "secondary", "archive"),
            State.MERGED: Look(State.MERGED.label, "secondary", "replace"),
            State.NOTED: Look(State.NOTED.label, "secondary", "message"),
        },
    )
    register(
        "severity",
        {
            Severity.MINOR: Look(Severity.MINOR.label, "secondary", "circle"),
            Severity.MAJOR: Look(Severity.MAJOR.label, "yellow", "circle-dot"),
            Severity.SERIOUS: Look(Severity.SERIOUS.label, "orange", "alert-circle"),
            Severity.CRITICAL: Look(Severity.CRITICAL.label, "red", "urgent"),
        },
    )
