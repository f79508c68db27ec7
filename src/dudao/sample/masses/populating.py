"""The order in which a large population is written: people and places, the schools' years, the seal, the roll-ups."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import click
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max

from dudao.insight.followers import rebuild
from dudao.instruments.definitions import Definition
from dudao.instruments.queries import current_versions
from dudao.instruments.sheets import asked, relevant_answers
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.journal.models import Event, Seal
from dudao.kernel import clock
from dudao.kernel.statistics import refresh_statistics
from dudao.people.models import User
from dudao.people.roles import Role
from dudao.places.models import Level, Region, Unit
from dudao.places.services import load_regions
from dudao.rules.deadlines import deadlines
from dudao.rules.queries import in_force, limit, special_days
from dudao.sample.masses.calendar import Calendar
from dudao.sample.masses.lives import Checklist, Flaw, Limits, Lives
from dudao.sample.masses.people import County, People, Settlers
from dudao.sample.masses.writing import Writer

SCALES = {"county": "430211", "city": "430200", "province": "430000", "nation": ""}
"""What each scale fills: Tianyuan district, Zhuzhou, Hunan, every county of the state's list."""

MEAN_SCHOOLS = {"nation": 69}
USUAL_SCHOOLS = 95
"""Schools a county: some 200,000 in 2,900 counties of the nation; Hunan's counties are large."""

DEMO = {
    "430211": {"office": "demo-county", "inspector": "demo-inspector", "school": "demo-school"},
}
INSTRUMENT = "double-reduction-school"


def populate(*, scale: str, years: float, seed: int, say: Callable[[str], object]) -> None:
    """Write a large population into an empty database. The same arguments on the same day write the same rows."""
    if Unit.objects.exists():
        raise click.ClickException(
            "this database holds schools already; a population goes into an empty one only"
        )
    today = clock.today()
    load_regions()
    calendar = Calendar(today - timedelta(days=round(years * 365)), today, special_days())
    counties = _counties(scale)
    lives = Lives(calendar, _checklist())
    with transaction.atomic():
        _name_offices(counties)
        people = People((User.objects.aggregate(last=Max("pk"))["last"] or 0) + 1, calendar.first)
        settlers = Settlers(people, calendar.first)
        _offices(people, counties)
    schools = 0
    for number, region in enumerate(counties, start=1):
        random = Random(f"{seed}-{region.code}")  # noqa: S311 - a made-up county, not a secret
        with transaction.atomic():
            county = _settle(settlers, region, scale, random)
            lives.live(county, _limits(region, today), random)
            settlers.flush()
            lives.flush()
        schools += len(county.schools)
        if number % 10 == 0 or number == len(counties):
            say(f"{number} of {len(counties)} counties: {schools} schools, {lives.counts}")
    _reset_sequences()
    _seal(say)
    refresh_statistics()
    say(f"roll-ups: {rebuild()} units")


def _counties(scale: str) -> list[Region]:
    code = SCALES[scale]
    rows = Region.objects.filter(level=Level.COUNTY).select_related("parent").order_by("code")
    if code:
        rows = rows.filter(path__startswith=Region.objects.get(code=code).path)
    return list(rows)


def _settle(settlers: Settlers, region: Region, scale: str, random: Random) -> County:
    schools = max(12, round(MEAN_SCHOOLS.get(scale, USUAL_SCHOOLS) * random.lognormvariate(-0.06, 0.35)))
    return settlers.settle(region, schools, random, DEMO.get(region.code, {}))


def _offices(people: People, counties: list[Region]) -> None:
    """An office for each county's city and province; the accounts of the demo's sign-in page where they can hold."""
    paths = {county.path[:end] for county in counties for end in _ends(county.path)[:-1]}
    for region in Region.objects.filter(path__in=paths):
        username = "demo-city" if region.code == "430200" else f"office-{region.code}"
        people.add(
            username, "易国栋", Role.CITY_OFFICE, title=f"{region.name}教育督导办", region_id=region.pk
        )
    home = Region.objects.get(code="430200")
    for username, name, role in (
        ("demo-auditor", "贺廉", Role.AUDITOR),
        ("demo-admin", "管理员", Role.ADMINISTRATOR),
        ("demo-security", "向明安", Role.SECURITY),
        ("demo-audit", "文审之", Role.AUDIT),
    ):
        people.add(username, name, role, region_id=home.pk)
    people.flush()


