"""A list as a page, as the fragment that changed, or as an Excel file of all that is filtered."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from dudao.kernel import clock
from dudao.kernel.errors import Invalid
from dudao.kernel.excel import workbook
from dudao.ui.lists.declared import Listing
from dudao.ui.lists.reading import COLUMNS, View

MOST_EXPORTED = 50_000
_AT_ONCE = 2_000
_YEAR = 365 * 24 * 3600
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def respond(
    request: HttpRequest, listing: Listing, *, template: str = "ui/list.html", **more: Any
) -> HttpResponse:
    """The answer to any GET of a list. `template` is a page that extends ui/list.html; `more` is for it."""
    view = View(listing, request)
    if "export" in request.GET:
        return _excel(view)
    is_part = (
        request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
    )
    context = {"list": view, "page": view.page, "title": listing.title, **more}
    answer = render(request, "ui/_list.html" if is_part else template, context)
    patch_vary_headers(answer, ["HX-Request", "Cookie"])
    _remember_columns(view, answer)
    return answer


def _remember_columns(view: View, answer: HttpResponse) -> None:
    """The browser keeps the chosen columns; choosing none forgets them."""
    if COLUMNS not in view.query:
        return
    keys = [key for key in view.chosen_columns if view.listing.column(key)]
    if keys:
        answer.set_cookie(view.cookie, ".".join(keys), max_age=_YEAR, httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(view.cookie, samesite="Lax")


def _excel(view: View) -> HttpResponse:
    """Every column of every filtered row, shown or not."""
    if view.rows.count() > MOST_EXPORTED:
        raise Invalid(_("超过 5 万行，无法一次导出。请先用筛选缩小范围，再导出。"))
    columns = [one for one in view.listing.columns if one.is_exported]
    head = [(str(one.label), one.width) for one in columns]
    cells = ([_plain(one.of(row)) for one in columns] for row in _all_rows(view))
    answer = HttpResponse(workbook(str(view.listing.title), head, cells), content_type=_EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="{view.listing.name}-{clock.today()}.xlsx"'
    return answer


def _all_rows(view: View) -> Iterator[Any]:
    rows = view.rows.iterator(chunk_size=_AT_ONCE)
    while some := list(islice(rows, _AT_ONCE)):
        view.listing.prepare(some)
        yield from some


def _plain(value: Any) -> Any:
    return "，".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else value
