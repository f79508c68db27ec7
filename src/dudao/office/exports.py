"""A list as a file of any length: ordered on its page, made by a worker with the person's rights of that moment."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from dudao.documents.orders import Made, carry_out
from dudao.journal import services as journal
from dudao.notify import services as notify
from dudao.office.models import Export
from dudao.people.models import User
from dudao.ui.lists.declared import Listing, declared
from dudao.ui.lists.pages import format_of, write_file
from dudao.ui.lists.reading import View

TOLD_EVERY = 5_000  # rows


def register() -> None:
    notify.register("list.exported", _("导出文件已生成：%(title)s"), _("共 %(rows)s 行，点开下载。"))


def ask(view: View) -> HttpResponse:
    """The page that asks whether to make a long file; looking at it orders nothing."""
    query = view.query.copy()
    asked = query.pop("export", [""])
    context = {
        "listing": view.listing,
        "suffix": format_of(asked[-1]),
        "query": query.urlencode(),
        "list_url": f"{view.request.path}?{query.urlencode()}",
    }
    return render(view.request, "office/export_new.html", context)


@transaction.atomic
def order(listing: Listing, query: str, *, suffix: str, by: User) -> Export:
    """Have all rows of a list, narrowed as in `query`, made into a file."""
    made = Export.objects.create(
        user=by,
        listing=listing.name,
        query=query,
        language=translation.get_language() or "zh-hans",
        suffix=suffix,
    )
    journal.record("list.export", by=by, obj=made, label=str(listing.title), note=query)
    make_later.enqueue(str(made.pk))
    return made


@task()
def make_later(export_id: str) -> None:
    """Delivered twice, it makes the file once."""
    carry_out(Export, export_id, _write, _tell)


def listing_of(export: Export) -> Listing:
    return next(one for one in declared() if one.name == export.listing)


def _write(export: Export, out: BinaryIO, told: Callable[[int], None]) -> Made:
    listing = listing_of(export)
    with translation.override(export.language):
        view = View(listing, _asked_again(export))
        Export.objects.filter(pk=export.pk).update(total=view.rows.count())
        rows = write_file(view, export.suffix, out, through=lambda rows: _counted(rows, told))
    export.total = rows
    Export.objects.filter(pk=export.pk).update(total=rows)
    return Made(rows, export.suffix, [])


def _asked_again(export: Export) -> HttpRequest:
    """The request that asked for the list, as far as a list looks at one."""
    request = HttpRequest()
    request.GET = QueryDict(export.query)
    request.user = export.user
    return request


def _counted(rows: Iterator[Sequence[Any]], told: Callable[[int], None]) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows, 1):
        yield row
        if number % TOLD_EVERY == 0:
            told(number)


def _tell(export: Export) -> None:
    notify.send_once(
        "list.exported",
        key=f"list.exported:{export.pk}",
        to=[export.user],
        url=reverse("office:export", args=[export.pk]),
        params={"title": str(listing_of(export).title), "rows": export.pages},
    )
