"""Coverage as matrices: inspectors, zones and counties by month, schools by theme, and what is asked of a school each month.

Every cell says itself in words and by a sign, never by colour alone; a gap leads to where it is closed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.insight.models import UnitMonth
from dudao.insight.queries import months_back, to_visit
from dudao.inspectors.models import Place, Zone
from dudao.kernel import clock
from dudao.people.models import Assignment
from dudao.places.models import COMPULSORY, Level, Region, Unit
from dudao.plans.periods import Period
from dudao.plans.queries import plans_for
from dudao.rules.models import Rule, WordKind
from dudao.rules.queries import Rules, in_force, rule_in_force, words
from dudao.rules.teaching import visits_asked
from dudao.rules.terms import spans, term_of

BACK = 6
MOST = 100  # schools shown of those asked most of
FULL, PART, GAP, NONE, OVER = "full", "part", "gap", "none", "over"
SIGNS = {FULL: "✓", PART: "◐", GAP: "✗", NONE: "–", OVER: "▲"}
LEGEND = {
    FULL: gettext_lazy("达到要求"),
    PART: gettext_lazy("部分达到"),
    GAP: gettext_lazy("缺，点开处理"),
    NONE: gettext_lazy("不作要求"),
    OVER: gettext_lazy("超过上限"),
}
KINDS = {
    "counties": gettext_lazy("区县 × 月"),
    "inspectors": gettext_lazy("督学 × 月"),
    "zones": gettext_lazy("责任区 × 月"),
    "themes": gettext_lazy("学校 × 主题"),
    "burden": gettext_lazy("学校负担"),
    "map": gettext_lazy("问题地图"),
}


class Cell(NamedTuple):
    """`tone` is a key of SIGNS; `about` says the same in words, to who hears the page."""

    text: str
    tone: str
    about: str
    url: str = ""

    @property
    def sign(self) -> str:
        return SIGNS[self.tone]


class Row(NamedTuple):
    name: str
    note: str
    url: str
    cells: list[Cell]

    @property
    def gaps(self) -> int:
        return sum(one.tone in (GAP, OVER) for one in self.cells)


@dataclass(frozen=True)
class Grid:
    """`told` explains what is asked, with its source."""

    corner: str
    heads: list[str]
    rows: list[Row]
    told: str
    tones: tuple[str, ...] = (FULL, PART, GAP, NONE)

    @property
    def legend(self) -> list[tuple[str, str, Any]]:
        return [(tone, SIGNS[tone], LEGEND[tone]) for tone in self.tones]


def offered(region: Region, *, is_leaf: bool) -> list[tuple[str, Any]]:
    """The matrices of a region. Thousands of inspectors are nobody's page: a province goes down to its cities first."""
    if is_leaf:
        keys = ["inspectors", "zones", "themes", "burden", "map"]
    elif region.level == Level.PROVINCE:
        keys = ["counties", "burden"]
    else:
        keys = ["counties", "inspectors", "burden"]
    return [(key, KINDS[key]) for key in keys]


def grid(kind: str, region: Region, month: date) -> Grid:
    return {
        "counties": _counties, "inspectors": _inspectors, "zones": _zones, "themes": _themes, "burden": _burden,
    }[kind](region, month)  # fmt: skip


class _Visits:
    """Visits of the schools of a region by month, and how many are asked for there and then."""

    def __init__(self, region: Region, months: Sequence[date]) -> None:
        self.units = {
            unit.pk: unit for unit in Unit.objects.filter(to_visit(region)).select_related("region")
        }
        rows = UnitMonth.objects.filter(region__path__startswith=region.path, month__in=months, visits__gt=0)
        self.made = Counter(
            {(unit, month): n for unit, month, n in rows.values_list("unit_id", "month", "visits")}
        )
        self._asked = visits_asked({unit.region for unit in self.units.values()}, months)

    def asked(self, unit: UUID, month: date) -> int:
        return self._asked[self.units[unit].region_id, month]

    def share(self, units: Iterable[UUID], month: date, url: str) -> Cell:
        """How many of `units` were visited as often as asked."""
        needed = [unit for unit in units if unit in self.units and self.asked(unit, month)]
        done = sum(self.made[unit, month] >= self.asked(unit, month) for unit in needed)
        return _share(done, len(needed), month, url)


