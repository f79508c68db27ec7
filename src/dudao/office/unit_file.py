"""One school's file (一校一档): all that this person may see of a unit, from every room."""

from typing import Any

from django.db.models import Count

from dudao.alarms.models import Alarm
from dudao.documents.queries import documents_visible_to
from dudao.findings.models import Finding, LookBack
from dudao.findings.queries import with_due
from dudao.findings.states import State
from dudao.insight import standings
from dudao.insight.queries import months_back, this_month
from dudao.insight.standings import MonthSum
from dudao.inspections.models import Visit
from dudao.people import phones
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.places.models import Institution, TurnKind, Unit
from dudao.plans.models import PlanItem

SHOWN = 12
MONTHS = 12


def of(unit: Unit, user: User) -> dict[str, Any]:
    """What the page of a unit shows to `user`; each list through its own room's scope."""
    findings = Finding.objects.visible_to(user).filter(unit=unit)
    visits = Visit.objects.visible_to(user).filter(unit=unit).select_related("inspector")
    plans = PlanItem.objects.visible_to(user).filter(unit=unit, month__gte=this_month()).with_visits()
    looked = LookBack.objects.visible_to(user).filter(finding__unit=unit).exclude(result="")
    return {
        "unit": unit,
        "inspectors": phones.inspectors_of(unit, seen_by=user),
        "may_call": phones.units_with_phones(user).filter(pk=unit.pk).exists(),
        "visits": visits.order_by("-started_at")[:SHOWN],
        "findings": with_due(list(findings.open().select_related("unit__region"))),
        "by_state": _by_state(findings),
        "documents": documents_visible_to(user).filter(unit=unit)[:SHOWN],
        "alarms": Alarm.objects.visible_to(user).filter(unit=unit).order_by("-pk")[:SHOWN],
        "plans": plans.select_related("inspector").order_by("month", "planned_on", "pk")[:SHOWN],
        "look_backs": looked.select_related("finding").order_by("-done_at")[:SHOWN],
        "years": unit.years.all()[:6],
        "turns": unit.turns.prefetch_related("others"),
        "institution": Institution.objects.filter(unit=unit).first(),
        "is_managed": Reach(user, "unit.manage").covers(unit.region),
        "possible": [
            (kind, TurnKind(kind).label) for kind in TurnKind if (kind == TurnKind.REOPENED) != unit.is_open
        ],
        "trend": _trend(unit, user),
    }


def _by_state(findings: Any) -> list[tuple[str, int]]:
    """Problems by state, in the order of life."""
    counts = dict(findings.order_by().values_list("state").annotate(Count("pk")))
    return [(state.value, counts[state]) for state in State if state in counts]


def _trend(unit: Unit, user: User) -> list[tuple[MonthSum, int, int]]:
    """Months with the heights of their bars. The counts hold what the school is not told of yet: problems at the office,
    covert visits."""
    if not (user.can("coverage.view") or user.can("visit.record")):
        return []
    sums = standings.months_of(standings.of_unit(unit.pk), months_back(this_month(), MONTHS))
    most = max([one.found for one in sums] + [one.struck_off for one in sums] + [1])
    return [(one, 100 * one.found // most, 100 * one.struck_off // most) for one in sums]