def _name_offices(counties: list[Region]) -> None:
    """What stands at the head of their papers."""
    paths = {county.path[:end] for county in counties for end in _ends(county.path)}
    named = list(Region.objects.filter(path__in=paths, office=""))
    for region in named:
        office = "教育督导室" if region.level == Level.COUNTY else "教育督导委员会办公室"
        region.office, region.office_mark = f"{region.name}人民政府{office}", f"{region.name[:2]}教督"
    Region.objects.bulk_update(named, ["office", "office_mark"], batch_size=500)


def _ends(path: str) -> list[int]:
    return [end + 1 for end, mark in enumerate(path) if mark == "/"]


def _limits(region: Region, today: date) -> Limits:
    return Limits(
        limit("finding.receipt", region=region, on=today),
        deadlines(region=region, on=today),
        frozenset(in_force("finding.office_issues", region=region, on=today)),
    )


def _checklist() -> Checklist:
    """The check that every visit of the sample fills in, answered as by a primary school without a flaw."""
    version = next(one for one in current_versions() if one.definition.key == INSTRUMENT)
    answers = _faultless(version.definition)
    flaws = [
        Flaw(item, item.findings[0], _hidden(version.definition, answers, item.key))
        for _section, item in version.definition.items()
        if item.type == "yes_no" and item.findings and answers.get(item.key) == "yes"
    ]
    held = relevant_answers(version.definition, answers)
    return Checklist(version, answers, asked(version.definition, held), flaws)


def _hidden(definition: Definition, answers: dict[str, Any], flaw: str) -> frozenset[str]:
    """The items that are no longer asked once `flaw` is answered no."""
    asked = relevant_answers(definition, answers).relevant
    return frozenset(asked) - frozenset(relevant_answers(definition, answers | {flaw: "no"}).relevant)


def _faultless(definition: Definition) -> dict[str, Any]:
    answers: dict[str, Any] = {"stage": "primary", "classes_sampled": 4, "people_heard": 15}
    for _section, item in definition.items():
        is_asked = item.key in relevant_answers(definition, answers).relevant
        if is_asked and item.key not in answers and item.type == "yes_no":
            answers[item.key] = "yes"
    return answers


def _seal(say: Callable[[str], object]) -> None:
    """Number and chain all events in the order of their moments, as the sealer would have over the years."""
    while journal.seal():
        pass
    last = Seal.objects.order_by("-seq").first()
    seq, previous = (last.seq, last.hash) if last else (0, journal.GENESIS)
    seals = Writer(Seal)
    with transaction.atomic():
        for event in _unsealed():
            seq += 1
            link = journal.digest(event, seq, previous)
            seals.add(seq=seq, event_id=event.pk, previous=previous, hash=link)
            previous = link
        seals.flush()
        followers.pass_over(seq)  # the years are over: nobody is told of them now
    say(f"journal: {seq} events sealed")


def _unsealed() -> Iterator[Event]:
    rows = Event.objects.filter(seal__isnull=True).order_by("at", "pk")
    if connection.vendor == "sqlite":  # its cursor does not survive writes beside it
        keys = list(rows.values_list("pk", flat=True))
        for first in range(0, len(keys), 900):
            found = Event.objects.in_bulk(keys[first : first + 900])
            yield from (found[key] for key in keys[first : first + 900])
        return
    yield from rows.iterator(chunk_size=5000)


def _reset_sequences() -> None:
    """Keys of accounts were given by us; the next one is the database's to give."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [User]):
            cursor.execute(statement)
