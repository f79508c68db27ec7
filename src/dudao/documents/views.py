"""Issued documents: the list, one document with its receipt, its files, and many in one file."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from dudao.documents import drafting, figures, official, queries, services
from dudao.documents import pdf as making
from dudao.documents.bundles import REASONS
from dudao.documents.forms import ReceiveForm, VoidForm
from dudao.documents.lists import DOCUMENTS
from dudao.documents.models import Bundle, Document, Draft, State
from dudao.documents.orders import OrderState
from dudao.documents.rendering import file_name, files, path_of
from dudao.documents.states import Standing
from dudao.journal.queries import Step, timeline
from dudao.kernel import clock
from dudao.kernel.errors import Invalid, NotReady
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.ui.forms import OfficeForm
from dudao.ui.lists import respond

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}
STEPS = {
    "draft.begin": gettext_lazy("按数据生成初稿"),
    "draft.edit": gettext_lazy("修改拟稿"),
    "draft.submit": gettext_lazy("送审"),
    "draft.pass": gettext_lazy("审核通过，送签"),
    "draft.return": gettext_lazy("审核退回"),
    "draft.refuse": gettext_lazy("签发退回"),
    "draft.issue": gettext_lazy("同意签发"),
    "draft.recall": gettext_lazy("撤回修改"),
    "draft.drop": gettext_lazy("放弃拟稿"),
    "document.issued": gettext_lazy("签发文书"),
    "document.rendered": gettext_lazy("生成文书文件"),
    "document.receive": gettext_lazy("签收文书"),
    "document.void": gettext_lazy("作废文书"),
    "document.wording": gettext_lazy("修改文书模板"),
    "document.seal": gettext_lazy("启用印章"),
    "document.seal_end": gettext_lazy("停用印章"),
}


@require_GET
@requires("document.view")
def index(request: SignedIn) -> HttpResponse:
    """Documents, newest first; above them the drafts that wait for this person."""
    waiting = Draft.objects.waiting_for(request.user).select_related("issuer", "drafted_by")
    unconfirmed = Document.objects.visible_to(request.user, "document.receive").filter(standing=Standing.SENT)
    more = {
        "waiting": list(waiting.defer("content", "pieces").order_by("changed_at", "pk")[:8]),
        "unconfirmed": list(
            unconfirmed.select_related("issuer").defer("source").order_by("receive_by", "pk")[:8]
        ),
        "may_draft": request.user.can("document.draft") or request.user.can("document.sign"),
        "may_manage": request.user.can("document.manage"),
        "today": clock.today(),
    }
    return respond(request, DOCUMENTS, template="documents/list.html", **more)


@require_GET
@requires("document.view")
def show(request: SignedIn, pk: UUID) -> HttpResponse:
    """One document: what it is, its files, whether the unit has confirmed it, and what can be done with it."""
    return _page(request, _get(request, pk))


def _get(request: SignedIn, pk: UUID) -> Document:
    rows = Document.objects.visible_to(request.user).defer("source")
    found: Document = get_object_or_404(
        rows.select_related("issuer", "unit", "issued_by", "voided_by", "replaces", "replaced_by"), pk=pk
    )
    return found


def _page(request: SignedIn, document: Document, **forms: OfficeForm) -> HttpResponse:
    draft = queries.draft_of(document)
    may_sign = Document.objects.visible_to(request.user, "document.sign").filter(pk=document.pk).exists()
    receivers = Document.objects.visible_to(request.user, "document.receive").filter(pk=document.pk)
    is_office = Draft.objects.visible_to(request.user).filter(document=document).exists() if draft else False
    context = {
        "document": document,
        "draft": draft,
        "figures": draft.figures if draft and is_office else [],
        "may_void": may_sign and not document.is_void,
        "may_receive": document.standing == Standing.SENT and receivers.exists(),
        "may_replace": document.is_void and may_sign and not hasattr(document, "replaced_by"),
        "is_late": document.standing == Standing.SENT
        and document.receive_by is not None
        and document.receive_by < clock.today(),
        "receive_form": forms.get("receive") or ReceiveForm(initial={"name": request.user.name}),
        "void_form": forms.get("void") or VoidForm(),
        "steps": _steps(document, draft if is_office else None),
    }
    status = next((form.status for form in forms.values()), 200)
    return render(request, "documents/show.html", context, status=status)


def _steps(document: Document, draft: Draft | None) -> list[Step]:
    """What happened, newest first; how it was written is for those who write."""
    steps = [*timeline(document, STEPS), *(timeline(draft, STEPS) if draft else [])]
    return sorted(steps, key=lambda step: step.event.pk, reverse=True)


@require_POST
@requires("document.receive")
def receive(request: SignedIn, pk: UUID) -> HttpResponse:
    """The unit confirms that it has the document."""
    document = _get(request, pk)
    form = ReceiveForm(request.POST)
    if not form.is_valid():
        return _page(request, document, receive=form)
    services.receive(document, name=form.cleaned_data["name"], by=request.user)
    messages.success(request, _("已签收。"))
    return redirect("documents:show", pk)


@require_POST
@requires("document.sign")
def void(request: SignedIn, pk: UUID) -> HttpResponse:
    """Declare a document void, with a reason."""
    document = _get(request, pk)
    form = VoidForm(request.POST)
    if not form.is_valid():
        return _page(request, document, void=form)
    services.void(document, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("已作废。文号保留，核验页会显示已作废。"))
    return redirect("documents:show", pk)


@require_POST
@requires("document.sign")
def replace(request: SignedIn, pk: UUID) -> HttpResponse:
    """Begin the draft of what takes the place of a void document, with its text."""
    rows = Document.objects.visible_to(request.user, "document.sign").filter(standing=Standing.VOID)
    document = get_object_or_404(rows.select_related("issuer", "unit"), pk=pk)
    made = drafting.replacing(document, by=request.user)
    messages.success(request, _("已按原文生成替代文书的初稿。"))
    return redirect("documents:draft", made.pk)


@require_GET
@requires("document.view")
def pdf(request: SignedIn, pk: UUID) -> HttpResponse:
    """The PDF, shown in the browser; with `?download` as a file. Of a void document, a copy that says so on each page."""
    document = get_object_or_404(queries.documents_visible_to(request.user), pk=pk)
    if document.is_void and document.state == State.READY:
        text = official.from_plain(document.source)
        return HttpResponse(making.render(text, figures.load, stamp="已作废"), content_type=TYPES["pdf"])
    return _file(request, document, "pdf", as_attachment="download" in request.GET)


@require_GET
@requires("document.view")
def docx(request: SignedIn, pk: UUID) -> HttpResponse:
    """The DOCX, always as a file."""
    document = get_object_or_404(queries.documents_visible_to(request.user), pk=pk)
    return _file(request, document, "docx", as_attachment=True)


def _file(request: SignedIn, document: Document, suffix: str, *, as_attachment: bool) -> HttpResponse:
    if document.state != State.READY:
        return render(request, "documents/waiting.html", {"document": document}, status=409)
    sha256 = document.pdf_sha256 if suffix == "pdf" else document.docx_sha256
    response = FileResponse(
        files().open(path_of(sha256, suffix)),
        as_attachment=as_attachment,
        filename=f"{file_name(document)}.{suffix}",
        content_type=TYPES[suffix],
    )
    response["ETag"] = f'"{sha256}"'
    response["Cache-Control"] = "private, no-cache"
    return cast(HttpResponse, response)  # a response like any other to every caller


@require_POST
@requires("document.view")
def order(request: SignedIn, form: str) -> HttpResponse:
    """Have the chosen documents put into one file."""
    try:
        made = services.order_bundle(request.POST.getlist("chosen"), form=form, by=request.user)
    except Invalid as error:
        messages.warning(request, str(error.message))
        return redirect("documents:list")
    return redirect("documents:bundle", made.pk)


@require_GET
@requires("document.view")
def bundle(request: SignedIn, pk: UUID) -> HttpResponse:
    """How far the file is, the file, and what was left out and why."""
    one = get_object_or_404(Bundle.objects.visible_to(request.user), pk=pk)
    if request.htmx.trigger == "progress" and not one.is_running:
        return HttpResponseClientRefresh()  # the page that watched the work becomes the page of its outcome
    context: dict[str, Any] = {
        "order": one,
        "left_out": [(name, REASONS[reason]) for name, reason in one.left_out],
        "file_url": reverse("documents:bundle-file", args=[pk]),
        "again_url": reverse("documents:list"),
    }
    return render(request, "documents/bundle.html", context)


@require_GET
@requires("document.view")
def bundle_file(request: SignedIn, pk: UUID) -> HttpResponse:
    one = get_object_or_404(Bundle.objects.visible_to(request.user), pk=pk)
    if one.state != OrderState.MADE or not one.file:
        raise NotReady(_("文件还没有生成，或已过期。请重新生成。"))
    name = f"documents-{timezone.localtime(one.created_at):%Y%m%d-%H%M}.{one.form}"
    answer = FileResponse(
        one.file.open("rb"), as_attachment=True, filename=name, content_type=TYPES[one.form]
    )
    return cast(HttpResponse, answer)  # a response like any other to every caller
