"""What the findings room tells people, following the journal."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.findings.audience import Audience
from dudao.findings.models import Finding, LookBack
from dudao.findings.states import Disposition, Severity
from dudao.journal.models import Event
from dudao.notify import services as notify
from dudao.people.models import User

Who = Callable[[Audience, Finding], list[User]]


def _unit(around: Audience, finding: Finding) -> list[User]:
    return around.unit(finding)


def _verifiers(around: Audience, finding: Finding) -> list[User]:
    return around.verifiers(finding)


def _office(around: Audience, finding: Finding) -> list[User]:
    return around.office(finding)


def _signs(around: Audience, finding: Finding) -> list[User]:
    return around.office(finding, "finding.sign_off")


def _unit_and_verifiers(around: Audience, finding: Finding) -> list[User]:
    return list(dict.fromkeys([*around.unit(finding), *around.verifiers(finding)]))


def _verifiers_and_office(around: Audience, finding: Finding) -> list[User]:
    return list(dict.fromkeys([*around.verifiers(finding), *around.office(finding)]))


def _department(around: Audience, finding: Finding) -> list[User]:
    return around.department(finding)


def _department_and_office(around: Audience, finding: Finding) -> list[User]:
    return list(dict.fromkeys([*around.department(finding), *around.office(finding)]))


def _office_if_it_waits(around: Audience, finding: Finding) -> list[User]:
    grave = finding.severity in (Severity.SERIOUS, Severity.CRITICAL)
    waits = finding.disposition in (Disposition.SERIOUS, Disposition.COMPLEX, Disposition.DANGER)
    return around.office(finding) if grave or waits else []


def _handler(around: Audience, finding: Finding) -> list[User]:
    return [finding.handler] if finding.handler else []


def _in_charge(around: Audience, finding: Finding) -> list[User]:
    return [finding.in_charge] if finding.in_charge else []


def _where_it_climbed(around: Audience, finding: Finding) -> list[User]:
    """The inspector, then the office, then the office above; the unit each time."""
    steps = {1: around.verifiers, 2: around.office, 3: around.office_above}
    told = steps[finding.climbed](finding) if finding.climbed in steps else []
    return list(dict.fromkeys([*around.unit(finding), *told]))


class Told(NamedTuple):
    """One kind of message: its title and body, and who gets it."""

    title: object
    body: object
    who: Who


KINDS: dict[str, Told] = {
    "finding.issue": Told(_("新问题待签收"), _("%(unit)s：%(wording)s。请在 %(receive_by)s 前签收。"), _unit),
    "finding.note": Told(_("督学提醒"), _("%(unit)s：%(wording)s。不需提交整改报告。"), _unit),
    "finding.settle": Told(_("当场整改，待销号"), _("%(unit)s：%(wording)s"), _signs),
    "finding.record": Told(_("有问题须督导室处理"), _("%(unit)s：%(wording)s"), _office_if_it_waits),
    "finding.refer": Told(
        _("有问题转办，请办理"), _("%(unit)s：%(wording)s。请在 %(answer_by)s 前答复办理结果。"), _department
    ),
    "finding.answer": Told(_("转办已办理，待销号"), _("%(unit)s：%(wording)s"), _signs),
    "finding.send_back": Told(
        _("办理结果未通过，请继续办理"),
        _("%(wording)s。请在 %(answer_by)s 前答复。原因：%(note)s"),
        _department_and_office,
    ),
    "finding.hand": Told(_("负责人把问题交给您办理"), _("%(wording)s。整改期限 %(due_on)s。"), _handler),
    "finding.report": Told(_("整改报告待核查"), _("%(unit)s报告已整改：%(wording)s"), _verifiers),
    "finding.verify": Told(_("问题待销号"), _("%(unit)s的整改已通过核查：%(wording)s"), _signs),
    "finding.part": Told(_("整改部分通过，请继续"), _("%(wording)s。%(note)s"), _unit),
    "finding.return": Told(_("整改被退回"), _("%(wording)s。原因：%(note)s"), _unit),
    "finding.refuse": Told(_("不予销号，请继续整改"), _("%(wording)s。原因：%(note)s"), _unit),
    "finding.sign_off": Told(_("问题已销号"), _("%(unit)s：%(wording)s"), _unit),
    "finding.extend": Told(
        _("延期申请待处理"), _("%(unit)s：%(wording)s。理由：%(note)s"), _verifiers_and_office
    ),
    "finding.decide_extension": Told(
        _("延期申请已处理"), _("%(wording)s。现在的整改期限是 %(due_on)s。%(note)s"), _unit
    ),
    "finding.propose": Told(_("分步整改计划待处理"), _("%(unit)s：%(wording)s"), _office),
    "finding.decide_plan": Told(
        _("分步整改计划已处理"), _("%(wording)s。现在的整改期限是 %(due_on)s。%(note)s"), _unit
    ),
    "finding.step_report": Told(_("分步节点待核查"), _("%(unit)s：%(wording)s"), _verifiers),
    "finding.step_verify": Told(_("分步节点核查通过"), _("%(wording)s。%(note)s"), _unit),
    "finding.step_part": Told(_("分步节点部分通过"), _("%(wording)s。%(note)s"), _unit),
    "finding.step_return": Told(_("分步节点被退回"), _("%(wording)s。原因：%(note)s"), _unit),
    "finding.object": Told(_("学校提出异议，待处理"), _("%(unit)s：%(wording)s。%(note)s"), _office),
    "finding.disown": Told(
        _("学校认为责任主体不是本单位，待处理"), _("%(unit)s：%(wording)s。%(note)s"), _office
    ),
    "finding.allow": Told(_("可以逾期提出异议"), _("%(wording)s。%(note)s"), _unit),
    "finding.reject": Told(
        _("异议不成立，请继续整改"), _("%(wording)s。整改期限 %(due_on)s。理由：%(note)s"), _unit
    ),
    "finding.amend": Told(
        _("异议部分成立，问题已更正"),
        _("%(wording)s。整改期限 %(due_on)s。理由：%(note)s"),
        _unit_and_verifiers,
    ),
    "finding.uphold": Told(_("异议成立，问题已撤销"), _("%(wording)s。理由：%(note)s"), _unit_and_verifiers),
    "finding.reassign": Told(
        _("问题改由本单位整改，待签收"), _("%(unit)s：%(wording)s。请在 %(receive_by)s 前签收。"), _unit
    ),
    "finding.inherit": Told(
        _("合并前学校的问题转来，请接续办理"), _("%(unit)s：%(wording)s"), _unit_and_verifiers
    ),
    "finding.pause": Told(_("整改期限暂停计时"), _("%(wording)s。%(note)s"), _unit),
    "finding.resume": Told(_("整改期限恢复计时"), _("%(wording)s。整改期限 %(due_on)s。"), _unit),
    "finding.assign": Told(_("请您负责核查"), _("%(unit)s：%(wording)s"), _in_charge),
    "finding.merge": Told(_("重复的问题已并案"), _("%(unit)s：%(wording)s"), _unit),
    "finding.withdraw": Told(_("问题已撤销"), _("%(unit)s：%(wording)s。%(note)s"), _unit),
    "finding.remind": Told(_("督导室催办"), _("%(unit)s：%(wording)s。整改期限 %(due_on)s。%(note)s"), _unit),
    "finding.reopen": Told(
        _("回头看发现问题反弹，请重新整改"), _("%(wording)s。请在 %(receive_by)s 前签收。%(note)s"), _unit
    ),
    "finding.recount": Told(
        _("放假安排有变，期限已重算"), _("%(unit)s：%(wording)s。整改期限 %(due_on)s。"), _unit_and_verifiers
    ),
    "finding.climb": Told(
        _("逾期未整改，已升级"), _("%(unit)s：%(wording)s。整改期限 %(due_on)s。"), _where_it_climbed
    ),
    # sent by the day, not by an event
    "finding.due_soon": Told(_("整改快到期了"), _("%(wording)s。整改期限 %(due_on)s。"), _unit),
    "finding.due_today": Told(_("整改今天到期"), _("%(wording)s。请今天报告整改，或申请延期。"), _unit),
    "finding.overdue": Told(
        _("整改已逾期"), _("%(unit)s：%(wording)s。整改期限 %(due_on)s。"), _unit_and_verifiers
    ),
    "finding.still_overdue": Told(
        _("整改仍未完成，已逾期多日"), _("%(unit)s：%(wording)s。整改期限 %(due_on)s。"), _unit
    ),
    "finding.unreceived": Told(
        _("逾期未签收"),
        _("%(unit)s：%(wording)s。应在 %(receive_by)s 前签收。"),
        lambda around, finding: list(
            dict.fromkeys([*around.unit(finding), *around.verifiers(finding), *around.office(finding)])
        ),
    ),
    "finding.unanswered": Told(
        _("转办逾期未答复"),
        _("%(unit)s：%(wording)s。部门应在 %(answer_by)s 前答复。"),
        _department_and_office,
    ),
    "finding.step_due": Told(_("分步节点快到期了"), _("%(wording)s。%(note)s"), _unit),
}


def register() -> None:
    for kind, told in KINDS.items():
        notify.register(kind, told.title, told.body)  # type: ignore[arg-type]
    notify.register(
        "finding.no_heir",
        _("停办的学校还有未办结的问题"),
        _("%(unit)s有 %(count)s 个问题没有接续的单位，请逐个处理：改由其他单位整改、转办或撤销。"),
    )
    notify.register(
        "finding.look_back_due", _("回头看快到期了"), _("%(unit)s：%(wording)s。请在 %(due_on)s 前回访。")
    )
    notify.register(
        "finding.look_back_sent", _("请您回头看"), _("%(unit)s：%(wording)s。请在 %(due_on)s 前回访。")
    )
    notify.register(
        "finding.look_backs", _("请您回头看"), _("抽中 %(count)s 个已销号的问题，请在 %(due_on)s 前回访。")
    )


def follow(events: Sequence[Event]) -> None:
    """Tell those who must act next. The event's id is the key, so a second reading tells nobody twice."""
    told = [event for event in events if event.kind in KINDS]
    rows = Finding.objects.select_related("unit__region", "inspector", "handler", "in_charge")
    found = rows.in_bulk([event.object_id for event in told])
    by_id = {str(pk): finding for pk, finding in found.items()}
    around = Audience(list(found.values()))
    for event in events:
        if event.kind == "look_back.draw":
            _tell_goers(event)
        if event.kind == "look_back.send":
            _tell_sent(event)
    for event in told:
        finding = by_id.get(event.object_id)
        if finding is not None and still_matters(event, finding):
            send(
                event.kind,
                finding,
                key=f"{event.kind}:{event.pk}",
                around=around,
                note=event.note,
                at=event.at,
            )


