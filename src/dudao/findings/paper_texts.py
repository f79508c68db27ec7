"""How problems are told in each kind of document an office writes about them (domain §9.2)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from django.utils import timezone

from dudao.documents import layout
from dudao.documents.kinds import Kind
from dudao.documents.official import (
    Attachment,
    Block,
    Column,
    Figure,
    FigureGrid,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
)
from dudao.findings.documents import limit_text
from dudao.findings.forms import METHODS
from dudao.findings.models import Finding, PhotoKind, Report
from dudao.findings.states import CLOSED, OPEN, RUNNING, WITH_UNIT, State
from dudao.intake.covered import shown_outside
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.workdays import working_days_left
from dudao.rules.models import WordKind
from dudao.rules.queries import special_days, words

PHOTOS_EACH = 4

Found = Sequence[Finding]


def _names() -> dict[str, str]:
    return {word.key: word.zh for word in words(WordKind.CATEGORY)}


def _document(
    kind: Kind,
    title: str,
    blocks: Sequence[Block],
    *,
    form: Literal["document", "record"] = "document",
    **more: Any,
) -> OfficialDocument:
    today = clock.today()
    return OfficialDocument(
        kind=kind.value,
        title=title,
        issued_on=today,
        printed_on=today,
        blocks=tuple(blocks),
        shell=form,
        **more,
    )


def _problems(found: Found) -> Table:
    columns = (
        Column(title="序号", width=0.5, align="centre"),
        Column(title="问题", width=3.8),
        Column(title="整改要求", width=2.4),
        Column(title="整改期限", width=1.2, align="centre"),
    )
    rows = tuple(
        (
            str(index),
            f"{finding.wording}\n（{finding.number}，{finding.get_severity_display()}）"
            + (f"\n依据：{finding.basis}" if finding.basis else ""),
            finding.requirement or "按规定整改",
            layout.chinese_date(finding.due_on) if finding.due_on else limit_text(finding),
        )
        for index, finding in enumerate(found, start=1)
    )
    return Table(columns=columns, rows=rows)


def notice(found: Found) -> OfficialDocument:
    return _document(
        Kind.RECTIFY,
        f"关于{found[0].unit.name}\n有关问题的整改通知书",
        [_problems(found)],
        addressee=found[0].unit.name,
    )


def consultation(found: Found) -> OfficialDocument:
    names = _names()
    blocks: list[Block] = [
        Heading(
            text=f"{finding.wording.rstrip('。')}（{names.get(finding.category, finding.category)}，{finding.number}）。"
            f"{finding.requirement}",
            level=3,
        )
        for finding in found
    ]
    departments = {finding.department for finding in found}
    addressee = departments.pop() if len(departments) == 1 else ""
    return _document(
        Kind.CONSULTATION, f"关于协商解决{found[0].unit.name}\n有关问题的函", blocks, addressee=addressee
    )


def urging(found: Found) -> OfficialDocument:
    blocks: list[Block] = []
    today, special = clock.today(), special_days()
    for finding in found:
        blocks.append(Heading(text=f"{finding.wording.split(chr(10))[0].rstrip('。')}（{finding.number}）"))
        due = _deadline(finding)
        late = -working_days_left(today, due, special) if due else 0
        what = "应签收" if finding.state == State.NOTIFIED else "应整改到位"
        blocks.append(
            Paragraph(
                text=f"{layout.chinese_date(due)}前{what}，至今已逾期{late}个工作日。"
                if due
                else "尚未整改到位。"
            )
        )
        blocks.append(_history(finding))
        if finding.requirement:
            blocks.append(Paragraph(text=f"整改要求：{finding.requirement}"))
    return _document(
        Kind.URGING,
        f"关于督促{found[0].unit.name}\n整改有关问题的督办单",
        blocks,
        addressee=found[0].unit.name,
    )


def _deadline(finding: Finding) -> date | None:
    return finding.receive_by if finding.state == State.NOTIFIED else finding.due_on


HISTORY = {
    "finding.record": "现场发现",
    "finding.issue": "下发学校",
    "finding.receive": "学校签收",
    "finding.start": "制定整改措施",
    "finding.report": "报告整改",
    "finding.verify": "核查通过",
    "finding.return": "核查退回",
    "finding.refuse": "不予销号",
    "finding.sign_off": "销号",
    "finding.part": "部分通过",
    "finding.extend": "申请延期",
    "finding.decide_extension": "延期处理",
    "finding.object": "提出异议",
    "finding.disown": "提出责任主体异议",
    "finding.reject": "异议不成立",
    "finding.amend": "异议部分成立，更正",
    "finding.reassign": "改由其他单位整改",
    "finding.inherit": "随学校并入转交",
    "finding.pause": "暂停计时",
    "finding.resume": "恢复计时",
    "finding.remind": "催办",
    "finding.climb": "逾期升级",
    "finding.reopen": "回头看反弹",
}


def _history(finding: Finding) -> Table:
    events = Event.objects.filter(
        object_type=finding._meta.label_lower, object_id=str(finding.pk), kind__in=HISTORY
    ).order_by("pk")
    rows = tuple(
        (f"{timezone.localtime(event.at):%Y-%m-%d}", HISTORY[event.kind], event.note or "—")
        for event in events
    )
    columns = (
        Column(title="日期", width=1.2, align="centre"),
        Column(title="经过", width=1.6),
        Column(title="说明", width=3.2),
    )
    return Table(columns=columns, rows=rows)


RESULTS = {
    State.STRUCK_OFF: "已完成，已销号",
    State.VERIFIED: "已完成，核查通过",
    State.REPORTED: "已完成，待核查",
    State.RETURNED: "未完成，核查退回",
    State.RECTIFYING: "进行中",
    State.RECEIVED: "进行中",
    State.NOTIFIED: "未签收",
    State.RECORDED: "未下发",
    State.REFERRED: "部门办理中",
    State.OBJECTED: "异议处理中",
    State.WITHDRAWN: "已撤销",
    State.MERGED: "已并案",
}


def _result(finding: Finding) -> str:
    return (
        "当场整改"
        if finding.settled_on_spot
        else RESULTS.get(State(finding.state), str(finding.get_state_display()))
    )


def last_report(finding: Finding) -> Report | None:
    reports = sorted(finding.reports.all(), key=lambda one: one.round)
    return reports[-1] if reports else None


def rectification(found: Found) -> OfficialDocument:
    blocks: list[Block] = [Heading(text="整改情况"), _rectified(found)]
    photos = [(finding, figure) for finding in found for figure in _photos(finding)]
    if photos:
        blocks += [Heading(text="整改前后对比"), FigureGrid(figures=tuple(figure for _one, figure in photos))]
    rest = [finding for finding in found if finding.state in OPEN and finding.state != State.VERIFIED]
    if rest:
        blocks.append(Heading(text="尚未完成的问题"))
        blocks += [
            Paragraph(text=f"{one.number}：{one.wording.rstrip('。')}。目前{_result(one)}"
                           + (f"，整改期限{layout.chinese_date(one.due_on)}。" if one.due_on else "。"))
            for one in rest
        ]  # fmt: skip
    unit = found[0].unit
    return _document(
        Kind.RECTIFICATION_REPORT, f"{unit.name}关于\n督导发现问题整改情况的报告", blocks, form="record",
        addressee=unit.region.office or unit.region.name, organ=unit.name,
    )  # fmt: skip


def _rectified(found: Found) -> Table:
    columns = (
        Column(title="序号", width=0.5, align="centre"),
        Column(title="问题", width=2.2),
        Column(title="整改措施", width=2),
        Column(title="责任人", width=0.8, align="centre"),
        Column(title="整改情况", width=2.6),
        Column(title="结果", width=1, align="centre"),
    )
    rows = []
    for index, finding in enumerate(found, start=1):
        last = last_report(finding)
        done = f"{last.text}\n（{timezone.localtime(last.reported_at):%Y-%m-%d}报告）" if last else "—"
        rows.append(
            (str(index), f"{finding.wording}\n（{finding.number}）", finding.measures or "—",
             finding.person_in_charge or "—", done, _result(finding))
        )  # fmt: skip
    return Table(columns=columns, rows=tuple(rows))


def _photos(finding: Finding) -> list[Figure]:
    """What it looked like before and after: where the school took no photo before, the inspector's stands for it."""
    last = last_report(finding)
    held = list(last.photos.all()) if last else []
    before = [photo.sha256 for photo in held if photo.kind == PhotoKind.BEFORE] or finding.evidence[:1]
    after = [photo.sha256 for photo in held if photo.kind == PhotoKind.AFTER]
    half = PHOTOS_EACH // 2
    shots = [*(("整改前", sha) for sha in before[:half]), *(("整改后", sha) for sha in after[:half])]
    return [Figure(source=f"evidence:{sha}", caption=f"{finding.number} {what}") for what, sha in shots]