def _share(done: int, needed: int, month: date, url: str) -> Cell:
    if not needed:
        return Cell("", NONE, _("不作要求"))
    tone = FULL if done >= needed else PART if done else GAP
    about = _("%(month)s：应督导 %(needed)s 所，已督导 %(done)s 所") % {
        "month": f"{month:%Y-%m}", "needed": needed, "done": done,
    }  # fmt: skip
    return Cell(f"{done}/{needed}", tone, about, "" if tone == FULL else url)


def _counties(region: Region, month: date) -> Grid:
    months = months_back(month, BACK)
    children = list(Region.objects.filter(parent=region))
    below = list(Region.objects.filter(path__startswith=region.path))
    asked = visits_asked(below, months)
    units = dict(Unit.objects.filter(to_visit(region)).order_by().values_list("region").annotate(Count("pk")))
    rows = UnitMonth.objects.filter(
        region__path__startswith=region.path, month__in=months, unit__is_open=True, unit__kind__in=COMPULSORY
    ).order_by()
    done: Counter[tuple[int, date]] = Counter()
    for home, on, visits, count in rows.values_list("region_id", "month", "visits").annotate(Count("pk")):
        done[home, on] += count if asked[home, on] and visits >= asked[home, on] else 0
    homes = {child.pk: [one.pk for one in below if one.path.startswith(child.path)] for child in children}
    return Grid(
        _("县（市、区）"),
        [f"{on:%Y-%m}" for on in months],
        [
            Row(child.name, "", _coverage(child, month), [
                _share(sum(done[home, on] for home in homes[child.pk]), sum(units.get(home, 0) for home in homes[child.pk] if asked[home, on]),
                       on, _coverage(child, on))
                for on in months
            ])
            for child in children
        ],
        _asked_for(region, month),
    )  # fmt: skip


def _inspectors(region: Region, month: date) -> Grid:
    """Each inspector by the schools that were theirs in that month."""
    months = months_back(month, BACK)
    visits = _Visits(region, months)
    spells = Assignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=months[0]),
        unit__in=visits.units,
        starts_on__lt=_after(month),
    )
    theirs: dict[int, list[Assignment]] = {}
    for one in spells.select_related("inspector").order_by("inspector__name", "pk"):
        theirs.setdefault(one.inspector_id, []).append(one)
    rows = []
    for own in theirs.values():
        cells = [
            visits.share(
                {one.unit_id for one in own if _holds(one, on)},
                on,
                _closing(visits.units[own[0].unit_id].region, on, _plan_of(on, q=own[0].inspector.name)),
            )
            for on in months
        ]
        now = len({one.unit_id for one in own if _holds(one, month)})
        rows.append(Row(own[0].inspector.name, _("负责 %(n)s 所") % {"n": now}, "", cells))
    bare = visits.units.keys() - {one.unit_id for own in theirs.values() for one in own if _holds(one, month)}
    if bare:
        homes = {visits.units[unit].region for unit in bare}
        home = homes.pop() if len(homes) == 1 else region
        url = (
            reverse("inspectors:zones", args=[home.code])
            if home.level == "COUNTY"
            else _coverage(home, month)
        )
        rows.insert(
            0,
            Row(
                _("无人负责"),
                _("%(n)s 所学校") % {"n": len(bare)},
                url,
                [visits.share(bare, on, url) for on in months],
            ),
        )
    return Grid(_("责任督学"), [f"{on:%Y-%m}" for on in months], rows, _asked_for(region, month))