def _tell_goers(event: Event) -> None:
    """Each who goes on look-backs of a draw, once for all of theirs."""
    rows = LookBack.objects.filter(draw=int(event.object_id), goes__is_active=True).select_related("goes")
    for _goer, theirs in groupby(rows.order_by("goes_id", "due_on"), key=lambda one: one.goes_id):
        own = list(theirs)
        assert own[0].goes is not None
        notify.send_once(
            "finding.look_backs", key=f"finding.look_backs:{event.pk}", to=[own[0].goes], at=event.at,
            url=reverse("findings:look-backs"), params={"count": len(own), "due_on": str(own[0].due_on)},
        )  # fmt: skip


def _tell_sent(event: Event) -> None:
    """Whoever was sent instead of another."""
    rows = LookBack.objects.filter(pk=int(event.object_id), result="", goes=event.after["to"])
    for back in rows.select_related("goes", "finding__unit"):
        assert back.goes is not None
        notify.send_once(
            "finding.look_back_sent", key=f"finding.look_back_sent:{event.pk}", to=[back.goes], at=event.at,
            url=reverse("findings:look-back", args=[back.pk]), params=params(back.finding) | {"due_on": str(back.due_on)},
        )  # fmt: skip


def still_matters(event: Event, finding: Finding) -> bool:
    """Whether the problem is still where the event left it; if the world has moved on nobody need be told."""
    told = event.after.get("state", finding.state)  # recording grave problems is told whatever followed
    return bool(told == finding.state) and event.unit_id == str(finding.unit_id)


def send(
    kind: str,
    finding: Finding,
    *,
    key: str,
    around: Audience,
    note: str = "",
    at: datetime | None = None,
) -> int:
    """Tell those whom this kind concerns, once."""
    to = KINDS[kind].who(around, finding)
    if not to:
        return 0
    url = reverse("findings:show", args=[finding.pk])
    return notify.send_once(kind, key=key, at=at, to=to, url=url, params=params(finding, note))


def params(finding: Finding, note: str = "") -> dict[str, Any]:
    return {
        "unit": finding.unit.name,
        "wording": finding.wording.rstrip("。"),  # the bodies end their sentences themselves
        "note": note,
        "due_on": str(finding.due_on or ""),
        "receive_by": str(finding.receive_by or ""),
        "answer_by": str(finding.answer_by or ""),
    }
