"""The stretch of time a plan is looked at in: a month, a term, a school year; and its months, cut where it begins or ends."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.places.models import Region
from dudao.plans.queries import after, first_of, school_year_of
from dudao.rules.queries import published_years
from dudao.rules.terms import SchoolTerm, Span, spans, term_of

_DAY = timedelta(days=1)


class Period(models.TextChoices):
    """How long a stretch somebody looks at."""

    MONTH = "month", gettext_lazy("月度")
    TERM = "term", gettext_lazy("学期")
    YEAR = "year", gettext_lazy("学年")


@dataclass(frozen=True)
class MonthPart:
    """A month as far as the stretch reaches into it, both days included.

    `is_provisional`: the year's holidays are not published yet, so its working days are those of the plain week.
    """

    first: date
    starts_on: date
    ends_on: date
    is_provisional: bool

    @property
    def is_cut_before(self) -> bool:
        return self.starts_on > self.first

    @property
    def is_cut_after(self) -> bool:
        return self.ends_on < after(self.first) - _DAY


@dataclass(frozen=True)
class Stretch:
    """From `starts_on` to `ends_on`, both included; `next_on` is when the one after begins (a vacation may lie between).

    `is_set` is False for a term whose dates nobody has published here.
    """

    period: Period
    label: str
    starts_on: date
    ends_on: date
    next_on: date
    months: list[MonthPart]
    term: SchoolTerm | None = None
    is_set: bool = True

    @property
    def day_before(self) -> date:
        return self.starts_on - _DAY


def stretch(period: Period, on: date, region: Region | None) -> Stretch:
    """The month, term or school year `on` lies in; terms are those of `region`."""
    if period is Period.TERM and region is not None:
        return of_term(term_of(on, region=region), region)
    first, last = first_of(on), first_of(on)
    label = f"{on:%Y-%m}"
    if period is not Period.MONTH:
        year = school_year_of(on)
        first, last, label = year[0], year[-1], year_name(year[0].year)
    ends_on = after(last) - _DAY
    kind = Period.YEAR if period is Period.TERM else period
    return Stretch(kind, label, first, ends_on, after(last), _parts(first, ends_on))


def of_term(asked: SchoolTerm, region: Region) -> Stretch:
    """One term in `region`. Without published dates it is taken to last until the next one begins (domain §0.5)."""
    rows = spans(region, [asked.year, asked.year + 1])
    index = next(n for n, one in enumerate(rows) if (one.year, one.term) == asked)
    span, following = rows[index], rows[index + 1]
    ends_on = span.ends_on or following.starts_on - _DAY
    return Stretch(
        Period.TERM,
        term_name(asked),
        span.starts_on,
        ends_on,
        following.starts_on,
        _parts(span.starts_on, ends_on),
        asked,
        is_set=span.dates is not None,
    )


def coming_terms(region: Region, today: date, count: int = 2) -> list[Span]:
    """The running term and the next ones, of those with published dates."""
    rows = spans(region, [today.year - 1, today.year, today.year + 1])
    return [one for one in rows if one.ends_on is not None and one.ends_on >= today][:count]


def term_name(one: SchoolTerm) -> str:
    return _("%(year)s %(term)s") % {"year": year_name(one.year), "term": one.term.label}


def year_name(year: int) -> str:
    return _("%(year)s—%(next)s 学年") % {"year": year, "next": year + 1}


def _parts(starts_on: date, ends_on: date) -> list[MonthPart]:
    published = published_years()
    months, first = [], first_of(starts_on)
    while first <= ends_on:
        last = after(first) - _DAY
        part = MonthPart(first, max(first, starts_on), min(last, ends_on), first.year not in published)
        months.append(part)
        first = after(first)
    return months
