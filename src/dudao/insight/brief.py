"""A month on two or three pages for those who lead (督导简报): what was done, where it burns, what is proposed. From the roll-ups."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils import translation

from dudao.documents import drafting, wording
from dudao.documents.drafting import Figure
from dudao.documents.kinds import Kind
from dudao.documents.models import Draft
from dudao.documents.official import Block, Column, Heading, OfficialDocument, Paragraph, Table
from dudao.findings.models import Finding, LookBack
from dudao.findings.states import Severity
from dudao.insight import glance, queries, standings
from dudao.insight.monthly import CHINESE, Month, told_of_looks
from dudao.insight.queries import Coverage
from dudao.kernel import clock
from dudao.people.models import User
from dudao.places.models import Region
from dudao.places.queries import within
from dudao.rules.models import WordKind
from dudao.rules.queries import in_force, words

LONG_OVERDUE = timedelta(days=30)
MOST = 5
MUCH_MORE = 1.3
"""A category with a third more problems than the month before is worth a word."""


@dataclass(frozen=True)
class Part:
    """A region directly below, in the month and now."""

    coverage: Coverage
    open: int
    overdue: int


def draft(region: Region, first: date, *, by: User) -> Draft:
    """Begin the brief of a month."""
    month = Month(queries.month_of(first))
    with translation.override(CHINESE):
        text, figures = _Brief(region, month).written()
    dressed = wording.dressed(text, region, period=f"{month.words}{region.name}")
    return drafting.draft(dressed, issuer=region, by=by, figures=figures)


class _Brief:
    """Counts once, tells it, and remembers where each figure came from."""

    def __init__(self, region: Region, month: Month) -> None:
        self.region, self.month, self.today = region, month, clock.today()
        self.figures: list[Figure] = []
        here = standings.under(region)
        self.standing = standings.standing_of(here)
        self.before, self.now = standings.months_of(here, [month.before.first, month.first])
        self.coverage = queries.coverage(region, month.first)
        self.covered_before = queries.coverage(region, month.before.first)
        self.names = {word.key: word.zh for word in words(WordKind.CATEGORY)}
        self.categories = self._by_category(month)
        self.categories_before = self._by_category(month.before)

    def written(self) -> tuple[OfficialDocument, list[Figure]]:
        blocks: list[Block] = [
            Heading(text="总体情况"),
            *self._overview(),
            *self._parts(),
            Heading(text="突出问题"),
            *self._problems(),
            Heading(text="需要关注"),
            *self._burning(),
            *self._looks(),
            Heading(text="工作建议"),
            *self._proposals(),
        ]
        text = OfficialDocument(
            kind=Kind.BRIEF.value,
            title=f"{self.region.name}\n{self.month.words}教育督导简报",
            issued_on=self.today,
            printed_on=self.today,
            blocks=tuple(blocks),
        )
        return text, self.figures

    def _figure(self, label: str, value: int, url_name: str = "findings:ledger", **query: str) -> int:
        """Note a figure with the list that shows its rows."""
        address = f"{reverse(url_name)}?{urlencode({'region': self.region.code} | query)}"
        self.figures.append(Figure(label, str(value), address))
        return value

    def _by_category(self, month: Month) -> Counter[str]:
        rows = Finding.objects.filter(
            within(self.region.path, at="unit__region"), month.within("recorded_at")
        )
        return Counter(dict(rows.order_by().values_list("category").annotate(Count("pk"))))

    def _overview(self) -> Iterable[Block]:
        key = f"{self.month.first:%Y-%m}"
        now, before, overdue = self.now, self.before, self.standing.overdue(self.today)
        self._figure("本月督导次数", now.visits, "inspections:list", month=key, state="FILED")
        self._figure("本月发现问题", now.found, state="", found=key)
        self._figure("本月销号", now.struck_off, state="", struck_off=key)
        self._figure("未销号", self.standing.open, state="open")
        self._figure("已逾期", overdue, state="", overdue="1")
        day = f"{self.today.month}月{self.today.day}日"
        asked = (
            f"本月应督导学校{self.coverage.needed}所，已按规定督导{self.coverage.covered}所，覆盖率{_rate(self.coverage)}"
            if self.coverage.needed
            else "本月没有督导次数要求"
        )
        yield Paragraph(
            text=f"{asked}（上月覆盖率{_rate(self.covered_before)}）；开展督导{now.visits}次，发现问题{now.found}个，销号{now.struck_off}个。"
            f"截至{day}，未销号问题{self.standing.open}个，其中已逾期{overdue}个，"
            f"重大隐患{self.standing.by_severity[Severity.CRITICAL]}个。"
        )
        rows = (
            ("督导次数", str(before.visits), str(now.visits)),
            ("覆盖率", _rate(self.covered_before), _rate(self.coverage)),
            ("发现问题", str(before.found), str(now.found)),
            ("销号", str(before.struck_off), str(now.struck_off)),
            ("退回再改", str(before.returned), str(now.returned)),
            ("销号用时中位数（天）", _days(before.median_days), _days(now.median_days)),
        )
        columns = (
            Column(title="指标", width=2),
            Column(title="上月", width=1, align="centre"),
            Column(title="本月", width=1, align="centre"),
        )
        yield Table(columns=columns, rows=rows)

    def _below(self) -> list[Part]:
        if queries.is_leaf(self.region):
            return []
        now = standings.standings_below(self.region)
        parts = [
            Part(one, now[one.region.pk].open, now[one.region.pk].overdue(self.today))
            for one in queries.coverage_below(self.region, self.month.first)
        ]
        return sorted(
            parts, key=lambda part: (part.coverage.rate if part.coverage.needed else 2, -part.overdue)
        )

    def _parts(self) -> Iterable[Block]:
        parts = self._below()
        if not parts:
            return
        yield Heading(text="各地情况")
        yield Paragraph(text="按覆盖率由低到高排列；未销号和逾期为当前数。")
        rows = tuple(
            (
                part.coverage.region.name, str(part.coverage.needed), _rate(part.coverage), str(part.coverage.visits),
                str(part.coverage.found), str(part.coverage.struck_off), str(part.open), str(part.overdue),
            )
            for part in parts
        )  # fmt: skip
        titles = ("应督导", "覆盖率", "督导", "发现", "销号", "未销号", "逾期")
        columns = (
            Column(title="地区", width=2),
            *(Column(title=one, width=1, align="centre") for one in titles),
        )
        yield Table(columns=columns, rows=rows)

    def _problems(self) -> Iterable[Block]:
        if not self.categories:
            yield Paragraph(text="本月未发现需要整改的问题。")
            return
        key, total = f"{self.month.first:%Y-%m}", sum(self.categories.values())
        told = []
        for category, count in self.categories.most_common(MOST):
            name = self.names.get(category, category)
            self._figure(f"本月发现问题·{name}", count, state="", found=key, category=category)
            told.append(
                f"{name}{count}个（{100 * count / total:.1f}%，上月{self.categories_before[category]}个）"
            )
        yield Paragraph(text=f"问题集中在：{'，'.join(told)}。")

    def _burning(self) -> Iterable[Block]:
        burning = glance.burning(self.region, self.today)
        if not burning:
            yield Paragraph(text="目前没有未销号的重大隐患和逾期问题。")
            return
        told = []
        for one in burning:
            parts = [f"重大隐患{one.critical}个"] if one.critical else []
            parts += [f"逾期{one.overdue}个"] if one.overdue else []
            told.append(f"{one.unit.name}（{'，'.join(parts)}）")
        yield Paragraph(text=f"重大隐患和逾期问题较多的单位：{'；'.join(told)}。")

    def _looks(self) -> Iterable[Block]:
        there = within(self.region.path, at="finding__unit__region")
        told = told_of_looks(LookBack.objects.filter(there, self.month.within("done_at")))
        if told:
            yield Paragraph(text=f"本月{told}")

    def _proposals(self) -> Iterable[Block]:
        """What follows from the figures; whoever leads decides."""
        proposals = [one for one in (self._visit_more(), self._press(), self._watch()) if one]
        for number, one in enumerate(proposals or ["保持现有督导频次，继续跟踪未销号问题。"], start=1):
            yield Paragraph(text=f"（{number}）{one}")

    def _visit_more(self) -> str:
        least = in_force("visit.per_month", region=self.region, on=self.month.first)
        behind = [one.coverage for one in self._below() if one.coverage.covered < one.coverage.needed]
        if behind:
            names = "、".join(one.region.name for one in behind[:MOST])
            more = f"等{len(behind)}地" if len(behind) > MOST else ""
            return f"督促{names}{more}按每校每月不少于{least:g}次的规定补足督导。"
        missing = self.coverage.needed - self.coverage.covered
        return f"对尚未达到每月{least:g}次的{missing}所学校尽快安排督导。" if missing else ""

    def _press(self) -> str:
        last = self.today - LONG_OVERDUE
        late = self.standing.due(None, last)
        if not late:
            return ""
        self._figure("逾期超过30天", late, state="", overdue="1", due_until=f"{last}")
        return f"对逾期超过{LONG_OVERDUE.days}天的{late}个问题发督办单，仍不整改的按程序通报、约谈。"

    def _watch(self) -> str:
        risen = [
            self.names.get(category, category)
            for category, count in self.categories.most_common(MOST)
            if count >= MOST and count > MUCH_MORE * self.categories_before[category]
        ]
        return f"{'、'.join(risen)}类问题比上月明显增多，建议列为下月督导重点。" if risen else ""


def _rate(coverage: Coverage) -> str:
    return f"{100 * coverage.rate:.1f}%" if coverage.rate is not None else "—"


def _days(days: int | None) -> str:
    return "—" if days is None else str(days)
