"""The visit report (督导报告): the visit's data as an official document (domain §2.8, §9.2)."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.utils import timezone, translation

from dudao.documents.official import (
    Block,
    Column,
    Figure,
    FigureGrid,
    Heading,
    OfficialDocument,
    Paragraph,
    Signatures,
    Signer,
    Table,
)
from dudao.inspections.models import Sheet, Visit, VisitFile
from dudao.inspections.queries import files_of, labels_of, methods_of, sheets_of
from dudao.instruments import reading
from dudao.instruments.definitions import EVIDENCE, Item
from dudao.instruments.scores import scores
from dudao.intake.covered import shown_outside
from dudao.rules.models import WordKind
from dudao.rules.queries import words

KIND = "visit-report"
MOST_PHOTOS = 30
MEDIA = {"video": "视频", "audio": "录音", "file": "文件"}  # by role
DEEPER = "\u3000"  # one character's width

Section = Callable[[Visit], tuple[Block, ...]]
_problem_sections: list[Section] = []

CHINESE = "zh-hans"  # the language of documents


def add_problem_section(section: Section) -> None:
    """The findings room registers how a visit's problems are told in the report."""
    _problem_sections.append(section)


def report(visit: Visit) -> OfficialDocument:
    """The report of a filed visit; number, code and date are given at issue."""
    region, sheets = visit.unit.region, sheets_of(visit)
    return OfficialDocument(
        kind=KIND,
        mark=region.office,
        title=f"关于{visit.unit_name}\n经常性督导情况的报告",
        issued_on=timezone.localtime(visit.finished_at).date(),
        addressee=region.office,
        blocks=(
            Paragraph(text=_opening(visit)),
            Heading(text="督导基本情况"),
            facts(visit, sheets),
            Heading(text="督导纪实"),
            *told(visit, "narrative", otherwise="无补充记述。"),
            Heading(text="亮点与经验"),
            *told(visit, "highlights", otherwise="本次督导未单独记录亮点。"),
            Heading(text="存在的问题"),
            *problems(visit),
            *advice(visit),
            *checked(sheets),
            *_photos(visit, sheets),
            *_media(visit, sheets),
            Heading(text="学校意见与签字"),
            Paragraph(text=opinion(visit)),
            Signatures(signers=signers(visit)),
        ),
        organ=f"责任督学 {visit.names}",
        printed_by=region.office,
        printed_on=timezone.localtime(visit.filed_at or visit.arrived_at).date(),
    )


def problems(visit: Visit) -> tuple[Block, ...]:
    """What upper rooms tell of the visit's problems."""
    return tuple(block for section in _problem_sections for block in section(visit))


def texts(text: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text=line.strip()) for line in text.split("\n") if line.strip())


def _opening(visit: Visit) -> str:
    day = timezone.localtime(visit.started_at)
    manner = "以暗访方式" if visit.covert else "以随访方式" if visit.unplanned else "按照挂牌督导工作安排"
    return (
        f"{day.year}年{day.month}月{day.day}日，责任督学{visit.names}{manner}对{visit.unit_name}"
        f"开展了经常性督导。依据《教育督导条例》和《中小学校责任督学挂牌督导办法》，现将有关情况报告如下。"
    )


def facts(visit: Visit, sheets: Sequence[Sheet]) -> Table:
    names = {word.key: word.zh for word in words(WordKind.METHOD)}
    start, end = timezone.localtime(visit.started_at), timezone.localtime(visit.finished_at)
    rows = (
        ("被督导单位", visit.unit_name),
        ("督导时间", f"{start:%Y-%m-%d %H:%M} 至 {end:%H:%M}"),
        (
            "责任督学",
            "、".join(f"{one.name}（督学证号：{one.certificate_no or '无'}）" for one in visit.inspectors),
        ),
        ("陪同人员", visit.companion or "无"),
        ("督导方式", "、".join(names.get(key, key) for key in methods_of(visit)) or "未注明"),
        ("检查内容", "、".join(_titles(sheets))),
    )
    return Table(columns=(Column(width=1, label=True), Column(width=3)), rows=rows)


def told(visit: Visit, field: str, *, otherwise: str = "") -> tuple[Paragraph, ...]:
    """What the inspectors wrote under one heading: the lead's words, then each other's under her name."""
    lines = [getattr(visit, field)]
    for part in visit.parts:
        text = getattr(part, field)
        late = "补充" if part.is_supplement else ""
        lines.append(f"{part.inspector.name}{late}：{text}" if text else "")
    return texts("\n".join(filter(None, lines)) or otherwise)


def advice(visit: Visit) -> tuple[Block, ...]:
    lines = told(visit, "advice")
    return (Heading(text="现场建议"), *lines) if lines else ()


def _titles(sheets: Sequence[Sheet]) -> list[str]:
    """The instruments by name; several sheets of one instrument (lessons heard) are told apart by number, those of several
    inspectors by who filled them in."""
    names = [sheet.version.definition.title.zh for sheet in sheets]
    several = len({sheet.inspector.pk for sheet in sheets}) > 1
    return [
        (f"{name}（{names[: index + 1].count(name)}）" if names.count(name) > 1 else name)
        + (f"——{sheet.inspector.name}" if several else "")
        for index, (name, sheet) in enumerate(zip(names, sheets, strict=True))
    ]


