"""The years of one school: visits in their seasons, problems with their life stories, each event at its own moment."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from dudao.documents.models import NumberSeries
from dudao.findings.models import Finding, Report
from dudao.findings.states import Disposition, Severity, State
from dudao.inspections.models import Sheet, Visit
from dudao.inspections.states import VisitState
from dudao.instruments.definitions import FindingRule, Item
from dudao.instruments.models import Version
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.rules.deadlines import Deadlines
from dudao.rules.queries import Limit
from dudao.rules.terms import Term
from dudao.sample import texts
from dudao.sample.masses.calendar import SEASONS, Calendar
from dudao.sample.masses.people import County, Person, School
from dudao.sample.masses.writing import Writer

COMES_AGAIN = 0.35
"""How often a problem is of a kind this school has had before: places have habits."""

FORGOTTEN = 0.008
"""How many problems nobody ever reports on again: what overdue lists are for."""


class Flaw(NamedTuple):
    """An answer that raises a problem, and the items that are then not asked."""

    item: Item
    rule: FindingRule
    hides: frozenset[str]

    def goes_with(self, others: Iterable["Flaw"]) -> bool:
        return all(self.item.key not in one.hides and one.item.key not in self.hides for one in others)


@dataclass(frozen=True)
class Checklist:
    """What is filled in on each visit: the answers of a school without a flaw, how many items that asks, and the flaws
    there may be."""

    version: Version
    answers: dict[str, Any]
    asked: int
    flaws: list[Flaw]


class Limits(NamedTuple):
    """What holds in the county: days to confirm receipt, days to rectify, what the office issues itself."""

    receipt: Limit
    rectify: Deadlines
    office_issues: frozenset[str]


class Step(NamedTuple):
    """One move of a problem: the state it leads to, when, by whom, and what is said."""

    move: str
    state: State
    at: datetime
    by: Person
    note: str = ""


class Lives:
    """Writes visits and problems of a county's schools with their events."""

    def __init__(self, calendar: Calendar, checklist: Checklist) -> None:
        self._calendar, self._checklist = calendar, checklist
        self._now = clock.now()
        self._visits, self._sheets = Writer(Visit), Writer(Sheet)
        self._findings, self._reports = Writer(Finding), Writer(Report)
        self._events = Writer(Event)
        self._numbers: Counter[int] = Counter()

    @property
    def counts(self) -> dict[str, int]:
        return {"visits": self._visits.count, "problems": self._findings.count, "events": self._events.count}

    def flush(self) -> None:
        for one in (self._visits, self._sheets, self._findings, self._reports, self._events):
            one.flush()

    def live(self, county: County, limits: Limits, random: Random) -> None:
        """All schools of one county, month by month, so that numbers run as they would have."""
        self._numbers.clear()
        for month, days in self._calendar.months:
            season = SEASONS.get(month.month, 1.0)
            for school in county.schools:
                if random.random() < season * 0.96:
                    self._visit(county, school, random.choice(days), limits, random)
        NumberSeries.objects.bulk_create(
            NumberSeries(issuer=county.region, series="finding", year=year, last=last)
            for year, last in self._numbers.items()
        )

    def _visit(self, county: County, school: School, day: date, limits: Limits, random: Random) -> None:
        start = self._calendar.moment(day, random, (8, 14))
        end = start + timedelta(minutes=random.randint(70, 180))
        arrived = end + timedelta(minutes=random.choice([2, 3, 5, 8, 240]))
        if arrived > self._now:
            return
        pk, sheet = _uid(random, start), _uid(random, start)
        flaws = self._flaws(school, random)
        answers = self._checklist.answers | {one.item.key: "no" for one in flaws}
        year, term = _term_of(day)
        self._visits.add(
            id=pk, unit_id=school.pk, unit_name=school.name, inspector_id=school.inspector.pk, state=VisitState.FILED,
            started_at=start, finished_at=end, device_started_at=start, arrived_at=arrived, filed_at=arrived,
            school_year=year, term=term, lat=school.lat, lng=school.lng, accuracy_m=random.randint(6, 60),
            methods=random.sample(["PATROL", "CLASS_OBS", "DOC_CHECK", "INTERVIEW"], random.randint(2, 4)),
            companion=school.head.name, unplanned=random.random() < 0.2, narrative=texts.narrative(random, school.name),
            highlights=random.choice(texts.HIGHLIGHTS), unit_signer=school.head.name,
            unit_opinion="情况属实，我校将认真整改。" if flaws else "感谢督学指导。",
        )  # fmt: skip
        self._sheets.add(
            id=sheet,
            visit_id=pk,
            position=0,
            version_id=self._checklist.version.pk,
            answers=answers,
            asked=self._checklist.asked - len(frozenset().union(*(one.hides for one in flaws))),
        )
        label = f"{school.name} {start:%Y-%m-%d}"
        told: dict[str, Any] = {"region": county.region.path, "unit": school.pk, "by": school.inspector}
        self._tell(
            "visit.arrive",
            "inspections.visit",
            pk,
            label,
            arrived,
            after={"sheets": 1, "findings": len(flaws)},
            **told,
        )
        self._tell(
            "visit.file",
            "inspections.visit",
            pk,
            label,
            arrived,
            after={"started_at": start.isoformat()},
            **told,
        )
        for flaw in flaws:
            self._problem(county, school, pk, sheet, flaw, arrived, limits, random)

    def _flaws(self, school: School, random: Random) -> list[Flaw]:
        """Fewer in good schools; of the kinds it has had, until they are put right for good."""
        found: dict[str, Flaw] = {}
        rate = (1 - school.quality) * 2.2
        while rate > 0 and random.random() < min(rate, 0.92):
            known = [one for one in self._checklist.flaws if one.rule.category in school.weak_at]
            flaw = random.choice(known if known and random.random() < COMES_AGAIN else self._checklist.flaws)
            if flaw.goes_with(found.values()):
                found[flaw.item.key] = flaw
            rate -= random.uniform(0.3, 0.7)
        return list(found.values())

    def _problem(
        self, county: County, school: School, visit: UUID, sheet: UUID, flaw: Flaw, at: datetime, limits: Limits,
        random: Random,
    ) -> None:  # fmt: skip
        rule, limit = flaw.rule, limits.rectify.limit(flaw.rule.severity, flaw.rule.category)
        year = at.year
        self._numbers[year] += 1
        number = f"{county.region.code}-{year}-{self._numbers[year]:04d}"
        pk = _uid(random, at)
        disposition = Disposition.SERIOUS if rule.severity in limits.office_issues else Disposition.ORDINARY
        if rule.severity == Severity.CRITICAL:
            disposition = Disposition.DANGER
        elif rule.severity == Severity.MINOR and random.random() < 0.2:
            disposition = Disposition.SMALL
        row: dict[str, Any] = {
            "id": pk, "number": number, "visit_id": visit, "unit_id": school.pk, "inspector_id": school.inspector.pk,
            "category": rule.category, "severity": rule.severity, "wording": rule.wording.zh, "basis": rule.basis.zh,
            "requirement": rule.requirement.zh, "sheet_id": sheet, "item": flaw.item.key,
            "rule": f"{flaw.item.key}.{rule.key}", "days": limit.days, "day_unit": limit.unit.value,
            "disposition": disposition, "state": State.RECORDED, "recorded_at": at,
        }  # fmt: skip
        told: dict[str, Any] = {"region": county.region.path, "unit": school.pk}
        self._tell(
            "finding.record", "findings.finding", pk, number, at, by=school.inspector,
            after={"severity": rule.severity, "disposition": disposition}, **told,
        )  # fmt: skip
        before: State = State.RECORDED
        for step in self._story(county, school, row, limits, random):
            if step.at > self._now:
                break
            self._take(row, step, school, random)
            self._tell(
                f"finding.{step.move}", "findings.finding", pk, number, step.at, by=step.by, note=step.note,
                before={"state": before}, after={"state": step.state}, **told,
            )  # fmt: skip
            before = step.state
        if row["state"] == State.REPORTED:
            self._reported(row, school, None, random)
        self._findings.add(**row)
        (
            school.weak_at.discard
            if row["state"] == State.STRUCK_OFF and random.random() < 0.7
            else school.weak_at.add
        )(rule.category)

    def _story(
        self, county: County, school: School, row: dict[str, Any], limits: Limits, random: Random
    ) -> list[Step]:
        """The moves of a problem in order; those that lie in the future are not taken."""
        at, inspector, head = row["recorded_at"], school.inspector, school.head
        if row["disposition"] == Disposition.SMALL:
            settled = Step("settle", State.VERIFIED, at, inspector)
            return [settled, self._signed(county, at, random)]
        steps = [self._issued(county, row, at, random)]
        steps.append(
            Step("receive", State.RECEIVED, self._later(steps[-1].at, _days(school, 2, random), random), head)
        )
        steps.append(
            Step(
                "start",
                State.RECTIFYING,
                self._later(steps[-1].at, 1 + _days(school, 2, random), random),
                head,
            )
        )
        if random.random() < FORGOTTEN:
            return steps
        due = self._calendar.deadline(steps[1].at.date(), row["days"], row["day_unit"])
        span = max(1, (due - steps[-1].at.date()).days)
        wait = max(1, round(span * random.gauss(1.25 - 0.55 * school.promptness, 0.25)))
        for round_ in range(1, 4):
            steps.append(Step("report", State.REPORTED, self._later(steps[-1].at, wait, random), head))
            checked = self._later(steps[-1].at, random.randint(1, 6), random)
            if round_ == 3 or random.random() > 0.16:
                steps.append(Step("verify", State.VERIFIED, checked, inspector))
                break
            reason = "佐证照片不能反映整改后的情况，请补充材料并再次整改。"
            steps.append(Step("return", State.RETURNED, checked, inspector, reason))
            wait = random.randint(2, 8)
        return [*steps, self._signed(county, steps[-1].at, random)]

    def _issued(self, county: County, row: dict[str, Any], at: datetime, random: Random) -> Step:
        if row["disposition"] != Disposition.SERIOUS:
            return Step("issue", State.NOTIFIED, at, Person(row["inspector_id"], ""))
        reviewed = self._later(at, round(4 * (1 - county.briskness)), random)
        return Step("issue", State.NOTIFIED, reviewed, county.officer, "请高度重视，按期整改。")

    def _signed(self, county: County, at: datetime, random: Random) -> Step:
        days = 1 + round(random.expovariate(1 / (1 + 6 * (1 - county.briskness))))
        return Step("sign_off", State.STRUCK_OFF, self._later(at, days, random), county.second, "同意销号。")

    def _later(self, at: datetime, days: int, random: Random) -> datetime:
        later = self._calendar.moment(self._calendar.after(at.date(), days), random, (9, 17))
        return max(later, at + timedelta(minutes=random.randint(10, 50)))

    def _take(self, row: dict[str, Any], step: Step, school: School, random: Random) -> None:
        """What a move leaves in the problem's row."""
        row["state"] = step.state
        match step.move:
            case "issue":
                row["notified_at"] = step.at
                row["receive_by"] = self._calendar.deadline(step.at.date(), 3, "working")
            case "receive":
                row["received_at"] = step.at
                row["due_on"] = self._calendar.deadline(step.at.date(), row["days"], row["day_unit"])
                row["runs_from"], row["run_days"] = step.at.date(), row["days"]
            case "start":
                row["measures"] = texts.MEASURES.get(row["category"], texts.MEASURES["OTHER"])
                row["person_in_charge"] = step.by.name
            case "report":
                row["round"] = row.get("round", 0) + 1
                row["reported_at"] = step.at
            case "verify" | "return" | "settle":
                if step.move != "return":
                    row["verified_at"], row["verified_by_id"] = step.at, step.by.pk
                if step.move != "settle":
                    self._reported(row, school, step, random)
            case "sign_off":
                row["struck_off_at"] = step.at

    def _reported(self, row: dict[str, Any], school: School, judged: Step | None, random: Random) -> None:
        """What the unit reported in this round, and what came of it."""
        answer: dict[str, Any] = {}
        if judged is not None:
            answer = {
                "passed": judged.move != "return", "method": random.choice(["material", "on_site"]),
                "verified_by_id": judged.by.pk, "verified_at": judged.at,
                "verdict": judged.note or "现场复查，整改到位。",
            }  # fmt: skip
        self._reports.add(
            finding_id=row["id"], round=row["round"], text=texts.DONE.get(row["category"], texts.DONE["OTHER"]),
            reported_by_id=school.head.pk, reported_at=row["reported_at"], **answer,
        )  # fmt: skip

    def _tell(
        self, kind: str, object_type: str, pk: UUID, label: str, at: datetime, *, by: Person, region: str, unit: UUID,
        before: dict[str, Any] | None = None, after: dict[str, Any] | None = None, note: str = "",
    ) -> None:  # fmt: skip
        self._events.add(
            at=at, kind=kind, actor_id=by.pk, actor_label=by.name, object_type=object_type, object_id=str(pk),
            object_label=label, region_path=region, unit_id=str(unit), before=before or {}, after=after or {}, note=note,
        )  # fmt: skip


def _days(school: School, usual: int, random: Random) -> int:
    return round(random.expovariate(1 / (0.3 + usual * 2 * (1 - school.promptness))))


def _term_of(day: date) -> tuple[int, Term]:
    """By the usual dates: autumn from September, spring from February."""
    if day.month >= 9:
        return day.year, Term.AUTUMN
    return day.year - 1, Term.AUTUMN if day.month == 1 else Term.SPRING


def _uid(random: Random, at: datetime) -> UUID:
    """An id that sorts by its moment, as those of the services do (uuid7), from the seeded source."""
    moment = int(at.timestamp() * 1000)
    return UUID(
        int=moment << 80 | 0x7 << 76 | random.getrandbits(12) << 64 | 0b10 << 62 | random.getrandbits(62)
    )
