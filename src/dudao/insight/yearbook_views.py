"""Pages of an inspector's own file (履职档案)."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from dudao.documents import docx, figures, pdf
from dudao.insight.forms import WorkForm
from dudao.insight.yearbook import (
    Yearbook,
    current_year,
    inspectors_visible_to,
    paper,
    yearbook,
    years,
)
from dudao.inspectors import works
from dudao.inspectors.models import Inspector, Work
from dudao.kernel.errors import DudaoError, Invalid
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.plans.periods import year_name

FILES: dict[str, tuple[Any, str]] = {
    "pdf": (pdf.render, "application/pdf"),
    "docx": (docx.render, works.TYPES["docx"]),
}


@require_GET
@requires("visit.record")
def mine(request: SignedIn) -> HttpResponse:
    """To one's own file."""
    one = Inspector.objects.filter(user=request.user).first()
    if one is None:
        raise Invalid(_("您还没有登记在督学名册中。请联系督导室登记，之后这里就是您的履职档案。"))
    return redirect("insight:yearbook", one.pk)


@require_GET
@requires("inspector.view", "visit.record")
def show(request: SignedIn, pk: Any) -> HttpResponse:
    one = _inspector(request, pk)
    return _page(request, yearbook(one, _year(request, one)), WorkForm())


@require_GET
@requires("inspector.view", "visit.record")
def download(request: SignedIn, pk: Any, suffix: str) -> HttpResponse:
    """The file as PDF or Word."""
    one = _inspector(request, pk)
    write, content_type = FILES[suffix]
    with override("zh-hans"):
        text = paper(yearbook(one, _year(request, one)))
        answer = HttpResponse(write(text, figures.load), content_type=content_type)
    name = quote(f"{'-'.join(text.title.split())}.{suffix}")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


@require_POST
@requires("inspector.manage", "visit.record")
def add_work(request: SignedIn, pk: Any) -> HttpResponse:
    """Hand in a report or study, of one's own or for an inspector of the office."""
    one = _kept(request, pk)
    form = WorkForm(request.POST, request.FILES)
    if form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            works.add_work(one, facts.pop("file"), by=request.user, **facts)
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已保存。"))
            return redirect("insight:yearbook", pk)
    return _page(request, yearbook(one, current_year(one)), form)


@require_GET
@requires("inspector.view", "visit.record")
def work_file(request: SignedIn, pk: Any, work: Any) -> HttpResponse:
    found = get_object_or_404(Work, pk=work, inspector=_inspector(request, pk))
    try:
        body = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        body, as_attachment=True, filename=found.file_name, content_type=works.content_type(found)
    )  # type: ignore[return-value]  # a response like any other


@require_POST
@requires("inspector.manage", "visit.record")
def take_back(request: SignedIn, pk: Any, work: Any) -> HttpResponse:
    """Remove a work handed in by mistake."""
    works.take_back(get_object_or_404(Work, pk=work, inspector=_kept(request, pk)), by=request.user)
    messages.success(request, _("已删除。"))
    return redirect("insight:yearbook", pk)


def _inspector(request: SignedIn, pk: Any) -> Inspector:
    return get_object_or_404(inspectors_visible_to(request.user), pk=pk)


def _kept(request: SignedIn, pk: Any) -> Inspector:
    """Whose works this person keeps: one's own, and those of the office's inspectors."""
    kept = Inspector.objects.visible_to(request.user, "inspector.manage") | Inspector.objects.filter(
        user=request.user
    )
    return get_object_or_404(kept.select_related("user", "region"), pk=pk)


def _year(request: SignedIn, one: Inspector) -> int:
    asked = request.GET.get("year", "")
    return (
        int(asked) if asked.isascii() and asked.isdigit() and int(asked) in years(one) else current_year(one)
    )


def _page(request: SignedIn, book: Yearbook, form: WorkForm) -> HttpResponse:
    one = book.inspector
    kept = Inspector.objects.visible_to(request.user, "inspector.manage").filter(pk=one.pk).exists()
    context = {
        "one": one, "book": book, "years": [(year, year_name(year)) for year in years(one)], "year_name": year_name(book.year), "form": form,
        "is_kept": kept or one.user_id == request.user.pk,
        "is_mine": one.user_id == request.user.pk,
        "may_see_registry": request.user.can("inspector.view"),
    }  # fmt: skip
    return render(request, "insight/yearbook.html", context, status=422 if form.errors else 200)
