"""A region at one glance: a few numbers, which way they go, and what burns. From the roll-ups alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from dudao.findings.states import OPEN, Severity
from dudao.insight import queries, standings
from dudao.insight.models import UnitStanding
from dudao.insight.standings import MonthSum, Standing
from dudao.kernel import clock
from dudao.places.models import Region, Unit
from dudao.places.queries import within

MONTHS = 6
SOON = timedelta(days=3)
MOST = 5


class Figure(NamedTuple):
    """A number with the list of its rows; `tone` only underlines what the label says."""

    label: str
    value: str
    note: str
    tone: str
    url: str


class Bar(NamedTuple):
    """A month of the trend; heights in per cent of the highest bar."""

    sums: MonthSum
    found_height: int
    struck_off_height: int
    found_url: str
    struck_off_url: str


class Burning(NamedTuple):
    """A unit with grave or late problems."""

    unit: Unit
    critical: int
    overdue: int
    url: str


class Below(NamedTuple):
    """A region one level down, with what is open there."""

    region: Region
    standing: Standing
    overdue: int
    open_url: str
    overdue_url: str


@dataclass(frozen=True)
class Glance:
    region: Region
    figures: list[Figure]
    trend: list[Bar]
    burning: list[Burning]
    below: list[Below]


def of(region: Region) -> Glance:
    today, month = clock.today(), queries.this_month()
    own = standings.standing_of(standings.under(region))
    sums = standings.months_of(standings.under(region), queries.months_back(month, MONTHS))
    return Glance(
        region,
        _figures(region, own, sums, today),
        _trend(region, sums),
        burning(region, today),
        _below(region, today),
    )


def ledger(region: Region, **query: Any) -> str:
    return reverse("findings:ledger") + "?" + urlencode({"region": region.code} | query)


def _figures(region: Region, own: Standing, sums: list[MonthSum], today: date) -> list[Figure]:
    total, now, before = queries.coverage(region, sums[-1].month), sums[-1], sums[-2]
    key = f"{now.month:%Y-%m}"
    soon = own.due(today, today + SOON)
    closing = now.median_days if now.median_days is not None else before.median_days
    rate = f"{100 * (total.rate or 0):.1f}".rstrip("0").rstrip(".") + "%" if total.needed else "—"
    return [
        Figure(_("本月覆盖率"), rate, f"{total.covered}/{total.needed}" if total.needed else _("本月没有督导次数要求"), total.tone,
               reverse("insight:coverage", args=[region.code])),
        Figure(_("本月督导"), str(now.visits), _("上月 %(n)s") % {"n": before.visits}, "primary",
               reverse("inspections:list") + "?" + urlencode({"region": region.code, "month": key, "state": "FILED"})),
        Figure(_("已逾期"), str(own.overdue(today)), _("超过一个月 %(n)s") % {"n": own.due(None, today - timedelta(days=31))},
               "red", ledger(region, state="", overdue=1)),
        Figure(_("三天内到期"), str(soon), "", "orange",
               ledger(region, state="", due_from=today, due_until=today + SOON)),
        Figure(_("重大隐患"), str(own.by_severity[Severity.CRITICAL]), _("未销号"), "red",
               ledger(region, state="open", severity=Severity.CRITICAL)),
        Figure(_("未销号"), str(own.open), _("本月新发现 %(n)s") % {"n": now.found}, "blue", ledger(region, state="open")),
        Figure(_("本月销号"), str(now.struck_off), _("上月 %(n)s") % {"n": before.struck_off}, "green",
               ledger(region, state="", struck_off=key)),
        Figure(_("销号用时中位数"), "—" if closing is None else _("%(n)s 天") % {"n": closing},
               _("本月退回 %(n)s 次") % {"n": now.returned}, "secondary", ledger(region, state="STRUCK_OFF", sort="-struck_off")),
    ]  # fmt: skip


def _trend(region: Region, sums: list[MonthSum]) -> list[Bar]:
    most = max([one.found for one in sums] + [one.struck_off for one in sums] + [1])
    return [
        Bar(
            one, 100 * one.found // most, 100 * one.struck_off // most,
            ledger(region, state="", found=f"{one.month:%Y-%m}"), ledger(region, state="", struck_off=f"{one.month:%Y-%m}"),
        )
        for one in sums
    ]  # fmt: skip


def burning(region: Region, today: date) -> list[Burning]:
    """The units with most grave or late problems."""
    rows = UnitStanding.objects.filter(within(region.path), state__in=OPEN).order_by()
    burns = rows.filter(Q(severity=Severity.CRITICAL) | Q(due_on__lt=today))
    critical: dict[UUID, int] = {}
    overdue: dict[UUID, int] = {}
    for unit, severity, due_on, n in burns.values_list("unit_id", "severity", "due_on").annotate(
        Sum("count")
    ):
        if severity == Severity.CRITICAL:
            critical[unit] = critical.get(unit, 0) + n
        if due_on is not None and due_on < today:
            overdue[unit] = overdue.get(unit, 0) + n
    worst = sorted(
        {*critical, *overdue}, key=lambda pk: (-critical.get(pk, 0), -overdue.get(pk, 0), str(pk))
    )[:MOST]
    units = Unit.objects.select_related("region").in_bulk(worst)
    return [
        Burning(
            units[pk],
            critical.get(pk, 0),
            overdue.get(pk, 0),
            ledger(region, unit=pk, state="open"),
        )
        for pk in worst
    ]


def _below(region: Region, today: date) -> list[Below]:
    if queries.is_leaf(region):
        return []
    found = standings.standings_below(region)
    children = Region.objects.filter(parent=region)
    rows = [
        Below(
            one,
            found[one.pk],
            found[one.pk].overdue(today),
            ledger(one, state="open"),
            ledger(one, state="", overdue=1),
        )
        for one in children
    ]
    return sorted(rows, key=lambda row: (-row.overdue, -row.standing.open, row.region.path))