def verification(found: Found) -> OfficialDocument:
    methods = {key: str(label) for key, label in METHODS}
    blocks: list[Block] = []
    for finding in found:
        blocks.append(Heading(text=f"{finding.wording.split(chr(10))[0].rstrip('。')}（{finding.number}）"))
        for report in sorted(finding.reports.all(), key=lambda one: one.round):
            if report.verified_at is None:
                continue
            rows = (
                ("整改轮次", f"第{report.round}轮"),
                ("整改情况", report.text),
                ("核查方式", methods.get(report.method, "—")),
                ("核查情况", report.verdict),
                ("核查结果", ("通过" + ("，已销号" if finding.state == State.STRUCK_OFF else "，待销号"))
                 if report.passed else "部分通过，其余继续整改" if report.is_partly else "退回继续整改"),
                ("核查人", report.verified_by.name if report.verified_by else "—"),
                ("核查日期", layout.chinese_date(timezone.localtime(report.verified_at).date())),
            )  # fmt: skip
            blocks.append(Table(columns=(Column(width=1, label=True), Column(width=4)), rows=rows))
            taken = [photo for photo in report.photos.all() if photo.kind == PhotoKind.CHECK]
            shots = shown_outside(taken)[:PHOTOS_EACH]
            if shots:
                blocks.append(
                    FigureGrid(
                        figures=tuple(
                            Figure(
                                source=f"evidence:{one.sha256}",
                                caption=f"{finding.number} 核查{'（人脸已遮挡）' if one.masks else ''}",
                            )
                            for one in shots
                        )
                    )
                )
    return _document(Kind.VERIFICATION, f"{found[0].unit.name}\n整改核查记录", blocks, form="record")


