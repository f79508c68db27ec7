"""Pages of an import: template and upload, then what was found and what to do with it."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from dudao.imports import declared, running, services, workbooks
from dudao.imports.declared import Importing
from dudao.imports.lists import rows_of
from dudao.imports.models import Import, Row
from dudao.imports.states import RowState, State
from dudao.kernel.errors import DudaoError, Forbidden
from dudao.people.requests import SignedIn
from dudao.ui import navigation
from dudao.ui.lists import respond

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("填好的文件"),
        error_messages={"required": _("请选择文件。"), "empty": _("文件是空的。请检查后再上传。")},
        widget=forms.ClearableFileInput(
            attrs={"class": "form-control", "accept": ".xlsx,.xls,.ods,.docx,.csv"}
        ),
    )


@require_http_methods(["GET", "POST"])
def start(request: SignedIn, kind: str) -> HttpResponse:
    """Take the template, give the filled file."""
    importing = _importing(request, kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            one = services.bring_in(form.cleaned_data["file"], importing, by=request.user)
        except DudaoError as error:
            form.add_error("file", str(error.message))
        else:
            return redirect("imports:show", one.pk)
    earlier = Import.objects.visible_to(request.user).filter(kind=kind)[:10]
    context = {
        "importing": importing, "form": form, "earlier": earlier,
        "columns": [(one, workbooks.explained(one)) for one in importing.fields],
        "lacking": len(_lacking(request, importing)),
    }  # fmt: skip
    return render(request, "imports/start.html", context, status=422 if form.errors else 200)


def _lacking(request: SignedIn, importing: Importing) -> list[dict[str, str]]:
    return importing.lacking(request.user) if importing.lacking else []


@require_GET
def template(request: SignedIn, kind: str) -> HttpResponse:
    importing = _importing(request, kind)
    filled = _lacking(request, importing) if "filled" in request.GET else []
    return _download(workbooks.template(importing, filled), f"{kind}-template")


@require_GET
def show(request: SignedIn, pk: Any) -> HttpResponse:
    """How far it is, what was found, and what may be done."""
    one, importing = _of(request, pk)
    if request.htmx.trigger == "progress" and not one.is_running:
        return HttpResponseClientRefresh()  # the page that watched the work becomes the page of its outcome
    counts = running.counts(one)
    context: dict[str, Any] = {
        "one": one,
        "importing": importing,
        "counts": [
            (state, counts[state]) for state in RowState.values if counts[state] or state != RowState.DOUBTFUL
        ],
        "doubtful": counts[RowState.DOUBTFUL],
        "wrong": counts[RowState.WRONG],
        "useful": counts[RowState.NEW] + counts[RowState.CHANGED],
    }
    if one.is_running or one.state in (State.UNREADABLE, State.DISCARDED):
        return render(request, "imports/waiting.html", context)
    return respond(request, rows_of(one, importing), template="imports/show.html", **context)


@require_POST
def confirm(request: SignedIn, pk: Any) -> HttpResponse:
    one, importing = _of(request, pk)
    services.confirm(one, importing, by=request.user, only_right=request.POST.get("only_right") == "1")
    return redirect("imports:show", one.pk)


@require_POST
def mean(request: SignedIn, pk: Any) -> HttpResponse:
    """Stand by one doubtful row, or by all."""
    one, importing = _of(request, pk)
    number = request.POST.get("row", "")
    services.mean(
        one,
        importing,
        by=request.user,
        number=int(number) if number.isdecimal() and len(number) < 10 else None,
    )
    return redirect(f"{reverse('imports:show', args=[one.pk])}?state={RowState.CHANGED}")


@require_POST
def discard(request: SignedIn, pk: Any) -> HttpResponse:
    one, importing = _of(request, pk)
    services.discard(one, by=request.user)
    return redirect("imports:start", importing.name)


@require_GET
def wrong(request: SignedIn, pk: Any) -> HttpResponse:
    """The rows that were wrong, to be mended and uploaded again."""
    one, importing = _of(request, pk)
    rows = Row.objects.filter(of=one, state=RowState.WRONG).order_by("number")
    return _download(workbooks.wrong_rows(importing, rows), f"{importing.name}-wrong")


def _importing(request: SignedIn, kind: str) -> Importing:
    importing = declared.of(kind)
    if importing is None:
        raise Http404
    if not request.user.can(importing.capability):
        raise Forbidden
    navigation.belongs_to(request, reverse(importing.back))
    return importing


def _of(request: SignedIn, pk: Any) -> tuple[Import, Importing]:
    one = get_object_or_404(Import.objects.visible_to(request.user), pk=pk)
    return one, _importing(request, one.kind)


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
