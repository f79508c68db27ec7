"""The rows of one import as a list."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.imports.declared import Importing
from dudao.imports.models import Import, Row
from dudao.imports.states import RowState, State
from dudao.imports.workbooks import reasons
from dudao.ui.lists import Choice, Column, Empty, Listing, Search

KEPT = [(state.value, state.label) for state in RowState if state != RowState.SAME]
_ROWS = Listing(
    name="rows",
    title=_("导入的行"),
    url_name="imports:show",
    rows=lambda user: Row.objects.none(),
    sort="number",
    columns=(
        Column("number", _("行号"), "number", sort="number", width=8, css="text-secondary"),
        Column("title", _("名称"), "title", sort="title", width=30, css="unit"),
        Column("state", _("结果"), "get_state_display", "imports/_cells.html#state", sort="state", width=8),
        Column("what", _("说明"), "what", "imports/_cells.html#what", width=70, css="wording"),
    ),
    filters=(
        Search("q", _("名称"), ("title__holds",)),
        Choice("state", _("结果"), _("全部结果"), lambda user: KEPT),
    ),
    counted=lambda n: ngettext("共 %(n)s 行", "共 %(n)s 行", n) % {"n": n},
    empty=Empty("table", _("没有数据行"), _("请在模板的表头下面填写，再上传。")),
    page_size=50,
)


def _told(row: Row, importing: Importing) -> str:
    """What a new row says, in a line."""
    known = [one for one in importing.fields if row.values.get(one.key) not in (None, "")]
    return _("；").join(
        f"{one.label}{_('：')}{one.shown(row.values[one.key])}"
        for one in known
        if one.key != importing.title_field
    )


def rows_of(one: Import, importing: Importing) -> Listing:
    """The rows of `one`, each with what is wrong or what would change."""

    def prepare(rows: Any) -> None:
        for row in rows:
            row.reasons = reasons(importing, row)
            row.may_be_meant = row.state == RowState.DOUBTFUL and one.state == State.CHECKED
            row.moves = [
                (importing.field(key).label, importing.field(key).shown(old), importing.field(key).shown(new))
                for key, (old, new) in row.changes.items()
            ]
            moves = _("；").join(f"{label}{_('：')}{old} → {new}" for label, old, new in row.moves)
            row.what = _("；").join(row.reasons) or moves or _told(row, importing)

    return replace(
        _ROWS, title=importing.title, rows=lambda user: Row.objects.filter(of=one), prepare=prepare
    )
