"""School years and terms; domain §0.5. A county's published dates hold, else its city's …, else the rules `term.…`."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid
from dudao.kernel.text import clean
from dudao.people.models import User
from dudao.places.models import Region
from dudao.rules.access import may_set
from dudao.rules.models import Term, TermDates
from dudao.rules.queries import in_force, paths_above

__all__ = ["SchoolTerm", "Span", "Term", "keep_term", "spans", "term_of"]


class SchoolTerm(NamedTuple):
    """A term of a school year; `year` is the calendar year in which the school year begins."""

    year: int
    term: Term


@dataclass(frozen=True)
class Span:
    """When a term runs in a region. Without `dates` nobody has published any, and its end is not known."""

    year: int
    term: Term
    starts_on: date
    dates: TermDates | None

    @property
    def ends_on(self) -> date | None:
        return self.dates.ends_on if self.dates else None


def term_of(day: date, *, region: Region | None) -> SchoolTerm:
    """The term `day` falls in: from the start of spring to the day before autumn it is spring."""
    published = _published(region, [day.year - 1, day.year])
    if day >= _start(day.year, Term.AUTUMN, published, region=region, on=day):
        return SchoolTerm(day.year, Term.AUTUMN)
    spring = _start(day.year - 1, Term.SPRING, published, region=region, on=day)
    return SchoolTerm(day.year - 1, Term.SPRING if day >= spring else Term.AUTUMN)


def spans(region: Region, years: list[int]) -> list[Span]:
    """The terms of these school years in `region`, in their order."""
    published = _published(region, years)
    return [
        Span(year, term, _start(year, term, published, region=region, on=_usual(year, term)), published.get((year, term)))
        for year in years
        for term in (Term.AUTUMN, Term.SPRING)
    ]  # fmt: skip


@transaction.atomic
def keep_term(
    region: Region, year: int, term: Term, *, starts_on: date, ends_on: date, source: str, by: User
) -> TermDates:
    """Publish or correct the dates of one term for `region` and all below it.

    Raises Forbidden for another level, Invalid for dates that cannot be, or a beginning that has passed.
    """
    if not may_set(by, region):
        raise Forbidden(_("只能设定本级的学期。"))
    usual = _usual(year, term)
    if abs((starts_on - usual).days) > 75 or not 30 <= (ends_on - starts_on).days <= 240:
        raise Invalid(_("这一学期的日期不合常理，请核对年份和月份。"), field="starts_on")
    stored = TermDates.objects.filter(region=region, year=year, term=term).first()
    if stored is not None and stored.starts_on <= clock.today() and stored.starts_on != starts_on:
        raise Invalid(_("这一学期已经开学，开学日期不再改动。"), field="starts_on")
    one = stored or TermDates(region=region, year=year, term=term)
    before = {"starts_on": str(one.starts_on), "ends_on": str(one.ends_on)} if stored else {}
    one.starts_on, one.ends_on, one.source = starts_on, ends_on, clean(source)
    one.save()
    journal.record(
        "term.keep", by=by, obj=one, label=f"{year} {term.label}（{region.name}）", region=region.path, before=before,
        after={"starts_on": str(starts_on), "ends_on": str(ends_on)}, note=one.source,
    )  # fmt: skip
    return one


def _published(region: Region | None, years: list[int]) -> dict[tuple[int, str], TermDates]:
    """The nearest region's dates of each term."""
    if region is None:
        return {}
    rows = TermDates.objects.filter(region__path__in=paths_above(region), year__in=years).select_related(
        "region"
    )
    return {(row.year, row.term): row for row in sorted(rows, key=lambda row: len(row.region.path))}


def _start(
    year: int, term: Term, published: dict[tuple[int, str], TermDates], *, region: Region | None, on: date
) -> date:
    dates = published.get((year, term))
    if dates is not None:
        return dates.starts_on
    month_day = in_force(f"term.{term.value.lower()}", region=region, on=on)["starts"]
    return date.fromisoformat(f"{year + (term is Term.SPRING)}-{month_day}")


def _usual(year: int, term: Term) -> date:
    return date(year, 9, 1) if term is Term.AUTUMN else date(year + 1, 2, 15)
