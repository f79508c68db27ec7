"""The list of documents and their files."""

from typing import Any, cast
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from dudao.documents import queries
from dudao.documents.kinds import Kind
from dudao.documents.models import Document, State
from dudao.documents.rendering import files, path_of
from dudao.kernel import clock
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.ui.lists import Choice, Column, Empty, Listing, Search, declare, respond

FIRST_YEAR = 2024
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _years(user: Any) -> list[tuple[str, str]]:
    """The years documents may be of: since the product exists."""
    return [(str(year), str(year)) for year in range(clock.today().year, FIRST_YEAR - 1, -1)]


DOCUMENTS = declare(
    Listing(
        name="documents",
        title=_("文书"),
        url_name="documents:list",
        rows=queries.documents_visible_to,
        sort="-issued",
        columns=(
            Column("number", _("文号"), "number", sort="number", width=24, css="text-nowrap small text-secondary"),
            Column("title", _("标题"), "title", "documents/_cells.html#title", sort="title", width=50, css="wording"),
            Column("unit", _("学校"), "unit.name", sort="unit__name", width=28, is_shown=False),
            Column("kind", _("文种"), "get_kind_display", sort="kind", css="text-nowrap"),
            Column("issued", _("成文日期"), "issued_on", sort="issued_on", css="text-nowrap"),
            Column("code", _("核验码"), "code", css="text-nowrap font-monospace small"),
            Column("files", _("文件"), "get_state_display", "documents/_cells.html#files", css="text-nowrap"),
        ),
        filters=(
            Search("q", _("文号、标题、学校"), ("number__icontains", "title__icontains", "unit__name__icontains")),
            Choice("kind", _("文种"), _("全部文种"), lambda user: Kind.choices),
            Choice("year", _("年份"), _("全部年份"), _years,
                   lambda rows, year: rows.filter(issued_on__year=int(year))),
        ),
        counted=lambda n: ngettext("共 %(n)s 份文书", "共 %(n)s 份文书", n) % {"n": n},
        empty=Empty("file-text", _("还没有文书"), _("督导记录上报齐全后，系统自动生成督导报告和问题清单。")),
    )
)  # fmt: skip


@require_GET
@requires("document.view")
def index(request: SignedIn) -> HttpResponse:
    """Documents, newest first."""
    return respond(request, DOCUMENTS)


@require_GET
@requires("document.view")
def pdf(request: SignedIn, pk: UUID) -> HttpResponse:
    """The PDF, shown in the browser; with `?download` as a file."""
    return _file(request, pk, "pdf", as_attachment="download" in request.GET)


@require_GET
@requires("document.view")
def docx(request: SignedIn, pk: UUID) -> HttpResponse:
    """The DOCX, always as a file."""
    return _file(request, pk, "docx", as_attachment=True)


def _file(request: SignedIn, pk: UUID, suffix: str, *, as_attachment: bool) -> HttpResponse:
    document = get_object_or_404(queries.documents_visible_to(request.user), pk=pk)
    if document.state != State.READY:
        return render(request, "documents/waiting.html", {"document": document}, status=409)
    sha256 = document.pdf_sha256 if suffix == "pdf" else document.docx_sha256
    response = FileResponse(
        files().open(path_of(sha256, suffix)),
        as_attachment=as_attachment,
        filename=f"{_file_name(document)}.{suffix}",
        content_type=TYPES[suffix],
    )
    response["ETag"] = f'"{sha256}"'
    response["Cache-Control"] = "private, no-cache"
    return cast(HttpResponse, response)  # a response like any other to every caller


def _file_name(document: Document) -> str:
    """Number and title, without what a file system does not take."""
    name = f"{document.number} {document.title}"
    return "".join("_" if sign in '\\/:*?"<>|' or ord(sign) < 32 else sign for sign in name)[:120]
