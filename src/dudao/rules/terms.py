"""School years and terms; domain §0.5. Each county may set its own dates (rules `term.autumn`, `term.spring`)."""

from datetime import date
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from dudao.places.models import Region
from dudao.rules.queries import in_force


class Term(models.TextChoices):
    AUTUMN = "AUTUMN", _("秋季学期")
    SPRING = "SPRING", _("春季学期")


class SchoolTerm(NamedTuple):
    """A term of a school year; `year` is the calendar year in which the school year begins."""

    year: int
    term: Term


def term_of(day: date, *, region: Region | None) -> SchoolTerm:
    """The term `day` falls in: from the start of spring to the day before autumn it is spring."""
    autumn = _start(in_force("term.autumn", region=region, on=day)["starts"], day.year)
    spring = _start(in_force("term.spring", region=region, on=day)["starts"], day.year)
    if day >= autumn:
        return SchoolTerm(day.year, Term.AUTUMN)
    return SchoolTerm(day.year - 1, Term.SPRING if day >= spring else Term.AUTUMN)


def _start(month_day: str, year: int) -> date:
    return date.fromisoformat(f"{year}-{month_day}")
