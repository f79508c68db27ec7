"""Schools and what stands on their notice boards, as a list."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.inspectors.boards import Gap, boards_of, schools_visible_to, with_inspector
from dudao.kernel import clock
from dudao.people.region_filter import RegionFilter
from dudao.ui.lists import Action, Choice, Column, Empty, Listing, Search, declare
from dudao.ui.lists.filters import Rows


def _rows(user: Any) -> Rows:
    return schools_visible_to(user, "zone.manage")


def _prepare(rows: Sequence[Any]) -> None:
    for row, board in zip(rows, boards_of(rows, clock.today()), strict=True):
        row.board = board
        row.gap = Gap(board.gap).label if board.gap else ""
        row.photo_words = _("有") if board.inspector and board.inspector.photo else _("待补")


def _standing(rows: Rows, value: str) -> Rows:
    has = with_inspector(clock.today())
    return rows.filter(has) if value == "held" else rows.exclude(has)


BOARDS = declare(
    Listing(
        name="boards",
        title=_("督学公示牌"),
        url_name="inspectors:boards",
        rows=_rows,
        prepare=_prepare,
        sort="name",
        columns=(
            Column("name", _("校名"), "name", sort="name", width=30, css="unit"),
            Column("region", _("区县"), "region.name", sort="region__path"),
            Column("kind", _("类型"), "get_kind_display", sort="kind", is_shown=False),
            Column("inspector", _("责任督学"), "board.name", "inspectors/_cells.html#holder", width=14),
            Column("photo", _("照片"), "photo_words", "inspectors/_cells.html#photo", width=8),
            Column("phone", _("公示电话"), "board.phone", "inspectors/_cells.html#phone"),
            Column("zone", _("责任区"), "board.zone", width=24, is_shown=False),
            Column("until", _("有效期至"), "board.until", css="text-nowrap"),
            Column("gap", _("不能制牌的原因"), "gap", width=24, is_shown=False),
            Column("files", _("公示牌"), "board.url", "inspectors/_cells.html#board", width=40, css="text-nowrap"),
        ),
        filters=(
            Search("q", _("学校名称或拼音首字母"), ("name__holds", "initials__holds")),
            RegionFilter(capability="zone.manage", at="region", is_alone=True),
            Choice("standing", _("责任督学"), _("有或没有责任督学"),
                   lambda user: [("held", _("有责任督学")), ("gap", _("没有责任督学"))], _standing),
        ),
        actions=(
            Action(_("生成所选公示牌（A3）"), "inspectors:boards-a3", "printer"),
            Action(_("生成所选公示牌（A2）"), "inspectors:boards-a2", "printer"),
        ),
        counted=lambda n: ngettext("共 %(n)s 所", "共 %(n)s 所", n) % {"n": n},
        empty=Empty("school", _("还没有学校"), _("请先在“学校”页面导入学校。")),
    )
)  # fmt: skip