def _zones(region: Region, month: date) -> Grid:
    months = months_back(month, BACK)
    visits = _Visits(region, months)
    zones = list(
        Zone.objects.in_force(clock.today())
        .filter(region__path__startswith=region.path)
        .select_related("region")
    )
    places = Place.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=months[0]), zone__in=zones)
    stands: dict[Any, list[Place]] = {}
    for one in places:
        stands.setdefault(one.zone_id, []).append(one)
    rows = [
        Row(zone.name, "", "", [
            visits.share({one.unit_id for one in stands.get(zone.pk, []) if _holds(one, on)}, on,
                         _closing(zone.region, on, _plan_of_zone(zone, on)))
            for on in months
        ])
        for zone in zones
    ]  # fmt: skip
    return Grid(_("责任区"), [f"{on:%Y-%m}" for on in months], rows, _asked_for(region, month))


def _themes(region: Region, month: date) -> Grid:
    """Theme completeness (domain §2.10): a visit covers what its month was about."""
    term = term_of(month, region=region)
    span = next(one for one in spans(region, [term.year]) if one.term == term.term)
    months = [on for on in months_back(month, 8) if on >= span.starts_on.replace(day=1)]
    plans = plans_for(region, months)
    about = {on: set(plan.themes) for on, plan in plans.items()}
    themes = [word for word in words(WordKind.THEME) if word.is_active]
    visits = _Visits(region, months)
    rows = []
    for unit in visits.units.values():
        cells = []
        for word in themes:
            when = next(
                (on for on in months if visits.made[unit.pk, on] and word.key in about.get(on, ())), None
            )
            planned = any(word.key in keys for keys in about.values())
            cells.append(_theme(unit, word, month, when, planned=planned))
        done = sum(one.tone == FULL for one in cells)
        rows.append(Row(unit.name, f"{done}/{len(themes)}", reverse("office:unit", args=[unit.pk]), cells))
    told = _("本学期（%(from)s 起）每校应覆盖 %(n)s 个主题；一次督导覆盖当月计划的主题。") % {
        "from": span.starts_on, "n": len(themes),
    }  # fmt: skip
    return Grid(_("学校"), [f"{word.key} {word.label}" for word in themes], rows, told, (FULL, PART, GAP))


def _theme(unit: Unit, word: Any, month: date, when: date | None, *, planned: bool) -> Cell:
    if when is not None:
        return Cell(
            f"{when:%m}",
            FULL,
            _("%(theme)s：%(month)s 已覆盖") % {"theme": word.label, "month": f"{when:%Y-%m}"},
        )
    url = _add(unit, month)
    if planned:
        return Cell("", PART, _("%(theme)s：已列入月度计划，该校尚未督导") % {"theme": word.label}, url)
    return Cell("", GAP, _("%(theme)s：本学期尚未安排") % {"theme": word.label}, url)


def _burden(region: Region, month: date) -> Grid:
    """What inspection asks of a school: visits and items of checklists, against the ceilings in force."""
    months = months_back(month, BACK)
    keys = ("burden.visits", "burden.items")
    rules = Rules(Rule.objects.filter(key__in=keys))
    most = {on: [int(rules.value(key, region=region, on=on)) for key in keys] for on in months}
    rows = UnitMonth.objects.filter(region__path__startswith=region.path, month__in=months, visits__gt=0)
    found: dict[UUID, dict[date, tuple[int, int]]] = {}
    for unit_id, on, visits, items in rows.values_list("unit_id", "month", "visits", "items"):
        found.setdefault(unit_id, {})[on] = (visits, items)
    heaviest = sorted(
        found, key=lambda pk: max(items for _visits, items in found[pk].values()), reverse=True
    )[:MOST]
    units = Unit.objects.select_related("region").in_bulk(heaviest)
    lines = [
        Row(units[pk].name, units[pk].region.name, reverse("office:unit", args=[pk]), [
            _load(*found[pk].get(on, (0, 0)), most[on], units[pk], on)
            for on in months
        ])
        for pk in heaviest
    ]  # fmt: skip
    lines.sort(key=lambda row: -row.gaps)
    told = _("每校每月不超过 %(visits)s 次督导、%(items)s 项适用的检查内容（上限见“规则依据”）。这里是最重的 %(n)s 所。") % {
        "visits": most[month][0], "items": most[month][1], "n": len(lines),
    }  # fmt: skip
    return Grid(_("学校"), [f"{on:%Y-%m}" for on in months], lines, told, (FULL, OVER))


