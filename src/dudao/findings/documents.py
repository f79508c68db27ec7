"""The problem list (问题清单), and how problems are told in a visit's report (domain §9.2, §12.3)."""

from collections.abc import Sequence

from django.utils import timezone

from dudao.documents.official import Attachment, Block, Column, Heading, OfficialDocument, Paragraph, Table
from dudao.findings.models import Finding
from dudao.findings.states import Disposition
from dudao.inspections.models import Visit
from dudao.kernel.workdays import DayUnit
from dudao.rules.models import WordKind
from dudao.rules.queries import words

KIND = "finding-list"


def told_in_report(visit: Visit) -> tuple[Block, ...]:
    """The problems as headed paragraphs; a sentence when there are none."""
    findings = _of(visit)
    if not findings:
        return (Paragraph(text="本次督导未发现需要整改的问题。"),)
    blocks: list[Block] = [Paragraph(text=f"本次督导共发现问题{len(findings)}个。")]
    for finding in findings:
        blocks.append(Heading(text=_first_line(finding.wording), level=2))
        blocks.append(
            Paragraph(
                text=f"编号{finding.number}，严重程度：{finding.get_severity_display()}，处置方式：{handling_text(finding)}。"
                f"整改要求：{(finding.requirement or '按规定整改').rstrip('。')}。"
                f"整改期限：{limit_text(finding)}。"
            )
        )
    return tuple(blocks)


def finding_list(visit: Visit, findings: Sequence[Finding]) -> OfficialDocument:
    """A problem list of a visit: a cover letter to the unit and the landscape table."""
    region = visit.unit.region
    day = timezone.localtime(visit.started_at)
    return OfficialDocument(
        kind=KIND,
        mark=region.office,
        title=f"关于印发{visit.unit_name}\n督导问题清单的通知",
        issued_on=timezone.localtime(visit.finished_at).date(),
        addressee=visit.unit_name,
        blocks=(
            Paragraph(
                text=f"{day.year}年{day.month}月{day.day}日，责任督学{visit.names}对你单位开展了经常性督导，"
                f"发现问题{len(findings)}个，现将问题清单印发给你们。"
            ),
            Paragraph(
                text="请在系统中确认签收，按整改期限逐项整改，并上传整改情况和佐证照片。"
                "整改期限自签收次日起计算。整改完成后由责任督学核查，经督导室审批后逐项销号。"
            ),
            Paragraph(text="特此通知。"),
        ),
        attachments=(Attachment(title="督导问题清单", landscape=True, blocks=(_table(findings),)),),
        organ=region.office,
        printed_by=region.office,
        printed_on=timezone.localtime(visit.filed_at or visit.arrived_at).date(),
    )


def _of(visit: Visit) -> list[Finding]:
    return list(Finding.objects.filter(visit=visit).order_by("number"))


def _table(findings: Sequence[Finding]) -> Table:
    names = {word.key: word.zh for word in words(WordKind.CATEGORY)}
    columns = (
        Column(title="序号", width=0.5, align="centre"),
        Column(title="编号", width=1.6),
        Column(title="类别", width=1, align="centre"),
        Column(title="问题描述", width=3.6),
        Column(title="严重程度", width=0.9, align="centre"),
        Column(title="处置方式", width=1.1, align="centre"),
        Column(title="整改要求", width=3),
        Column(title="整改期限", width=1.3, align="centre"),
        Column(title="依据", width=3),
    )
    rows = tuple(
        (
            str(index),
            finding.number,
            names.get(finding.category, finding.category),
            finding.wording,
            finding.get_severity_display(),
            handling_text(finding),
            finding.requirement,
            limit_text(finding),
            finding.basis,
        )
        for index, finding in enumerate(findings, start=1)
    )
    return Table(columns=columns, rows=rows)


def handling_text(finding: Finding) -> str:
    """How a problem is handled, in Chinese, with the department it goes to."""
    told = str(Disposition(finding.disposition).label)
    return f"{told}（{finding.department}）" if finding.department else told


def limit_text(finding: Finding) -> str:
    """A limit in words, in Chinese: 签收后 15 个工作日."""
    if finding.settled_on_spot:
        return "当场整改"
    if finding.disposition == Disposition.NONE:
        return "不需报告"
    unit = "个工作日" if finding.day_unit == DayUnit.WORKING else "日"
    return f"签收后{finding.days}{unit}"


def _first_line(text: str) -> str:
    return text.split("\n")[0].rstrip("。.")
