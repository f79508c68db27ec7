"""A long export: how far it is, and its file. One's own only."""

import copy
from typing import Any, cast

from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from dudao.office.exports import listing_of, order
from dudao.office.models import Export
from dudao.people.requests import SignedIn
from dudao.ui.lists.declared import declared
from dudao.ui.lists.pages import FORMATS, file_name, format_of


@require_POST
def new(request: SignedIn) -> HttpResponse:
    """Order all rows of a list; who may not open the list may not order it either."""
    listing = next((one for one in declared() if one.name == request.POST.get("listing", "")), None)
    if listing is None:
        raise Http404
    query = QueryDict(request.POST.get("query", "")[:2000])
    looked = copy.copy(request)
    looked.method, looked.path, looked.GET = "GET", reverse(listing.url_name), query
    found = resolve(looked.path)
    page = found.func(looked, *found.args, **found.kwargs)
    if page.status_code != 200:
        raise Http404
    suffix = format_of(request.POST.get("suffix", ""))
    return redirect("office:export", order(listing, query.urlencode(), suffix=suffix, by=request.user).pk)


@require_GET
def show(request: SignedIn, pk: Any) -> HttpResponse:
    """How far it is; then the link."""
    export = get_object_or_404(Export.objects.visible_to(request.user), pk=pk)
    if request.htmx.trigger == "progress" and not export.is_running:
        return HttpResponseClientRefresh()  # the page that watched the work becomes the page of its outcome
    listing = listing_of(export)
    list_url = reverse(listing.url_name) + (f"?{export.query}" if export.query else "")
    context = {
        "order": export,
        "listing": listing,
        "list_url": list_url,
        "file_url": reverse("office:export-file", args=[pk]),
        "again_url": f"{list_url}{'&' if export.query else '?'}export={export.suffix}",
    }
    return render(request, "office/export.html", context)


@require_GET
def file(request: SignedIn, pk: Any) -> HttpResponse:
    """The file, under the list's name and today's date."""
    export = get_object_or_404(Export.objects.visible_to(request.user), pk=pk)
    if not export.file:
        raise Http404
    answer = FileResponse(
        export.file.open("rb"),
        as_attachment=True,
        filename=file_name(listing_of(export), export.suffix),
        content_type=FORMATS[export.suffix].content_type,
    )
    return cast(HttpResponse, answer)  # a response like any other to every caller