def _load(visits: int, items: int, most: Sequence[int], unit: Unit, on: date) -> Cell:
    if not visits:
        return Cell("", NONE, _("没有督导"))
    is_over = visits > most[0] or items > most[1]
    about = _("%(month)s：%(visits)s 次督导，%(items)s 项检查内容") % {
        "month": f"{on:%Y-%m}", "visits": visits, "items": items,
    }  # fmt: skip
    url = reverse("inspections:list") + "?" + urlencode({"q": unit.name, "month": f"{on:%Y-%m}"})
    return Cell(
        _("%(visits)s 次 %(items)s 项") % {"visits": visits, "items": items},
        OVER if is_over else FULL,
        about,
        url,
    )


def _asked_for(region: Region, month: date) -> str:
    """The law's minimum and the local rule, each with its source."""
    law = rule_in_force("visit.per_semester", region=region, on=month)
    local = rule_in_force("visit.per_month", region=region, on=month)
    assert law is not None, f"no rule of visits per semester: {region=} {month=}"
    assert local is not None, f"no rule of visits per month: {region=} {month=}"
    return _(
        "法定：每校每学期不少于 %(law)s 次（%(law_source)s）；本地：每校每月不少于 %(local)s 次（%(source)s），教学日不足 %(days)s 天的月份不作要求。"
    ) % {
        "law": law.value, "law_source": law.source_label, "local": local.value, "source": local.source_label,
        "days": in_force("visit.teaching_days", region=region, on=month),
    }  # fmt: skip


def least_per_semester(region: Region, month: date) -> int:
    return int(in_force("visit.per_semester", region=region, on=month))


def visits_of_term(region: Region, month: date) -> dict[UUID, int]:
    """Unit → visits since its term began, up to the end of `month`: what the law's minimum is about."""
    term = term_of(month, region=region)
    span = next(one for one in spans(region, [term.year]) if one.term == term.term)
    rows = UnitMonth.objects.filter(
        region__path__startswith=region.path, month__gte=span.starts_on.replace(day=1), month__lte=month
    )
    counted: Counter[UUID] = Counter()
    for unit, visits in rows.values_list("unit_id", "visits"):
        counted[unit] += visits
    return counted


def _after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _holds(spell: Any, month: date) -> bool:
    """Whether an assignment or a place in a zone held at some day of `month`."""
    return spell.starts_on < _after(month) and (spell.ends_on is None or spell.ends_on >= month)


def _coverage(region: Region, month: date) -> str:
    return reverse("insight:coverage", args=[region.code]) + f"?month={month:%Y-%m}"


def _add(unit: Unit, month: date) -> str:
    """The form that puts a visit into the plan, filled; what is past is planned for now."""
    on = max(month, clock.today().replace(day=1))
    return reverse("plans:add") + "?" + urlencode({"unit": unit.code, "month": f"{on:%Y-%m}"})


def _closing(home: Region, month: date, plan: str) -> str:
    """Where a gap is closed: in the `plan` of a month that still runs. Of one that is over the county's page says which
    schools were not visited; its plan may never have been drawn up."""
    return plan if month >= clock.today().replace(day=1) else _coverage(home, month)


def _plan_of(month: date, **query: Any) -> str:
    return reverse("plans:list") + "?" + urlencode({"month": f"{month:%Y-%m}"} | query)


def _plan_of_zone(zone: Zone, month: date) -> str:
    query = {"period": Period.MONTH.value, "from": f"{month:%Y-%m}", "zone": str(zone.pk)}
    return reverse("plans:list") + "?" + urlencode(query)
