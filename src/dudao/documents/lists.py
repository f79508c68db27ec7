"""The list of issued documents, and the list of drafts under way."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.documents.kinds import Kind
from dudao.documents.models import Document, Draft
from dudao.documents.states import OPEN, DraftState, Standing
from dudao.kernel import clock
from dudao.people.access import Anyone
from dudao.people.region_filter import RegionFilter
from dudao.ui.lists import Action, Choice, Column, Days, Empty, Listing, Search, Switch, declare
from dudao.ui.lists.filters import Rows

FIRST_YEAR = 2024


def _years(user: Any) -> list[tuple[str, str]]:
    """The years documents may be of: since the product exists."""
    return [(str(year), str(year)) for year in range(clock.today().year, FIRST_YEAR - 1, -1)]


def _documents(user: Anyone) -> Rows:
    return Document.objects.visible_to(user).select_related("issuer", "unit").defer("source")


def _overdue(rows: Any) -> Any:
    return rows.overdue(clock.today())


DOCUMENTS = declare(
    Listing(
        name="documents",
        title=_("文书"),
        url_name="documents:list",
        rows=_documents,
        sort="-issued",
        columns=(
            Column("number", _("文号"), "number", sort="number", width=24, css="text-nowrap small text-secondary"),
            Column("title", _("标题"), "title", "documents/_cells.html#title", sort="title", width=50, css="wording"),
            Column("unit", _("校名"), "unit.name", sort="unit__name", width=28, is_shown=False),
            Column("issuer", _("发文机关"), "issuer.office", sort="issuer__path", width=28, is_shown=False),
            Column("kind", _("文种"), "get_kind_display", sort="kind", css="text-nowrap"),
            Column("standing", _("状态"), "get_standing_display", "documents/_cells.html#standing", sort="standing",
                   width=10),
            Column("issued", _("成文日期"), "issued_on", sort="issued_on", css="text-nowrap"),
            Column("receive_by", _("签收期限"), "receive_by", sort="receive_by", is_shown=False, css="text-nowrap"),
            Column("received", _("签收人"), "received_name", is_shown=False),
            Column("code", _("核验码"), "code", is_shown=False, css="text-nowrap font-monospace small"),
            Column("files", _("文件"), "get_state_display", "documents/_cells.html#files", css="text-nowrap"),
        ),
        filters=(
            Search("q", _("文号、标题、学校"), ("number__holds", "title__holds", "unit__name__holds")),
            Choice("kind", _("文种"), _("全部文种"), lambda user: Kind.choices),
            Choice("standing", _("状态"), _("全部状态"), lambda user: Standing.choices),
            RegionFilter(capability="document.view", at="issuer", is_alone=True),
            Choice("year", _("年份"), _("全部年份"), _years,
                   lambda rows, year: rows.filter(issued_on__year=int(year))),
            Days("issued", _("成文日期"), "issued_on", is_date=True, is_folded=True),
            Switch("overdue", _("逾期未签收"), _overdue),
        ),
        actions=(
            Action(_("合并打印"), "documents:bundle-pdf", "printer"),
            Action(_("打包下载"), "documents:bundle-zip", "download"),
        ),
        counted=lambda n: ngettext("共 %(n)s 份文书", "共 %(n)s 份文书", n) % {"n": n},
        empty=Empty("file-text", _("还没有文书"), _("督导记录上报齐全后，系统自动生成督导报告和问题清单。")),
    )
)  # fmt: skip


def _drafts(user: Anyone) -> Rows:
    rows = Draft.objects.visible_to(user).select_related("issuer", "unit", "drafted_by")
    return rows.defer("content", "pieces")


def _in_state(rows: Rows, state: str) -> Rows:
    return rows.filter(state__in=OPEN if state == "open" else [state])


DRAFTS = declare(
    Listing(
        name="drafts",
        title=_("拟稿与审签"),
        url_name="documents:drafts",
        rows=_drafts,
        sort="-changed",
        columns=(
            Column("title", _("标题"), "title", "documents/_cells.html#draft", sort="title", width=50, css="wording"),
            Column("kind", _("文种"), "get_kind_display", sort="kind", css="text-nowrap"),
            Column("unit", _("校名"), "unit.name", sort="unit__name", width=28, is_shown=False),
            Column("issuer", _("发文机关"), "issuer.office", sort="issuer__path", width=28, is_shown=False),
            Column("state", _("状态"), "get_state_display", "documents/_cells.html#draft_state", sort="state", width=10),
            Column("by", _("拟稿人"), "drafted_by.name", sort="drafted_by__name"),
            Column("changed", _("更新时间"), "changed_at", sort="changed_at", css="text-nowrap"),
        ),
        filters=(
            Search("q", _("标题、学校、拟稿人"), ("title__holds", "unit__name__holds", "drafted_by__name__holds")),
            Choice("state", _("状态"), _("全部状态"),
                   lambda user: [("open", _("办理中")), *DraftState.choices], _in_state, initial="open"),
            Choice("kind", _("文种"), _("全部文种"), lambda user: Kind.choices),
            Days("changed", _("更新时间"), "changed_at", is_folded=True),
        ),
        counted=lambda n: ngettext("共 %(n)s 份拟稿", "共 %(n)s 份拟稿", n) % {"n": n},
        empty=Empty("pencil", _("没有办理中的拟稿"),
                    _("在督导记录、问题、问题台账和督导覆盖页面点“起草”，系统按数据写好初稿，再送审、签发。")),
    )
)  # fmt: skip
