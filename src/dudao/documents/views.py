"""The list of documents and their files."""

from typing import cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from dudao.documents import queries
from dudao.documents.kinds import Kind
from dudao.documents.models import Document, State
from dudao.documents.rendering import files, path_of
from dudao.people.guards import requires
from dudao.people.requests import SignedIn

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@require_GET
@requires("document.view")
def index(request: SignedIn) -> HttpResponse:
    """Documents with filters in the address, newest first."""
    filters = queries.Filters.read(request.GET)
    page = Paginator(queries.listed(request.user, filters), 20).get_page(request.GET.get("page"))
    context = {"filters": filters, "page": page, "documents": page.object_list, "kinds": Kind.choices}
    return render(request, "documents/index.html" + ("#rows" if request.htmx else ""), context)


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