def checked(sheets: Sequence[Sheet]) -> tuple[Block, ...]:
    """What each sheet says and scores; with several, each under its own name."""
    if len(sheets) == 1:
        return (Heading(text="检查结果"), _results(sheets[0]), *_scores(sheets[0], level=1))
    blocks: list[Block] = [Heading(text="检查结果")]
    for title, sheet in zip(_titles(sheets), sheets, strict=True):
        blocks += [Heading(text=title, level=2), _results(sheet), *_scores(sheet, level=3)]
    return tuple(blocks)


def _results(sheet: Sheet) -> Table:
    rows: list[tuple[str, ...]] = []
    asked = [
        item
        for _section, item in sheet.version.definition.items()
        if item.type not in (*EVIDENCE, "signature") and item.key in sheet.held.relevant
    ]
    with translation.override(CHINESE):
        for number, item in enumerate(asked, start=1):
            first, *below = reading.lines(item, sheet.held, sheet.notes)
            rows.append((str(number), first.label, *_told(item, first)))
            rows += [("", f"{DEEPER * line.within}{line.label}", line.answer, line.note) for line in below]
    columns = (
        Column(title="序号", width=0.6, align="centre"),
        Column(title="检查内容", width=3.4),
        Column(title="结果", width=1.3, align="centre"),
        Column(title="说明", width=2.5),
    )
    return Table(columns=columns, rows=tuple(rows))


def _told(item: Item, line: reading.Line) -> tuple[str, str]:
    """Result and remark of an item. What was answered in sentences stands where there is room for them."""
    if item.type == "text" and line.value:
        return "", "\n".join(filter(None, (line.answer, line.note)))
    return line.answer, line.note


def _scores(sheet: Sheet, *, level: int) -> tuple[Block, ...]:
    """What the sheet scores, by section and in all; nothing for a sheet without scored items."""
    definition = sheet.version.definition
    whole, sections = scores(definition, sheet.held)
    if whole is None:
        return ()
    titles = {section.key: section.title.zh for section in definition.sections}
    with translation.override(CHINESE):
        rows = [(titles[key], reading.score(score)) for key, score in sections.items()]
        rows.append(("合计", reading.score(whole)))
    columns = (Column(title="项目", width=3, label=True), Column(title="得分", width=2))
    return (Heading(text="得分情况", level=level), Table(columns=columns, rows=tuple(rows)))


def _photos(visit: Visit, sheets: Sequence[Sheet]) -> tuple[Block, ...]:
    labels = labels_of(sheets, "zh")
    photos = [one for one in shown_outside(files_of(visit)) if one.role == "photo"][:MOST_PHOTOS]
    if not photos:
        return ()
    figures = tuple(
        Figure(source=f"evidence:{one.sha256}", caption=_caption(index, one, labels))
        for index, one in enumerate(photos, start=1)
    )
    return (Heading(text="现场照片"), FigureGrid(figures=figures, columns=2))


def _media(visit: Visit, sheets: Sequence[Sheet]) -> tuple[Block, ...]:
    """Video, audio and files: on paper by name and hash, so that the stored file can be told to be this one."""
    labels = labels_of(sheets, "zh")
    rows = tuple(
        (
            MEDIA[one.role],
            labels.get((one.sheet_id, one.item), ""),
            f"{one.name}（{filesizeformat(one.size)}）",
            one.sha256[:12],
        )
        for one in visit.files.all()
        if one.role in MEDIA
    )
    if not rows:
        return ()
    columns = (
        Column(title="类别", width=0.6, align="centre"),
        Column(title="检查内容", width=2.4),
        Column(title="文件", width=3),
        Column(title="SHA-256", width=1.4),
    )
    return (Heading(text="音像资料与文件"), Table(columns=columns, rows=rows))


def _caption(index: int, one: VisitFile, labels: dict[tuple[UUID | None, str], str]) -> str:
    taken = f" {timezone.localtime(one.captured_at):%H:%M}" if one.captured_at else ""
    masked = "（人脸已遮挡）" if one.masks else ""
    return f"图{index} {labels.get((one.sheet_id, one.item), '现场照片')}{taken}{masked}"


def opinion(visit: Visit) -> str:
    if visit.covert:
        return "本次为暗访，未请学校签署意见。"
    if visit.unit_refused:
        return f"学校未签字，原因：{visit.unit_refused}"
    stance = "同意督导记录" if visit.unit_agrees else "对督导记录有异议"
    return f"学校意见：{stance}。{visit.unit_opinion}"


def signers(visit: Visit) -> tuple[Signer, ...]:
    on = timezone.localtime(visit.finished_at).date()
    pictures = {(one.part_id, one.item): one.sha256 for one in visit.files.all() if one.role == "signature"}
    came = [part for part in visit.parts if not part.is_supplement]
    names = (
        ((None, "inspector"), "责任督学", visit.inspector.name),
        *(((part.pk, "inspector"), "责任督学", part.inspector.name) for part in came),
        ((None, "unit"), "学校代表", visit.unit_signer),
    )
    return tuple(
        Signer(
            role=role,
            name=name,
            source=f"evidence:{pictures[key]}" if key in pictures else "",
            signed_on=on if key in pictures else None,
        )
        for key, role, name in names
    )
