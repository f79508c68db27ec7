"""Months of visits and rectification in the sample city, each step through its service at its own moment."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import transaction

from dudao.findings import handling, issuing, stepping
from dudao.findings import services as findings
from dudao.findings.looking_back import last_half
from dudao.findings.models import Finding, Report
from dudao.findings.states import State
from dudao.inspections import services as inspections
from dudao.inspections.models import Visit
from dudao.inspections.payloads import VisitIn
from dudao.instruments.definitions import Definition, Item
from dudao.instruments.models import Version
from dudao.instruments.queries import current_versions
from dudao.instruments.sheets import raised, relevant_answers
from dudao.intake.handed_in import store_bytes
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.kernel.workdays import SpecialDays, is_working
from dudao.people.models import Assignment, User
from dudao.places.models import Kind, Unit
from dudao.rules.deadlines import time_to_rectify
from dudao.rules.queries import special_days
from dudao.sample import pictures, texts
from dudao.sample.city import City

MONTHS = 3
SCENES = {
    "HOMEWORK": "board",
    "AFTER_SCHOOL": "board",
    "SAFETY": "exit",
    "FITNESS": "yard",
    "CURRICULUM": "lesson",
}


def write(city: City, random: Random, *, today: date) -> int:
    """Visits from three months ago to yesterday with all that followed, and some of the half-year before; returns how
    many visits."""
    version = next(one for one in current_versions() if one.definition.key == "double-reduction-school")
    special = special_days()
    days = [today - timedelta(days=back) for back in range(MONTHS * 31, 0, -1)]
    working = [day for day in days if is_working(day, special)]
    count = _half_before(city, version, special)
    for month in sorted({(day.year, day.month) for day in working}):
        of_month = [day for day in working if (day.year, day.month) == month]
        current = month == (today.year, today.month)
        for unit in city.units:
            if random.random() < (0.55 if current else 0.9):
                _visit(city, version, unit, random.choice(of_month), random)
                count += 1
    stage(city, version, working, random)
    return count + 2


def _half_before(city: City, version: Version, special: SpecialDays) -> int:
    """Visits to some schools in the half-year that ended last, all of whose problems were struck off in it, so that a draw
    of look-backs (回头看) finds some: most of the usual weight, a few grave ones."""
    random = Random("the half before")  # noqa: S311 - what comes after must not shift with it
    end = last_half().span[1].date()
    working = [
        day for day in (end - timedelta(days=back) for back in range(50, 32, -1)) if is_working(day, special)
    ]
    for number, unit in enumerate(city.units[1::3]):
        items = {"hw_board": "no", "as_fees" if number % 2 else "cl_no_key": "no"}
        visit = _record(version, unit, working[number % len(working)], random, forced=items)
        for finding in _of(visit):
            _finish(city, finding, visit.finished_at, random)
    return len(city.units[1::3])


def _finish(city: City, finding: Finding, moment: datetime, random: Random) -> None:
    """A problem on its way to being struck off, a step on each working day."""
    head, officer = city.heads[finding.unit_id], city.officers[finding.unit.region_id]
    while (step := _next(finding)) is not None:
        moment = _later(moment, 20)
        with clock.set_to(moment):
            step.do(finding, head, officer, random)
        finding = Finding.objects.select_related("unit__region", "inspector").get(pk=finding.pk)


def _of(visit: Visit) -> list[Finding]:
    found = Finding.objects.filter(visit=visit).select_related("unit__region", "inspector")
    return list(found.order_by("number"))


def stage(city: City, version: Version, working: list[date], random: Random) -> None:
    """Two visits to the demo's own school, so that each demo account finds something to do at once."""
    head = User.objects.get(username="demo-school")
    unit = next(unit for unit in city.units if city.heads[unit.pk].pk == head.pk)
    older = {"hw_board": "returned", "as_fees": "received", "ft_hour": "reported", "ph_rules": "verified"}
    newer = {"hw_no_parents": "notified", "as_rich": "notified", "cl_no_key": "recorded"}
    for day, plan in ((working[-9], older), (working[-1], newer)):
        visit = _record(version, unit, day, random, forced=dict.fromkeys(plan, "no"))
        for finding in _of(visit):
            _walk(city, finding, plan.get(finding.item, "notified"), visit.finished_at, random)
    _hand_over(Finding.objects.get(visit__unit=unit, item="as_fees", state=State.RECEIVED))


