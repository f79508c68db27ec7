"""Working papers of a visit, drafted from its sheets: record, lesson observed, interview (domain §2.8, §9.2)."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.documents import drafting, layout, wording
from dudao.documents.drafting import Figure
from dudao.documents.kinds import Kind
from dudao.documents.models import Draft
from dudao.documents.official import Block, Heading, OfficialDocument, Paragraph, Signatures
from dudao.inspections import documents as report
from dudao.inspections import joint
from dudao.inspections.models import Sheet, Visit
from dudao.inspections.queries import sheets_of
from dudao.kernel import clock
from dudao.kernel.errors import NotReady
from dudao.people.models import User

CHINESE = "zh-hans"


class Paper(NamedTuple):
    """A kind, the sheets it is drawn from, and how it is told."""

    kind: Kind
    is_of: Callable[[Sheet], bool]
    write: Callable[[Visit, Sequence[Sheet]], OfficialDocument]
    wanted: object


def offered(visit: Visit) -> list[Kind]:
    """The kinds this visit has sheets for."""
    sheets = sheets_of(visit)
    return [paper.kind for paper in PAPERS.values() if any(map(paper.is_of, sheets))]


def draft(kind: str, visit: Visit, *, by: User) -> Draft:
    """Begin a working paper of a visit. Raises NotReady where the visit has no such sheet, or waits for others' sheets."""
    paper = PAPERS[kind]
    if names := joint.awaited(visit):
        raise NotReady(
            _("正在等待 %(names)s 的督导表，全部并入或不再等待之后再起草。") % {"names": "、".join(names)}
        )
    sheets = [sheet for sheet in sheets_of(visit) if paper.is_of(sheet)]
    if not sheets:
        raise NotReady(str(paper.wanted))
    with translation.override(CHINESE):
        text = paper.write(visit, sheets)
    values = {
        "unit": visit.unit_name,
        "date": layout.chinese_date(timezone.localtime(visit.started_at).date()),
        "inspector": visit.names,
    }
    origin = Figure(_("督导记录"), str(visit), reverse("inspections:show", args=[visit.pk]))
    return drafting.draft(
        wording.dressed(text, visit.unit.region, **values), issuer=visit.unit.region, by=by, unit=visit.unit,
        subject=visit, figures=[origin],
    )  # fmt: skip


def _record(visit: Visit, sheets: Sequence[Sheet]) -> OfficialDocument:
    blocks: list[Block] = [
        Heading(text="基本情况"),
        report.facts(visit, sheets),
        Heading(text="督导纪实"),
        *report.told(visit, "narrative", otherwise="无补充记述。"),
        Heading(text="亮点与经验"),
        *report.told(visit, "highlights", otherwise="本次督导未单独记录亮点。"),
        Heading(text="存在的问题"),
        *report.problems(visit),
        *report.advice(visit),
        *report.checked(sheets),
        Heading(text="学校意见与签字"),
        Paragraph(text=report.opinion(visit)),
        Signatures(signers=report.signers(visit)),
    ]
    return _paper(Kind.RECORD, f"{visit.unit_name}\n督导记录表", visit, blocks)


def _sheets(kind: Kind, title: str) -> Callable[[Visit, Sequence[Sheet]], OfficialDocument]:
    """A paper of one kind of sheet: each lesson or talk under its own heading, with what it scored."""

    def write(visit: Visit, sheets: Sequence[Sheet]) -> OfficialDocument:
        blocks: list[Block] = [report.facts(visit, sheets), *report.checked(sheets)]
        return _paper(
            kind,
            f"{visit.unit_name}\n{title}",
            visit,
            [*blocks, Signatures(signers=report.signers(visit)[:-1])],
        )

    return write


def _paper(kind: Kind, title: str, visit: Visit, blocks: Sequence[Block]) -> OfficialDocument:
    form: Literal["record"] = "record"
    return OfficialDocument(
        kind=kind.value, title=title, issued_on=clock.today(), shell=form, blocks=tuple(blocks),
        organ=f"责任督学 {visit.names}",
    )  # fmt: skip


def _told_as(paper: str) -> Callable[[Sheet], bool]:
    return lambda sheet: sheet.version.definition.told_as == paper


PAPERS: dict[str, Paper] = {
    paper.kind.value: paper
    for paper in (
        Paper(Kind.RECORD, lambda sheet: True, _record, gettext_lazy("这次督导没有检查表。")),
        Paper(
            Kind.OBSERVATION, _told_as("observation"), _sheets(Kind.OBSERVATION, "推门听课记录表"),
            gettext_lazy("这次督导没有听课记录。"),
        ),
        Paper(
            Kind.INTERVIEW, _told_as("interview"), _sheets(Kind.INTERVIEW, "访谈记录"),
            gettext_lazy("这次督导没有访谈记录。"),
        ),
    )
}  # fmt: skip
