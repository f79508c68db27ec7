"""The monthly report of an inspector, a zone, or a region (督导工作月报; domain §9.2, §2.10): figures with their rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from dudao.documents import drafting, layout, wording
from dudao.documents.drafting import Figure
from dudao.documents.kinds import Kind
from dudao.documents.models import Draft
from dudao.documents.official import Attachment, Block, Column, Heading, OfficialDocument, Paragraph, Table
from dudao.findings.models import Finding, LookBack, LookBackResult
from dudao.findings.paper_texts import ledger_table
from dudao.findings.states import OPEN, Severity, State
from dudao.insight.queries import month_of, months_back
from dudao.inspections.models import Visit
from dudao.inspections.queries import taken_part
from dudao.inspections.states import VisitState
from dudao.inspectors.models import Inspector, Zone
from dudao.inspectors.queries import standing_in
from dudao.kernel import clock
from dudao.people.models import Assignment, User
from dudao.people.reach import Reach
from dudao.places.models import COMPULSORY, Region, Unit
from dudao.plans.abouts import abouts
from dudao.rules.models import WordKind
from dudao.rules.queries import words
from dudao.rules.teaching import visits_asked

CHINESE = "zh-hans"
MOST_CASES = 6
MOST_HIGHLIGHTS = 6
MOST_LISTED = 300


@dataclass(frozen=True)
class About:
    """Whom a report is about: its schools, the visits, problems and second looks that count, and how a list is asked for
    them."""

    name: str
    region: Region
    units: QuerySet[Unit]
    visits: Q
    rows: Q
    looks: Q
    query: dict[str, str]
    inspector: User | None = None

    @classmethod
    def of_region(cls, region: Region) -> "About":
        units = Unit.objects.filter(region__path__startswith=region.path)
        return cls._of_units(region.name, region, units, {"region": region.code})

    @classmethod
    def of_zone(cls, zone: Zone) -> "About":
        here = standing_in(zone, clock.today()).values("unit_id")
        units = Unit.objects.filter(pk__in=here)
        return cls._of_units(zone.name, zone.region, units, {"zone": str(zone.pk)})

    @classmethod
    def _of_units(cls, name: str, region: Region, units: QuerySet[Unit], query: dict[str, str]) -> "About":
        there = Q(unit__in=units)
        return cls(name, region, units, there, there, Q(finding__unit__in=units), query)

    @classmethod
    def of_inspector(cls, user: User, region: Region) -> "About":
        mine = Assignment.objects.in_force(clock.today()).filter(inspector=user)
        units = Unit.objects.filter(pk__in=mine.values("unit_id"))
        name, query = f"责任督学{user.name}", {"q": user.name}
        return cls(name, region, units, taken_part(user.pk), Q(inspector=user), Q(done_by=user), query, user)


@dataclass(frozen=True)
class Month:
    """A calendar month of the deployment."""

    first: date

    @property
    def after(self) -> date:
        return month_of(self.first + timedelta(days=31))

    @property
    def before(self) -> "Month":
        return Month(months_back(self.first, 2)[0])

    @property
    def words(self) -> str:
        return f"{self.first.year}年{self.first.month}月"

    def within(self, moment: str) -> Q:
        zone = timezone.get_current_timezone()
        edges = [datetime(on.year, on.month, 1, tzinfo=zone) for on in (self.first, self.after)]
        return Q(**{f"{moment}__gte": edges[0], f"{moment}__lt": edges[1]})


def offered_to(user: User) -> dict[str, About]:
    """Key → whom this person may write a report about: their regions, the zones and inspectors there, themselves."""
    reach = Reach(user, "document.draft").regions
    found = {f"region:{region.code}": About.of_region(region) for region in reach}
    zones = Zone.objects.in_force(clock.today()).filter(region__in=reach).select_related("region")
    found |= {f"zone:{zone.pk}": About.of_zone(zone) for zone in zones}
    serving = Inspector.objects.filter(Q(region__in=reach) | Q(user=user), left_on__isnull=True)
    for one in serving.select_related("user", "region").order_by("region__path", "user__name"):
        found[f"inspector:{one.pk}"] = About.of_inspector(one.user, one.region)
    return found


def draft(about: About, first: date, *, by: User) -> Draft:
    """Begin the report of a month."""
    month = Month(month_of(first))
    with translation.override(CHINESE):
        text, figures = _Report(about, month).written()
    dressed = wording.dressed(text, about.region, period=f"{month.words}{about.name}")
    return drafting.draft(dressed, issuer=about.region, by=by, figures=figures)


class _Report:
    """Counts once, tells it, and remembers where each figure came from."""

    def __init__(self, about: About, month: Month) -> None:
        self.about, self.month = about, month
        self.figures: list[Figure] = []
        visits = Visit.objects.filter(about.visits, month.within("started_at"), state=VisitState.FILED)
        with_people = visits.select_related("unit", "inspector", "joint").prefetch_related(
            "joint__parts__inspector"
        )
        self.visits = list(with_people.order_by("started_at", "pk"))
        found = Finding.objects.filter(about.rows, month.within("recorded_at"))
        self.found = list(
            found.select_related("unit__region", "verified_by")
            .prefetch_related("reports__photos")
            .order_by("number")
        )
        self.names = {word.key: word.zh for word in words(WordKind.CATEGORY)}

    def written(self) -> tuple[OfficialDocument, list[Figure]]:
        blocks: list[Block] = [
            Heading(text="总体情况"),
            *self._overview(),
            *self._themes(),
            Heading(text="发现的问题"),
            *self._problems(),
            Heading(text="典型案例"),
            *self._cases(),
            Heading(text="亮点与经验"),
            *self._highlights(),
            Heading(text=f"上月（{self.month.before.words}）问题整改情况"),
            *self._last_month(),
            *self._looks(),
        ]
        today = clock.today()
        listed = self.found[:MOST_LISTED]
        annexes = (
            (Attachment(title=f"{self.month.words}问题台账", landscape=True, blocks=(ledger_table(listed),)),)
            if listed
            else ()
        )
        text = OfficialDocument(
            kind=Kind.MONTHLY.value,
            title=f"{self.about.name}\n{self.month.words}督导工作月报",
            issued_on=today,
            printed_on=today,
            blocks=tuple(blocks),
            attachments=annexes,
        )
        return text, self.figures

    def _figure(self, label: str, value: int, url_name: str, **query: str) -> int:
        """Note a figure with the list that shows its rows."""
        address = f"{reverse(url_name)}?{urlencode(self.about.query | query)}"
        self.figures.append(Figure(label, str(value), address))
        return value

    def _overview(self) -> Iterable[Block]:
        key = f"{self.month.first:%Y-%m}"
        to_visit = self.about.units.filter(is_open=True, kind__in=COMPULSORY)
        least = visits_asked([self.about.region], [self.month.first])[self.about.region.pk, self.month.first]
        needed = set(to_visit.values_list("pk", flat=True)) if least else set()
        counts = Counter(visit.unit_id for visit in self.visits)
        covered = sum(counts[pk] >= least for pk in needed)
        count = len(self.visits)
        if self.about.inspector is None or all(one.inspector == self.about.inspector for one in self.visits):
            self._figure("本月督导次数", count, "inspections:list", month=key, state=VisitState.FILED)
        closed = Finding.objects.filter(self.about.rows, self.month.within("struck_off_at")).count()
        self._figure("本月销号", closed, "findings:ledger", state="", struck_off=key)
        yield Paragraph(
            text=self._who_went(count, len(counts))
            + (
                f"应督导学校{len(needed)}所，已按规定每校不少于{least}次的{covered}所"
                + (f"，覆盖率{100 * covered / len(needed):.1f}%。" if needed else "。")
                if least
                else "本月为假期，不作督导次数要求。"
            )
            + f"发现问题{len(self.found)}个，销号{closed}个。"
        )
        missed = list(to_visit.filter(pk__in=[pk for pk in needed if counts[pk] < least]).order_by("name"))
        if missed:
            yield Paragraph(text=f"尚未达到督导次数的学校：{'、'.join(unit.name for unit in missed)}。")
        if self.about.inspector is None and self.visits:
            yield self._by_inspector()

    def _who_went(self, visits: int, units: int) -> str:
        if not visits:
            return "本月没有开展督导。"
        who = "" if self.about.inspector else f"{len(self._people())}名责任督学共"
        return f"本月{who}开展督导{visits}次，到校{units}所。"

    def _people(self) -> dict[User, int]:
        """Who took part → in how many visits; one made together counts for each."""
        there = [{visit.inspector, *(part.inspector for part in visit.parts)} for visit in self.visits]
        return Counter(who for people in there for who in people)

    def _by_inspector(self) -> Table:
        found = Counter(finding.inspector_id for finding in self.found)
        people = sorted(self._people().items(), key=lambda pair: (pair[0].name, pair[0].pk))
        rows = tuple((who.name, str(count), str(found[who.pk])) for who, count in people)
        columns = (
            Column(title="责任督学", width=2, align="centre"),
            Column(title="参加督导次数", width=1, align="centre"),
            Column(title="发现问题", width=1, align="centre"),
        )
        return Table(columns=columns, rows=rows)

    def _themes(self) -> Iterable[Block]:
        about = abouts(self.about.region, [self.month.first]).get(self.month.first)
        if about is None:
            return
        yield Heading(text="本月主题")
        parts = [f"督导主题：{'、'.join(about.themes)}。" if about.themes else "",
                 f"本月重点：{about.subject.rstrip('。')}。" if about.subject else ""]  # fmt: skip
        yield Paragraph(text="".join(parts) or "未设定主题。")

    def _problems(self) -> Iterable[Block]:
        key = f"{self.month.first:%Y-%m}"
        self._figure("本月发现问题", len(self.found), "findings:ledger", state="", found=key)
        if not self.found:
            yield Paragraph(text="本月未发现需要整改的问题。")
            return
        by_category = Counter(finding.category for finding in self.found)
        by_severity = Counter(finding.severity for finding in self.found)
        weights = "，".join(
            f"{Severity(level).label}{by_severity[level]}个"
            for level in Severity.values
            if by_severity[level]
        )
        yield Paragraph(text=f"本月发现问题{len(self.found)}个，其中{weights}。按类别如下：")
        rows = []
        for category, count in by_category.most_common():
            name = self.names.get(category, category)
            self._figure(
                f"本月发现问题·{name}", count, "findings:ledger", state="", found=key, category=category
            )
            done = sum(one.category == category and one.state == State.STRUCK_OFF for one in self.found)
            units = len({one.unit_id for one in self.found if one.category == category})
            rows.append((name, str(count), str(units), str(done)))
        columns = (
            Column(title="类别", width=2),
            Column(title="问题数", width=1, align="centre"),
            Column(title="涉及学校", width=1, align="centre"),
            Column(title="已销号", width=1, align="centre"),
        )
        yield Table(columns=columns, rows=tuple(rows))

    def _cases(self) -> Iterable[Block]:
        grave = [one for one in self.found if one.severity in (Severity.SERIOUS, Severity.CRITICAL)]
        chosen = (grave or [one for one in self.found if one.severity == Severity.MAJOR])[:MOST_CASES]
        if not chosen:
            yield Paragraph(text="本月没有较重以上的问题。")
        for one in chosen:
            yield Paragraph(
                text=f"{one.unit.name}：{one.wording.rstrip('。')}（{one.number}，{one.get_severity_display()}，"
                f"目前{one.get_state_display()}）。"
            )

    def _highlights(self) -> Iterable[Block]:
        told = [visit for visit in self.visits if visit.highlights.strip()]
        if not told:
            yield Paragraph(text="本月督导记录中没有单独记录亮点。")
        for visit in told[:MOST_HIGHLIGHTS]:
            lines = " ".join(visit.highlights.split())
            yield Paragraph(text=f"{visit.unit_name}：{lines}")

    def _last_month(self) -> Iterable[Block]:
        before = self.month.before
        found = list(Finding.objects.filter(self.about.rows, before.within("recorded_at")))
        key = f"{before.first:%Y-%m}"
        self._figure("上月发现问题", len(found), "findings:ledger", state="", found=key)
        if not found:
            yield Paragraph(text="上月没有发现问题。")
            return
        done = self._figure(
            "上月问题已销号", sum(one.state == State.STRUCK_OFF for one in found), "findings:ledger",
            state=State.STRUCK_OFF, found=key,
        )  # fmt: skip
        open_ = [one for one in found if one.state in OPEN]
        self._figure("上月问题未销号", len(open_), "findings:ledger", state="open", found=key)
        yield Paragraph(
            text=f"上月发现问题{len(found)}个，已销号{done}个（{100 * done / len(found):.1f}%），未销号{len(open_)}个。"
        )
        if open_:
            states = Counter(one.get_state_display() for one in open_)
            yield Paragraph(
                text="未销号的问题中，" + "，".join(f"{state}{n}个" for state, n in states.items()) + "。"
            )
        today = clock.today()
        late = [one for one in open_ if one.due_on and one.due_on < today and one.state != State.VERIFIED]
        for one in late[:MOST_CASES]:
            day = layout.chinese_date(one.due_on) if one.due_on else ""
            yield Paragraph(text=f"逾期：{one.number}，应于{day}前整改到位。")

    def _looks(self) -> Iterable[Block]:
        told = told_of_looks(LookBack.objects.filter(self.about.looks, self.month.within("done_at")))
        if told:
            yield Heading(text="回头看")
            yield Paragraph(text=f"本月{told}")


def told_of_looks(looks: QuerySet[LookBack]) -> str:
    """What second looks came to; nothing where nobody went."""
    made = list(looks.select_related("finding__unit").order_by("done_at", "pk"))
    if not made:
        return ""
    again = [one.finding for one in made if one.result == LookBackResult.REBOUND]
    told = f"回头看已销号问题{len(made)}个，保持{len(made) - len(again)}个，反弹{len(again)}个。"
    named = [f"{one.unit.name}：{one.wording.rstrip('。')}（{one.number}）" for one in again[:MOST_CASES]]
    return told + (f"反弹的已重新下发整改：{'；'.join(named)}。" if named else "")