def _hand_over(finding: Finding) -> None:
    """The head has handed a problem to a colleague, who has written what the head is to release."""
    staff = User.objects.get(username="demo-staff")
    head = User.objects.get(username="demo-school")
    with clock.set_to(clock.now() - timedelta(hours=26)):
        finding = handling.hand(finding, by=head, seen=_seen(finding), to=staff)
    with clock.set_to(clock.now() - timedelta(hours=2)):
        text = "收费公示已更新到校门口公示栏，票据本周内补开，预计下周一完成。"
        stepping.write(finding, by=staff, seen=_seen(finding), text=text, before=[])


PATHS = {
    "recorded": [],
    "notified": [],
    "received": [State.NOTIFIED],
    "reported": [State.NOTIFIED, State.RECEIVED, State.RECTIFYING],
    "verified": [State.NOTIFIED, State.RECEIVED, State.RECTIFYING, State.REPORTED],
    "returned": [State.NOTIFIED, State.RECEIVED, State.RECTIFYING, State.REPORTED],
}


def _walk(city: City, finding: Finding, goal: str, moment: datetime, random: Random) -> None:
    head, officer = city.heads[finding.unit_id], city.officers[finding.unit.region_id]
    passes = goal != "returned"
    for state in PATHS[goal]:
        moment = _later(moment, 20)
        with clock.set_to(min(moment, clock.now() - timedelta(minutes=30))):
            if state is State.REPORTED:
                findings.verify(
                    finding, by=finding.inspector, seen=_seen(finding), passed=passes, method="material",
                    facts="佐证齐全，整改到位。" if passes else "照片看不清公示内容，请补拍并逐日更新后再报。",
                )  # fmt: skip
            else:
                _STEPS[state].do(finding, head, officer, random)
        finding = Finding.objects.select_related("unit__region", "inspector").get(pk=finding.pk)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(settings.TIME_ZONE))


def _visit(city: City, version: Version, unit: Unit, day: date, random: Random) -> None:
    visit = _record(version, unit, day, random, forced={})
    for finding in _of(visit):
        _follow(city, finding, visit.finished_at, random)


def _record(version: Version, unit: Unit, day: date, random: Random, *, forced: dict[str, Any]) -> Visit:
    """One visit through the services, from the phone's sheet to the issued documents."""
    inspector = Assignment.objects.select_related("inspector").get(unit=unit).inspector
    start = _at(day, random.choice([8, 9, 10, 14]), random.choice([5, 20, 40]))
    end = start + timedelta(minutes=random.randint(80, 170))
    answers = _answers(version.definition, unit, random) | forced
    payload = _sheet(version, answers, unit, inspector, start, end, random)
    for problem in payload["findings"]:
        if problem["item"] in forced:
            problem["disposition"] = ""  # what has a path of its own is not settled on the spot
    sheet = msgspec.convert(payload, VisitIn, strict=False)
    with clock.set_to(end + timedelta(minutes=6)), transaction.atomic():
        arrival = inspections.Arrival(uuid7(), inspector, clock.now(), clock.now())
        visit = inspections.receive(arrival, sheet, unit=unit, versions={version.hash: version})
    with clock.set_to(end + timedelta(minutes=8)):
        return inspections.file(visit, flags=[])


