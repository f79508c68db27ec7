"""An inspector's own file of a school year (履职档案): what was done, found and written, counted from the records."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from dudao.documents import layout
from dudao.documents.official import Block, Column, Heading, OfficialDocument, Paragraph, Table
from dudao.findings.models import Finding
from dudao.findings.states import Severity, State
from dudao.inspections.models import Sheet, Visit
from dudao.inspections.queries import filled_in_by, taken_part
from dudao.inspections.states import VisitState
from dudao.inspectors.models import Inspector, Training, Work, WorkKind
from dudao.kernel import clock
from dudao.people.access import Anyone
from dudao.people.models import User
from dudao.rules.terms import spans, term_of

LESSON = Q(version__content__paper="observation") | Q(
    version__instrument__key__startswith="class-observation"
)
"""Sheets of lessons heard; versions of before `paper` are told by their key, as in `Definition.told_as`."""
YEARS_BACK = 6


@dataclass(frozen=True)
class Yearbook:
    """One inspector in one school year; `first` and `last` are its days in the inspector's region."""

    inspector: Inspector
    year: int
    first: date
    last: date
    visits: list[Visit]
    lessons: list[Sheet]
    found: int
    struck_off: int
    by_severity: list[tuple[str, int]]
    trainings: list[Training]
    works: list[Work]

    @property
    def schools(self) -> int:
        return len({visit.unit_id for visit in self.visits})

    @property
    def hours(self) -> Decimal:
        return sum((one.hours for one in self.trainings), Decimal())

    @property
    def by_work(self) -> list[tuple[str, int]]:
        counted = Counter(work.kind for work in self.works)
        return [(str(kind.label), counted[kind]) for kind in WorkKind if counted[kind]]


def current_year(one: Inspector) -> int:
    return term_of(clock.today(), region=one.region).year


def years(one: Inspector) -> list[int]:
    """The school years that may be asked for, the latest first."""
    now = current_year(one)
    return list(range(now, now - YEARS_BACK, -1))


def yearbook(one: Inspector, year: int) -> Yearbook:
    """The file of a school year."""
    days = {span.year: span.starts_on for span in reversed(spans(one.region, [year, year + 1]))}
    first, last = days[year], days[year + 1]
    filed = taken_part(one.user_id) & Q(school_year=year, state=VisitState.FILED)
    visits = Visit.objects.filter(filed).select_related("unit").annotate(finding_count=Count("findings"))
    lessons = Sheet.objects.filter(
        filled_in_by(one.user_id),
        LESSON,
        visit__in=Visit.objects.filter(filed),
    )
    findings = Finding.objects.filter(inspector=one.user_id, visit__school_year=year)
    severities = dict(findings.order_by().values_list("severity").annotate(n=Count("pk")))
    within = Q(on__gte=first, on__lt=last)
    return Yearbook(
        inspector=one,
        year=year,
        first=first,
        last=last,
        visits=list(visits.order_by("started_at", "pk")),
        lessons=list(lessons.select_related("visit", "version").order_by("visit__started_at", "position")),
        found=sum(severities.values()),
        struck_off=findings.filter(state=State.STRUCK_OFF).count(),
        by_severity=[(str(one.label), severities[one]) for one in Severity if severities.get(one)],
        trainings=list(one.trainings.filter(within)),
        works=list(one.works.filter(within)),
    )


def inspectors_visible_to(user: Anyone) -> QuerySet[Inspector]:
    """Whose file `user` may open: those of the offices in reach, and one's own."""
    mine = Inspector.objects.filter(user=user) if isinstance(user, User) else Inspector.objects.none()
    return (Inspector.objects.visible_to(user) | mine).select_related("user", "region")


def paper(book: Yearbook) -> OfficialDocument:
    """The file as a paper (工作记录, without a red head), Chinese whoever asks for it."""
    one = book.inspector
    years_words = f"{book.year}—{book.year + 1}学年"
    blocks: list[Block] = [
        Heading(text="总体情况"),
        Paragraph(text=_summary(book)),
        Heading(text="督导记录"),
        *_table(
            ("日期", 2), ("学校", 4), ("督导表", 4), ("问题", 1),
            rows=[_visit_row(visit) for visit in _with_sheets(book.visits)],
        ),
        Heading(text="听课"),
        *_table(
            ("日期", 2), ("学校", 4), ("记录表", 4),
            rows=[(_day(sheet.visit), sheet.visit.unit_name, sheet.version.definition.title.zh) for sheet in book.lessons],
        ),
        Heading(text="培训"),
        *_table(
            ("日期", 2), ("内容", 6), ("学时", 1),
            rows=[(f"{row.on}", row.title, f"{row.hours.normalize():f}") for row in reversed(book.trainings)],
        ),
        Heading(text="报告和调研"),
        *_table(
            ("日期", 2), ("类型", 2), ("题目", 5),
            rows=[(f"{work.on}", str(work.get_kind_display()), work.title) for work in reversed(book.works)],
        ),
    ]  # fmt: skip
    return OfficialDocument(  # noqa: S604 - its shell is a form of paper, no command
        kind="yearbook",
        shell="record",
        title=f"{one.user.name}\n{years_words}履职档案",
        issued_on=clock.today(),
        blocks=tuple(blocks),
        organ=one.region.office or one.region.name,
    )


def _summary(book: Yearbook) -> str:
    one = book.inspector
    severities = "、".join(f"{label}{n}个" for label, n in book.by_severity)
    parts = [
        f"{one.user.name}，{one.get_level_display()}（{one.get_engagement_display()}），由{one.region.office or one.region.name}聘任。",
        f"本学年（{layout.chinese_date(book.first)}起）入校督导{len(book.visits)}次，覆盖学校{book.schools}所，听课{len(book.lessons)}节；",
        f"发现问题{book.found}个{f'（{severities}）' if severities else ''}，已销号{book.struck_off}个；",
        f"参加培训{book.hours.normalize():f}学时，完成报告和调研{len(book.works)}篇。",
    ]
    return "".join(parts)


def _table(*columns: tuple[str, int], rows: Sequence[tuple[str, ...]]) -> list[Block]:
    if not rows:
        return [Paragraph(text="本学年没有记录。")]
    heads = tuple(Column(title=title, width=width) for title, width in columns)
    return [Table(columns=heads, rows=tuple(rows))]


def _day(visit: Visit) -> str:
    return str(timezone.localtime(visit.started_at).date())


def _with_sheets(visits: list[Visit]) -> list[Visit]:
    """The visits with the titles of their sheets read at once."""
    titles: dict[object, list[str]] = {}
    rows = Sheet.objects.filter(visit__in=visits).select_related("version").order_by("visit", "position")
    for sheet in rows:
        titles.setdefault(sheet.visit_id, []).append(sheet.version.definition.title.zh)
    for visit in visits:
        visit.sheet_titles = titles.get(visit.pk, [])  # type: ignore[attr-defined]
    return visits


def _visit_row(visit: Any) -> tuple[str, ...]:
    return _day(visit), visit.unit_name, "、".join(visit.sheet_titles) or "—", str(visit.finding_count)
