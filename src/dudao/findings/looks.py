"""Words, colours, icons of the findings room, and the titles of its steps."""

from django.utils.translation import gettext_lazy as _

from dudao.findings.states import Severity, State
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
}


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