def _sheet(
    version: Version,
    answers: dict[str, Any],
    unit: Unit,
    inspector: User,
    start: datetime,
    end: datetime,
    random: Random,
) -> dict[str, Any]:
    found = raised(version.definition, answers)
    sheet = str(uuid7())
    files, problems = [], []
    for index, one in enumerate(found):
        scene = SCENES.get(one.rule.category, "lesson")
        picture = _file(
            pictures.photo(scene, random.randint(1, 6)), "photo", one.item.key, start, unit, inspector
        )
        files.append(picture | {"sheet": sheet})
        problems.append(
            {
                "id": str(uuid7()),
                "sheet": sheet,
                "item": one.item.key,
                "rule": f"{one.item.key}.{one.rule.key}",
                "category": one.rule.category,
                "severity": one.rule.severity,
                "wording": one.rule.wording.zh,
                "basis": one.rule.basis.zh,
                "requirement": one.rule.requirement.zh,
                "days": (
                    limit := time_to_rectify(
                        one.rule.severity, one.rule.category, region=unit.region, on=clock.today()
                    )
                ).days,
                "day_unit": limit.unit.value,
                "disposition": "SMALL" if one.rule.severity == "MINOR" and index % 4 == 3 else "",
                "evidence": [picture["sha256"]],
            }
        )
    files.append(
        _file(pictures.photo("yard", random.randint(1, 6)), "photo", "scene", start, unit, inspector)
    )
    files.append(
        _file(pictures.photo("lesson", random.randint(1, 6)), "photo", "scene", start, unit, inspector)
    )
    signed = _file(pictures.signature(inspector.pk), "signature", "inspector", end, unit, inspector)
    countersigned = _file(pictures.signature(int(unit.code)), "signature", "unit", end, unit, inspector)
    return {
        "unit": str(unit.pk),
        "sheets": [{"id": sheet, "instrument": version.hash, "answers": answers}],
        "started_at": start.isoformat(),
        "finished_at": end.isoformat(),
        "place": {"lat": unit.lat, "lng": unit.lng, "accuracy_m": random.randint(8, 40)},
        "methods": random.sample(["PATROL", "CLASS_OBS", "DOC_CHECK", "INTERVIEW"], random.randint(2, 4)),
        "companion": unit.liaison_name,
        "unplanned": random.random() < 0.2,
        "narrative": texts.narrative(random, unit.name),
        "highlights": random.choice(texts.HIGHLIGHTS),
        "advice": random.choice(texts.ADVICE) if random.random() < 0.5 else "",
        "findings": problems,
        "unit_opinion": {"agree": True, "text": "情况属实，我校将认真整改。" if problems else "感谢督学指导。"},
        "signatures": {
            "inspector": signed["sha256"], "unit": countersigned["sha256"], "unit_signer": unit.liaison_name,
        },
        "manifest": [*files, signed, countersigned],
        "app": "sample",
    }  # fmt: skip


def _file(body: bytes, role: str, item: str, at: datetime, unit: Unit, by: User) -> dict[str, Any]:
    kind = "image/png" if role == "signature" else "image/jpeg"
    stored = store_bytes(body, name=f"{item}.{kind[6:]}", content_type=kind, by=by)
    return {
        "sha256": stored.sha256, "size": len(body), "type": kind, "name": stored.name, "role": role, "item": item,
        "captured_at": at.isoformat(), "place": {"lat": unit.lat, "lng": unit.lng, "accuracy_m": 20},
    }  # fmt: skip


def _answers(definition: Definition, unit: Unit, random: Random) -> dict[str, Any]:
    stage = {Kind.JUNIOR: "junior", Kind.NINE_YEAR: "both"}.get(Kind(unit.kind), "primary")
    answers: dict[str, Any] = {
        "stage": stage,
        "classes_sampled": random.randint(3, 8),
        "people_heard": random.randint(8, 30),
    }
    for _section, item in definition.items():
        if item.key not in answers and item.key in relevant_answers(definition, answers).relevant:
            value = _answer(item, random)
            if value is not None:
                answers[item.key] = value
    return answers


def _answer(item: Item, random: Random) -> Any:
    if item.type == "yes_no":
        severe = any(rule.severity in ("SERIOUS", "CRITICAL") for rule in item.findings)
        return "no" if random.random() < (0.015 if severe else 0.055) else "yes"
    if item.type == "integer":
        good = {
            "hw_g36_minutes": 48,
            "hw_g79_minutes": 76,
            "as_days": 5,
            "as_minutes": 120,
            "ft_pe_lessons": 3,
        }
        bad = {
            "hw_g36_minutes": 72,
            "hw_g79_minutes": 118,
            "as_days": 4,
            "as_minutes": 90,
            "ft_pe_lessons": 2,
        }
        return (bad if random.random() < 0.05 else good).get(item.key)
    return None


