"""The ledger of visits (督导记录)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.inspections.models import Visit
from dudao.inspections.queries import ways_to_find_visit
from dudao.inspections.states import VisitState
from dudao.inspectors.zone_filter import ZoneFilter
from dudao.people.region_filter import RegionFilter
from dudao.ui.lists import Choice, Column, Empty, Listing, Month, Search, declare
from dudao.ui.lists.filters import Rows

REGIONS = RegionFilter(capability="visit.view")


def _rows(user: Any) -> Rows:
    rows = Visit.objects.visible_to(user).select_related("unit__region", "inspector")
    return rows.prefetch_related("joint__parts__inspector")


def _with_counts(rows: Sequence[Any]) -> None:
    """How many problems each visit of the page found: counted for these alone, for a province has hundreds of thousands."""
    found = Visit.objects.filter(pk__in=[one.pk for one in rows]).annotate(n=Count("findings"))
    counts = dict(found.order_by().values_list("pk", "n"))
    for one in rows:
        one.finding_count = counts[one.pk]


VISITS = declare(
    Listing(
        name="visits",
        title=_("督导记录"),
        url_name="inspections:list",
        rows=_rows,
        prepare=_with_counts,
        sort="-started",
        columns=(
            Column("started", _("到校时间"), "started_at", "inspections/_cells.html#started", sort="started_at",
                   css="text-nowrap"),
            Column("unit", _("校名"), "unit_name", "inspections/_cells.html#unit", sort="unit_name", width=28, css="unit"),
            Column("region", _("所属区县"), "unit.region.name", sort="unit__region__path", is_shown=False),
            Column("inspector", _("督学"), "names_with_supplements", sort="inspector__name"),
            Column("finished", _("离校时间"), "finished_at", sort="finished_at", is_shown=False),
            Column("companion", _("陪同人员"), "companion", is_shown=False),
            Column("state", _("状态"), "get_state_display", "inspections/_cells.html#state", sort="state"),
            Column("flags", _("标注"), lambda visit: "；".join(map(str, visit.flag_labels)), is_shown=False, width=30),
            Column("findings", _("问题数"), "finding_count", width=8, css="text-end"),
        ),
        filters=(
            Search("q", _("学校或督学"), find=ways_to_find_visit),
            Month("month", _("月份"), "started_at"),
            Choice("state", _("状态"), _("全部状态"), lambda user: VisitState.choices),
            REGIONS,
            ZoneFilter(regions=REGIONS),
        ),
        counted=lambda n: ngettext("共 %(n)s 次督导", "共 %(n)s 次督导", n) % {"n": n},
        empty=Empty("clipboard-list", _("没有督导记录"), _("督学用手机上报后，记录会出现在这里。")),
    )
)  # fmt: skip