def ledger(found: Found) -> OfficialDocument:
    counts = {
        state: sum(group(one) == state for one in found)
        for state in ("已销号", "整改中", "逾期", "已提醒", "已撤销或并案")
    }
    told = "，".join(f"{state}{count}项" for state, count in counts.items() if count)
    return _document(
        Kind.LEDGER, "督导发现问题\n整改台账", [Paragraph(text=f"其中{told}。明细见附件。")], form="record",
        attachments=(Attachment(title="整改台账明细", landscape=True, blocks=(ledger_table(found),)),),
    )  # fmt: skip


def group(finding: Finding) -> str:
    if finding.state == State.STRUCK_OFF:
        return "已销号"
    if finding.state in CLOSED:
        return "已提醒" if finding.state == State.NOTED else "已撤销或并案"
    due = _deadline(finding)
    held = finding.state in RUNNING and (finding.paused_on is not None or finding.asks_extension)
    waits = finding.state in WITH_UNIT and not held
    return "逾期" if waits and due and due < clock.today() else "整改中"


def ledger_table(found: Found) -> Table:
    names = _names()
    widths = {
        "序号": 0.45, "类别": 0.8, "问题描述": 2.6, "责任单位": 1.2, "责任人": 0.75, "严重程度": 0.75, "整改要求": 2,
        "整改时限": 1.05, "整改措施": 1.9, "完成情况": 1, "佐证": 0.65, "核查人": 0.75, "销号时间": 1.05,
    }  # fmt: skip
    centred = {"序号", "类别", "责任人", "严重程度", "整改时限", "完成情况", "佐证", "核查人", "销号时间"}
    columns = tuple(
        Column(title=title, width=width, align="centre" if title in centred else "left")
        for title, width in widths.items()
    )
    rows = []
    for index, one in enumerate(found, start=1):
        last = last_report(one)
        kinds = [one.kind for one in last.photos.all()] if last else []
        papers = kinds.count(PhotoKind.FILE)
        shown = [f"照片{len(kinds) - papers}张"] * (len(kinds) > papers) + [f"材料{papers}份"] * bool(papers)
        rows.append(
            (
                str(index),
                names.get(one.category, one.category),
                f"{one.wording}\n（{one.number}）",
                one.unit.name,
                one.person_in_charge or "—",
                str(one.get_severity_display()),
                one.requirement or "—",
                layout.chinese_date(one.due_on) if one.due_on else limit_text(one),
                one.measures or "—",
                _result(one),
                "、".join(shown) or "—",
                one.verified_by.name if one.verified_by else "—",
                layout.chinese_date(timezone.localtime(one.struck_off_at).date())
                if one.struck_off_at
                else "—",
            )
        )
    return Table(columns=columns, rows=tuple(rows))