def _follow(city: City, finding: Finding, found_at: datetime, random: Random) -> None:
    """Live a problem's life as far as the past allows: some units are quick, some slow, some are sent back."""
    head, officer = city.heads[finding.unit_id], city.officers[finding.unit.region_id]
    moment = found_at
    slow = random.random() < 0.12
    while (step := _next(finding)) is not None:
        moment = _later(moment, random.randint(*step.hours) * (4 if slow else 1))
        if moment > clock.now() - timedelta(hours=1) or (slow and random.random() < 0.35):
            return
        with clock.set_to(moment):
            finding = step.do(finding, head, officer, random)
        finding = Finding.objects.select_related("unit__region", "inspector").get(pk=finding.pk)


def _later(moment: datetime, hours: int) -> datetime:
    """At least `hours` later, in office hours of a working day."""
    moment += timedelta(hours=hours)
    special = special_days()
    while (
        not is_working(moment.date(), special)
        or not 8 <= moment.astimezone(ZoneInfo(settings.TIME_ZONE)).hour < 18
    ):
        moment += timedelta(hours=1)
    return moment


class _Step(msgspec.Struct):
    hours: tuple[int, int]
    do: Any


def _next(finding: Finding) -> _Step | None:
    return _STEPS.get(State(finding.state))


def _seen(finding: Finding) -> findings.Seen:
    return findings.Seen(finding.state, finding.round)


def _issue(finding: Finding, head: User, officer: User, random: Random) -> Finding:
    return issuing.release(finding, by=officer, seen=_seen(finding), note="请高度重视，按期整改。")


def _receive(finding: Finding, head: User, officer: User, random: Random) -> Finding:
    return findings.receive(finding, by=head, seen=_seen(finding))


def _start(finding: Finding, head: User, officer: User, random: Random) -> Finding:
    measures = texts.MEASURES.get(finding.category, texts.MEASURES["OTHER"])
    return findings.start(
        finding, by=head, seen=_seen(finding), measures=measures, person_in_charge=head.name
    )


def _report(finding: Finding, head: User, officer: User, random: Random) -> Finding:
    scene = SCENES.get(finding.category, "lesson")
    after = store_bytes(
        pictures.photo(scene, random.randint(7, 12)), name="after.jpeg", content_type="image/jpeg", by=head
    )
    text = texts.DONE.get(finding.category, texts.DONE["OTHER"])
    return findings.report(
        finding, by=head, seen=_seen(finding), text=text, before=finding.evidence, after=[after.sha256]
    )


def _verify(finding: Finding, head: User, officer: User, random: Random) -> Finding:
    passed = not (finding.round == 1 and random.random() < 0.15)
    facts = (
        "现场复查，整改到位，佐证材料齐全。"
        if passed
        else "佐证照片不能反映整改后的情况，请补充材料并再次整改。"
    )
    return findings.verify(
        finding, by=finding.inspector, seen=_seen(finding), passed=passed,
        method=random.choice(["material", "on_site"]), facts=facts,
    )  # fmt: skip


def _sign_off(finding: Finding, head: User, officer: User, random: Random) -> Finding:
    return findings.sign_off(finding, by=officer, seen=_seen(finding), note="同意销号。")


_STEPS = {
    State.RECORDED: _Step((3, 30), _issue),
    State.NOTIFIED: _Step((2, 30), _receive),
    State.RECEIVED: _Step((10, 48), _start),
    State.RECTIFYING: _Step((48, 200), _report),
    State.RETURNED: _Step((48, 120), _report),
    State.REPORTED: _Step((20, 80), _verify),
    State.VERIFIED: _Step((10, 60), _sign_off),
}


def told() -> str:
    """What was made, in one line."""
    return f"{Visit.objects.count()} visits, {Finding.objects.count()} findings, {Report.objects.count()} reports"
