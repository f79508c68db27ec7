"""How many visits a month asks for. In months that are mostly holidays nobody is asked to visit (domain §0.5, decision 014)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from dudao.kernel.workdays import SpecialDays, is_working
from dudao.places.models import Region
from dudao.rules.models import Rule, Term, TermDates
from dudao.rules.queries import Rules, paths_above, special_days

BEGINS = {Term.AUTUMN: "term.autumn", Term.SPRING: "term.spring"}
HOLIDAYS = {Term.AUTUMN: "term.winter", Term.SPRING: "term.summer"}
"""The holidays that follow each term: the rules that say when they usually begin."""


class Taught(NamedTuple):
    """From the first to the last day of a term."""

    first: date
    last: date


def visits_asked(regions: Iterable[Region], months: Sequence[date]) -> dict[tuple[int, date], int]:
    """(region's id, first of a month) → the visits asked of each of its schools: `visit.per_month`, none in a month with
    fewer days of teaching than `visit.teaching_days`. A constant number of queries. Raises RuleMissing."""
    homes = list(regions)
    keys = ("visit.per_month", "visit.teaching_days", *BEGINS.values(), *HOLIDAYS.values())
    rules = Rules(Rule.objects.filter(key__in=keys))
    dates, special = _published(months), special_days()
    taught: dict[tuple[date, tuple[Taught, ...]], int] = {}
    asked = {}
    for home in homes:
        for month in months:
            usual = {key: rules.value(key, region=home, on=month) for key in keys}
            terms = tuple(_terms(home, month, usual, dates))
            if (month, terms) not in taught:
                taught[month, terms] = _taught(month, terms, special)
            is_asked = taught[month, terms] >= usual["visit.teaching_days"]
            asked[home.pk, month] = int(usual["visit.per_month"]) if is_asked else 0
    return asked


def _published(months: Sequence[date]) -> dict[tuple[str, int, str], TermDates]:
    """(path of a region, school year, term) → its dates."""
    years = {year for month in months for year in (month.year - 1, month.year)}
    rows = TermDates.objects.filter(year__in=years).select_related("region")
    return {(row.region.path, row.year, row.term): row for row in rows}


def _terms(
    home: Region, month: date, usual: dict[str, dict[str, str]], dates: dict[tuple[str, int, str], TermDates]
) -> Iterator[Taught]:
    """The terms that may reach into `month`: the nearest region's published dates, else those the rules say."""
    above = paths_above(home)[::-1]
    for year, term in (
        (month.year - 1, Term.AUTUMN),
        (month.year - 1, Term.SPRING),
        (month.year, Term.AUTUMN),
    ):
        own = next((dates[path, year, term] for path in above if (path, year, term) in dates), None)
        if own is not None:
            yield Taught(own.starts_on, own.ends_on)
            continue
        first = _on(year + (term is Term.SPRING), usual[BEGINS[term]])
        yield Taught(first, _on(year + 1, usual[HOLIDAYS[term]]) - timedelta(days=1))


def _on(year: int, value: dict[str, str]) -> date:
    return date.fromisoformat(f"{year}-{value['starts']}")


def _taught(month: date, terms: tuple[Taught, ...], special: SpecialDays) -> int:
    """Working days of `month` that lie in a term."""
    days = (month + timedelta(days=number) for number in range(31))
    return sum(
        day.month == month.month
        and is_working(day, special)
        and any(one.first <= day <= one.last for one in terms)
        for day in days
    )
