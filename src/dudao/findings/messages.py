"""What the findings room tells people, following the journal."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.findings.models import Finding
from dudao.findings.states import Disposition, Severity
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.notify import services as notify
from dudao.people.models import Grant, User
from dudao.people.roles import RIGHTS

KINDS = {
    "finding.issue": (_("新问题待签收"), _("%(unit)s：%(wording)s。请在 %(receive_by)s 前签收。")),
    "finding.report": (_("整改报告待核查"), _("%(unit)s报告已整改：%(wording)s")),
    "finding.verify": (_("问题待销号"), _("%(unit)s的整改已通过核查：%(wording)s")),
    "finding.note": (_("督学提醒"), _("%(unit)s：%(wording)s。不需提交整改报告。")),
    "finding.answer": (_("转办已办理，待销号"), _("%(unit)s：%(wording)s")),
    "finding.settle": (_("当场整改，待销号"), _("%(unit)s：%(wording)s")),
    "finding.return": (_("整改被退回"), _("%(wording)s。原因：%(note)s")),
    "finding.refuse": (_("不予销号，请继续整改"), _("%(wording)s。原因：%(note)s")),
    "finding.sign_off": (_("问题已销号"), _("%(unit)s：%(wording)s")),
    "finding.record": (_("有问题须督导室处理"), _("%(unit)s：%(wording)s")),
    "finding.unreceived": (_("逾期未签收"), _("%(unit)s：%(wording)s。应在 %(receive_by)s 前签收。")),
    "finding.overdue": (_("整改已逾期"), _("%(unit)s：%(wording)s。整改期限 %(due_on)s。")),
}


def register() -> None:
    for kind, (title, body) in KINDS.items():
        notify.register(kind, title, body)


def follow(events: Sequence[Event]) -> None:
    """Tell those who must act next. The event's id is the key, so a second reading tells nobody twice."""
    told = [event for event in events if event.kind in KINDS]
    found = Finding.objects.select_related("unit__region", "inspector").in_bulk(
        [event.object_id for event in told]
    )
    by_id = {str(pk): finding for pk, finding in found.items()}
    for event in told:
        finding = by_id.get(event.object_id)
        if finding is not None and still_matters(event, finding):
            send(event.kind, finding, key=f"{event.kind}:{event.pk}", note=event.note, at=event.at)


def still_matters(event: Event, finding: Finding) -> bool:
    """Whether the problem is still where the event left it; if the world has moved on nobody need be told."""
    told = event.after.get("state", finding.state)  # recording grave problems is told whatever followed
    return bool(told == finding.state)


def send(kind: str, finding: Finding, *, key: str, note: str = "", at: datetime | None = None) -> int:
    return notify.send_once(
        kind,
        key=key,
        at=at,
        to=recipients(kind, finding),
        url=reverse("findings:show", args=[finding.pk]),
        params={
            "unit": finding.unit.name,
            "wording": finding.wording.rstrip("。"),  # the bodies end their sentences themselves
            "note": note,
            "due_on": str(finding.due_on or ""),
            "receive_by": str(finding.receive_by or ""),
        },
    )


def recipients(kind: str, finding: Finding) -> list[User]:
    if kind in ("finding.issue", "finding.return", "finding.refuse", "finding.sign_off", "finding.note"):
        return holders("finding.receive", finding)
    if kind == "finding.report":
        return [finding.inspector]
    if kind == "finding.record":
        grave = finding.severity in (Severity.SERIOUS, Severity.CRITICAL)
        waits = finding.disposition in (Disposition.SERIOUS, Disposition.COMPLEX, Disposition.DANGER)
        return holders("finding.issue", finding) if grave or waits else []
    if kind in ("finding.unreceived", "finding.overdue"):
        return [*holders("finding.receive", finding), finding.inspector, *holders("finding.issue", finding)]
    return holders("finding.sign_off", finding)


def holders(capability: str, finding: Finding) -> list[User]:
    """People whose grant of the unit itself, or of its own region, carries `capability`: not the offices above."""
    roles = [role for role, rights in RIGHTS.items() if capability in rights]
    grants = Grant.objects.in_force(clock.today()).filter(role__in=roles)
    near = grants.filter(unit=finding.unit) | grants.filter(region=finding.unit.region)
    return list(User.objects.filter(pk__in=near.values("user_id"), is_active=True))
