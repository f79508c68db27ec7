"""Look-backs as a list: what is due, who goes, what was found."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.findings.models import LookBack, LookBackResult
from dudao.people.region_filter import RegionFilter
from dudao.ui.lists import Choice, Column, Empty, Listing, Search, declare
from dudao.ui.lists.filters import Rows

STANDS = [("due", _("待回访")), *LookBackResult.choices]


def _rows(user: Any) -> Rows:
    rows = LookBack.objects.visible_to(user)
    return rows.select_related("finding__unit__region", "goes", "draw", "done_by")


def _in_state(rows: Rows, state: str) -> Rows:
    return rows.filter(result="" if state == "due" else state)


LOOK_BACKS = declare(
    Listing(
        name="look-backs",
        title=_("回头看"),
        url_name="findings:look-backs",
        rows=_rows,
        sort="due",
        columns=(
            Column("finding", _("问题描述"), "finding.wording", "findings/_cells.html#look_back", width=50, css="wording"),
            Column("number", _("编号"), "finding.number", sort="finding__number", width=20, is_shown=False),
            Column("unit", _("被督导单位"), "finding.unit.name", sort="finding__unit__name", width=28, css="unit"),
            Column("half", _("半年"), "draw.half_label", sort="draw__half"),
            Column("always", _("抽取方式"), lambda row: _("必看") if row.is_always else _("随机"), sort="is_always"),
            Column("goes", _("回访人"), "goes.name", sort="goes__name"),
            Column("due", _("回访期限"), "due_on", sort="due_on", css="text-nowrap"),
            Column("result", _("结果"), "get_result_display", "findings/_cells.html#look_back_result", sort="result"),
            Column("facts", _("回访情况"), "facts", width=40, is_shown=False),
            Column("done", _("回访时间"), "done_at", sort="done_at", is_shown=False),
        ),
        filters=(
            Search("q", _("编号、描述、学校"),
                   ("finding__number__holds", "finding__wording__holds", "finding__unit__name__holds")),
            Choice("state", _("状态"), _("全部状态"), lambda user: STANDS, _in_state, initial="due"),
            RegionFilter(capability="finding.verify", at="finding__region"),
        ),
        counted=lambda n: ngettext("共 %(n)s 次回头看", "共 %(n)s 次回头看", n) % {"n": n},
        empty=Empty("history", _("没有要回头看的问题"), _("每半年结束后抽取一次，抽中的问题会列在这里。")),
    )
)  # fmt: skip
