"""A list as a page, as the fragment that changed, on paper, or as a file of all that is filtered."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from dudao.kernel import clock
from dudao.kernel.errors import Invalid
from dudao.kernel.excel import write_csv, write_workbook
from dudao.ui.lists.declared import Listing
from dudao.ui.lists.exported import head_of, rows_of
from dudao.ui.lists.reading import COLUMNS, View
from dudao.ui.lists.texts import texts_of, write_texts

MOST_AT_ONCE = 5_000  # rows; a second or two
_YEAR = 365 * 24 * 3600


class Format(NamedTuple):
    """A kind of file a list may be had as."""

    content_type: str
    write: Callable[[BinaryIO, str, Sequence[tuple[str, int]], Iterable[Sequence[Any]]], int]


FORMATS = {
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook),
    "csv": Format("text/csv; charset=utf-8", write_csv),
}
USUAL = "xlsx"
Rows = Iterator[Sequence[Any]]


def write_file(view: View, suffix: str, out: BinaryIO, *, through: Callable[[Rows], Rows] = iter) -> int:
    """Write every column of every filtered row, shown or not; returns how many. The rows pass `through` on their way."""
    head = head_of(view.listing)
    texts = texts_of(view) if suffix == "csv" else None
    if texts is not None:
        return write_texts(out, head, through(texts))
    return FORMATS[suffix].write(out, str(view.listing.title), head, through(rows_of(view)))


Order = Callable[[View], HttpResponse]


def _no_orders(view: View) -> HttpResponse:
    raise Invalid(_("行数太多，无法一次导出。请先用筛选缩小范围，再导出。"))


_order: Order = _no_orders


def take_orders(order: Order) -> None:
    """A room above has long exports made by a worker: `order` answers with the page that asks for one."""
    global _order
    _order = order


def respond(
    request: HttpRequest, listing: Listing, *, template: str = "ui/list.html", **more: Any
) -> HttpResponse:
    """The answer to any GET of a list. `template` is a page that extends ui/list.html; `more` is for it."""
    view = View(listing, request)
    if "export" in request.GET:
        return _file(view, format_of(request.GET["export"]))
    context = {"list": view, "page": view.page, "title": listing.title, **more}
    if "print" in request.GET:
        return render(request, "ui/list_print.html", context | {"today": clock.today()})
    is_part = (
        request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
    )
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


def format_of(asked: str) -> str:
    """The suffix that is meant; what nobody knows is the usual one."""
    return asked if asked in FORMATS else USUAL


def _file(view: View, suffix: str) -> HttpResponse:
    """Every column of every filtered row, shown or not: a few at once, many as an order that a worker carries out."""
    if view.rows.order_by()[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
        return _order(view)
    out = io.BytesIO()
    write_file(view, suffix, out)
    answer = HttpResponse(out.getvalue(), content_type=FORMATS[suffix].content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file_name(view.listing, suffix)}"'
    return answer


def file_name(listing: Listing, suffix: str) -> str:
    return f"{listing.name}-{clock.today()}.{suffix}"
