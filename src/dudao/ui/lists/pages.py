"""A list as a page, as the fragment that changed, or as an Excel file of all that is filtered."""

from collections.abc import Callable, Iterator, Sequence
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

MOST_AT_ONCE = 5_000  # rows; a second or two
_AT_ONCE = 2_000
_YEAR = 365 * 24 * 3600
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    """Every column of every filtered row, shown or not: a few at once, many as an order that a worker carries out."""
    if view.rows[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
        return _order(view)
    answer = HttpResponse(
        workbook(str(view.listing.title), head_of(view.listing), rows_of(view)), content_type=EXCEL
    )
    answer["Content-Disposition"] = f'attachment; filename="{file_name(view.listing)}"'
    return answer


def file_name(listing: Listing) -> str:
    return f"{listing.name}-{clock.today()}.xlsx"


def head_of(listing: Listing) -> list[tuple[str, int]]:
    """The heads of the exported columns, each with its width."""
    return [(str(one.label), one.width) for one in listing.columns if one.is_exported]


def rows_of(view: View) -> Iterator[list[Any]]:
    """The exported cells of every filtered row, read a portion at a time."""
    columns = [one for one in view.listing.columns if one.is_exported]
    return ([_plain(one.of(row)) for one in columns] for row in _all_rows(view))


def _all_rows(view: View) -> Iterator[Any]:
    rows = view.rows.iterator(chunk_size=_AT_ONCE)
    while some := list(islice(rows, _AT_ONCE)):
        view.listing.prepare(some)
        yield from some


def _plain(value: Any) -> Any:
    return "，".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else value
