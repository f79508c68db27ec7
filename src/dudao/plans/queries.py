"""What a month is about for a region, and the months of a school year."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from dudao.inspections.joint import Team
from dudao.inspections.models import Visit
from dudao.people.access import Anyone
from dudao.people.models import User
from dudao.places.models import Region
from dudao.plans.models import Answer, Invitation, MonthPlan, PlanItem
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


def team_of(plan: UUID) -> Team | None:
    """Who goes together under an item; None where it is there no more."""
    item = PlanItem.objects.filter(pk=plan).first()
    if item is None:
        return None
    answers = dict(item.invitations.values_list("user_id", "answer"))
    accepted = frozenset(pk for pk, answer in answers.items() if answer == Answer.ACCEPTED)
    return Team(item.inspector_id, accepted, frozenset(answers))


def goes_together(user: User, month: date) -> list[PlanItem]:
    """The items of a month for which `user` goes out with others: as their lead, or as one who has accepted."""
    own = Q(inspector=user, invitations__answer=Answer.ACCEPTED)
    asked = Q(pk__in=Invitation.objects.filter(user=user, answer=Answer.ACCEPTED).values("item_id"))
    rows = PlanItem.objects.filter(own | asked, month=month).select_related("inspector", "unit")
    return list(rows.distinct().prefetch_related("invitations__user").order_by("planned_on", "pk"))


def invitations_to_answer(user: User) -> list[Invitation]:
    """The invitations `user` has yet to answer, the earliest day first."""
    rows: Any = Invitation.objects.filter(user=user, answer=Answer.WAITING)
    rows = rows.answerable().select_related("item__unit__region", "item__inspector")
    return list(rows.order_by("item__month", F("item__planned_on").asc(nulls_last=True), "pk"))


def who_may_be_sent(regions: Sequence[Region]) -> list[User]:
    """Inspectors in office, of these regions and those above."""
    above = {path for region in regions for path in paths_above(region)}
    return list(
        User.objects.filter(inspector__region__path__in=above, inspector__left_on__isnull=True).order_by(
            "name", "pk"
        )
    )


def visits_of(item: PlanItem, user: Anyone) -> list[Visit]:
    """The visits that fulfil an item, of those `user` may see."""
    span = {"started_at__date__gte": item.month, "started_at__date__lt": item.month_after}
    rows = Visit.objects.visible_to(user).filter(unit=item.unit_id, inspector=item.inspector_id, **span)
    return list(rows.order_by("started_at"))
