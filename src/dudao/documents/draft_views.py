"""Drafts: what is under way, one draft to write, review and sign, and how it would look on paper."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from msgspec.structs import replace

from dudao.documents import bodies, docx, drafting, figures, pdf, rendering, starters, wordreading
from dudao.documents.fonts.catalogue import FontsMissing
from dudao.documents.forms import DraftForm, MoveForm, WordForm
from dudao.documents.lists import DRAFTS
from dudao.documents.models import Draft
from dudao.documents.official import OfficialDocument
from dudao.documents.states import MOVES, WITH_WRITER
from dudao.documents.views import STEPS, TYPES
from dudao.documents.wordreading import NO_NUMBER
from dudao.journal.queries import timeline
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Forbidden, Invalid, NotReady
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.ui.lists import respond

_DRAFTERS = ("document.draft", "document.review", "document.sign")


@require_GET
@requires(*_DRAFTERS)
def index(request: SignedIn) -> HttpResponse:
    """Drafts, at first those under way; above them where one is begun."""
    return respond(
        request, DRAFTS, template="documents/drafts.html", starters=starters.offered_to(request.user)
    )


@require_http_methods(["GET", "POST"])
@requires(*_DRAFTERS)
def show(request: SignedIn, pk: UUID) -> HttpResponse:
    """One draft: its text to change, or to read, and the next step. Saved and handed in by one button nothing typed
    is left behind."""
    one = _get(request, pk)
    if request.method == "GET":
        return _page(request, one)
    form = DraftForm(request.POST.dict())
    if not form.is_valid():
        return _page(request, one, form=form)
    data = form.cleaned_data
    typed = drafting.Typed(data["title"], data["addressee"], request.POST["body"], data["copies"])
    try:
        one = drafting.edit(one, typed, seen=data["version"], by=request.user)
        if request.POST.get("do") == "submit":
            drafting.move(one, "submit", seen=one.state, version=one.version, by=request.user)
    except DudaoError as error:
        if one.version != data["version"]:  # saved, yet not ready to be handed in: go on from there
            form.data = {**form.data, "version": one.version}
        form.add_error(_field(error, form), str(error.message))
        return _page(request, _get(request, pk), form=form, status=error.status)
    done = _("已保存并送审。") if request.POST.get("do") == "submit" else _("已保存。")
    messages.success(request, done)
    return redirect("documents:draft", pk)


@require_POST
@requires(*_DRAFTERS)
def move(request: SignedIn, pk: UUID, name: str) -> HttpResponse:
    """Make one step."""
    if name not in MOVES:
        raise Http404
    one = _get(request, pk)
    form = MoveForm(request.POST, name=name, auto_id=f"{name}_%s")
    if not form.is_valid():
        return _page(request, one, moving=(name, form))
    data = form.cleaned_data
    try:
        moved = drafting.move(
            one, name, seen=data["seen"], version=data["version"], by=request.user, note=data["note"]
        )
    except DudaoError as error:
        form.add_error(_field(error, form), str(error.message))
        return _page(request, _get(request, pk), moving=(name, form), status=error.status)
    messages.success(request, _("已完成：%(step)s") % {"step": MOVES[name].label})
    if moved.document is not None:
        return redirect("documents:show", moved.document.pk)
    return redirect("documents:draft", pk)


def _field(error: DudaoError, form: Any) -> str | None:
    field = error.details.get("field")
    return field if field in form.fields else None


@require_GET
@requires(*_DRAFTERS)
def preview(request: SignedIn, pk: UUID) -> HttpResponse:
    """The draft as it would look on paper, marked as a draft on every page."""
    text = _shown(_get(request, pk))
    try:
        body = pdf.render(text, figures.load, stamp="草稿")
    except FontsMissing as error:
        raise NotReady(_("服务器上没有中文字体，暂不能生成 PDF。请联系系统管理员。")) from error
    answer = HttpResponse(body, content_type=TYPES["pdf"])
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_GET
@requires(*_DRAFTERS)
def word(request: SignedIn, pk: UUID) -> HttpResponse:
    """The draft as a Word file that can be read back once it is changed."""
    one = _get(request, pk)
    marks = bodies.names_of(drafting.pieces_of(one))
    body = docx.render(_shown(one), figures.load, marks=marks)
    answer = HttpResponse(body, content_type=TYPES["docx"])
    answer["Content-Disposition"] = f'attachment; filename="draft-{one.pk.hex[-8:]}-{one.version}.docx"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@requires(*_DRAFTERS)
def word_upload(request: SignedIn, pk: UUID) -> HttpResponse:
    """A changed Word file: what differs is shown before anything is taken over."""
    one = _get(request, pk)
    if not (_may(request, one, "document.draft") and one.state in WITH_WRITER):
        raise Forbidden
    form = WordForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, one, word=form)
    file = form.cleaned_data["file"]
    try:
        if file.size > wordreading.MOST_BYTES:
            raise Invalid(_("文件超过 10 MB。请压缩图片后再上传。"))
        body = file.read()
        changed, _pieces = drafting.from_word(one, body)
    except Invalid as error:
        form.add_error("file", str(error.message))
        return _page(request, one, word=form)
    context = {
        "draft": one,
        "differences": drafting.differences(one, changed),
        "sha256": rendering.keep(body, "docx"),
        "name": file.name,
    }
    return render(request, "documents/word.html", context)


@require_POST
@requires(*_DRAFTERS)
def word_accept(request: SignedIn, pk: UUID) -> HttpResponse:
    """Take over the text of the Word file that was shown."""
    one = _get(request, pk)
    sha256, version = request.POST.get("sha256", ""), request.POST.get("version", "")
    place = rendering.path_of(sha256, "docx")
    if (
        not re.fullmatch(r"[0-9a-f]{64}", sha256)
        or not version.isdecimal()
        or not rendering.files().exists(place)
    ):
        raise Invalid(_("请重新上传改好的 Word 文件。"))
    with rendering.files().open(place) as file:
        drafting.accept_word(one, file.read(), seen=int(version), by=request.user)
    messages.success(request, _("已采用 Word 里的修改，签发时以这个 Word 文件为准。"))
    return redirect("documents:draft", pk)


def _shown(one: Draft) -> OfficialDocument:
    today = clock.today()
    return replace(drafting.text_of(one), number=NO_NUMBER, issued_on=today, printed_on=today)


def _get(request: SignedIn, pk: UUID) -> Draft:
    rows = Draft.objects.visible_to(request.user).select_related("issuer", "unit", "drafted_by", "document")
    found: Draft = get_object_or_404(rows, pk=pk)
    return found


def _page(
    request: SignedIn,
    one: Draft,
    *,
    form: DraftForm | None = None,
    moving: Any = None,
    word: WordForm | None = None,
    status: int = 0,
) -> HttpResponse:
    text, pieces = drafting.text_of(one), drafting.pieces_of(one)
    may_write = _may(request, one, "document.draft") and one.state in WITH_WRITER
    initial = {
        "version": one.version,
        "title": text.title,
        "addressee": text.addressee,
        "body": bodies.typed(text, pieces),
        "copies": "\n".join(text.copies_to),
    }
    moves = _moves(request, one)
    late = None
    if moving is not None:
        name, tried = moving
        if name in moves:
            moves[name] = tried
        else:
            late = tried
    context = {
        "draft": one,
        "text": text,
        "body": initial["body"],
        "pieces": [(mark, type(piece).__name__, piece) for mark, piece in bodies.marks(pieces)],
        "may_write": may_write,
        "form": form or DraftForm(initial=initial),
        "moves": [(name, MOVES[name], one_form) for name, one_form in moves.items()],
        "late": late,
        "word_form": word or WordForm(),
        "is_own": request.user.pk in one.writers,
        "tried": moving[0] if moving else "",
        "steps": timeline(one, STEPS),
    }
    faulty = form is not None or moving is not None or word is not None
    return render(request, "documents/draft.html", context, status=status or (422 if faulty else 200))


def _moves(request: SignedIn, one: Draft) -> dict[str, MoveForm]:
    """The steps this person can take now, the main one first, each with an empty form; handing in goes with the text."""
    initial = {"seen": one.state, "version": one.version}
    is_writer = request.user.pk in one.writers
    return {
        name: MoveForm(name=name, initial=initial, auto_id=f"{name}_%s")
        for name, step in MOVES.items()
        if one.state in step.sources
        and name != "submit"
        and not (step.by_other and is_writer)
        and not (step.by_writer and not is_writer)
        and _may(request, one, step.capability)
    }


def _may(request: SignedIn, one: Draft, capability: str) -> bool:
    return Draft.objects.visible_to(request.user, capability).filter(pk=one.pk).exists()
