"""What a month is about for a region, and the months of a school year."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from dudao.places.models import Region
from dudao.plans.models import MonthPlan, PlanItem


def first_of(day: date) -> date:
    return day.replace(day=1)


def after(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def school_year_of(day: date) -> list[date]:
    """The twelve months of the school year `day` lies in, from September."""
    year = day.year if day.month >= 9 else day.year - 1
    return [date(year + (number > 12), (number - 1) % 12 + 1, 1) for number in range(9, 21)]


def plans_for(region: Region, months: Sequence[date]) -> dict[date, MonthPlan]:
    """Month → the plan that holds in `region`: its own, else the nearest one up the tree."""
    above = [region.path[: end + 1] for end, mark in enumerate(region.path) if mark == "/"]
    rows = MonthPlan.objects.filter(region__path__in=above, month__in=months).select_related("region")
    found: dict[date, MonthPlan] = {}
    for row in sorted(rows, key=lambda plan: len(plan.region.path)):
        found[row.month] = row
    return found


def items_of(inspector_id: int, month: date) -> QuerySet[PlanItem]:
    """One inspector's items of a month."""
    return PlanItem.objects.filter(inspector_id=inspector_id, month=month)
