"""What a month is about for a region, and the months of a school year."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from dudao.people.models import User
from dudao.places.models import Region
from dudao.plans.models import MonthPlan, PlanItem
from dudao.rules.queries import paths_above


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
    rows = MonthPlan.objects.filter(region__path__in=paths_above(region), month__in=months).select_related(
        "region"
    )
    found: dict[date, MonthPlan] = {}
    for row in sorted(rows, key=lambda plan: len(plan.region.path)):
        found[row.month] = row
    return found


def items_of(inspector_id: int, month: date) -> QuerySet[PlanItem]:
    """One inspector's items of a month."""
    return PlanItem.objects.filter(inspector_id=inspector_id, month=month)


def who_may_be_sent(regions: Sequence[Region]) -> list[User]:
    """Inspectors in office, of these regions and those above."""
    above = {path for region in regions for path in paths_above(region)}
    return list(
        User.objects.filter(inspector__region__path__in=above, inspector__left_on__isnull=True).order_by(
            "name", "pk"
        )
    )
