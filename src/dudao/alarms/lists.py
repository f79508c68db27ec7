"""All alarms, those nobody has answered first."""

from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.alarms.models import Alarm
from dudao.alarms.states import State
from dudao.people.region_filter import RegionFilter
from dudao.ui.lists import Choice, Column, Empty, Listing, Month, Search, declare
from dudao.ui.lists.filters import Rows

IN_ORDER = Case(
    *(When(state=state, then=Value(rank)) for rank, state in enumerate(State)), output_field=IntegerField()
)


def _rows(user: Any) -> Rows:
    return Alarm.objects.visible_to(user).select_related("unit__region", "inspector")


ALARMS = declare(
    Listing(
        name="alarms",
        title=_("重大隐患上报"),
        url_name="alarms:list",
        rows=_rows,
        sort="state",
        columns=(
            Column("state", _("状态"), "get_state_display", "alarms/_cells.html#state", sort=IN_ORDER, width=10),
            Column("what", _("情况"), "what", "alarms/_cells.html#what", width=50, css="wording"),
            Column("unit", _("校名"), "unit.name", "alarms/_cells.html#unit", sort="unit__name", width=28, css="unit"),
            Column("region", _("所属区县"), "unit.region.name", sort="unit__region__path", is_shown=False),
            Column("where", _("具体位置"), "where", is_shown=False, width=20),
            Column("inspector", _("上报督学"), "inspector.name", sort="inspector__name"),
            Column("pressed", _("按下时间"), "pressed_at", sort="pressed_at"),
            Column("received", _("收到时间"), "received_at", sort="received_at", is_shown=False),
            Column("acknowledged", _("知悉时间"), "acknowledged_at", sort="acknowledged_at", is_shown=False),
            Column("handler", _("处理人"), "handler", sort="handler"),
            Column("closed", _("办结时间"), "closed_at", sort="closed_at", is_shown=False),
            Column("outcome", _("处理结果"), "outcome", is_shown=False, width=40),
        ),
        filters=(
            Search("q", _("学校或情况"), ("unit__name__holds", "unit__initials__holds", "what__holds")),
            Choice("state", _("状态"), _("全部状态"), lambda user: State.choices),
            Month("month", _("月份"), "pressed_at"),
            RegionFilter(capability="alarm.view"),
        ),
        counted=lambda n: ngettext("共 %(n)s 条上报", "共 %(n)s 条上报", n) % {"n": n},
        empty=Empty("circle-check", _("没有重大隐患上报"), _("督学在手机上按红色按钮后，会立即出现在每个页面的顶部和这里。")),
    )
)  # fmt: skip
