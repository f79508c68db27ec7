"""Keeping a list as one likes to see it, for oneself or for the office."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dudao.kernel.text import clean
from dudao.office.models import SavedView
from dudao.people.models import User
from dudao.people.requests import SignedIn
from dudao.places.models import Region
from dudao.ui.lists.declared import Listing, declared
from dudao.ui.lists.saved import Saved

MOST = 30  # of one list


@require_POST
def keep(request: SignedIn) -> HttpResponse:
    """Keep the view under a name; the same name again replaces it."""
    listing = next((one for one in declared() if one.name == request.POST.get("listing", "")), None)
    if listing is None:
        raise Http404
    query = QueryDict(request.POST.get("query", "")[:2000]).urlencode()
    name = clean(request.POST.get("name", ""))[:40]
    if not name:
        messages.warning(request, _("请给视图起个名字。"))
        return redirect(_address(listing, query))
    own = SavedView.objects.filter(user=request.user, listing=listing.name)
    if own.exclude(name=name).count() >= MOST:
        messages.warning(request, _("一个列表最多保存 %(n)s 个视图。请先删除不用的。") % {"n": MOST})
        return redirect(_address(listing, query))
    office = _office_of(request.user) if request.POST.get("shared") else None
    own.update_or_create(
        user=request.user, listing=listing.name, name=name, defaults={"query": query, "office": office}
    )
    messages.success(request, _("已保存视图“%(name)s”。") % {"name": name})
    return redirect(_address(listing, query))


@require_POST
def drop(request: SignedIn, pk: Any) -> HttpResponse:
    """Give up a view of one's own."""
    one = get_object_or_404(SavedView.objects.visible_to(request.user).filter(user=request.user), pk=pk)
    listing = next(listing for listing in declared() if listing.name == one.listing)
    one.delete()
    messages.success(request, _("已删除视图“%(name)s”。") % {"name": one.name})
    return redirect(listing.url_name)


def of(request: HttpRequest, listing: Listing) -> list[Saved]:
    """The views this person may choose for a list."""
    user = request.user
    if not isinstance(user, User):
        return []
    now = request.GET.urlencode()
    return [
        Saved(
            one.pk, one.name, _address(listing, one.query), is_own=one.user_id == user.pk,
            is_shared=one.office_id is not None, is_current=bool(one.query) and one.query == now,
        )
        for one in SavedView.objects.visible_to(user).filter(listing=listing.name)
    ]  # fmt: skip


def _office_of(user: User) -> Region | None:
    """The office a person shares with; nobody else's."""
    return next((grant.region for grant in user.grants_with() if grant.region is not None), None)


def _address(listing: Listing, query: str) -> str:
    return reverse(listing.url_name) + (f"?{query}" if query else "")
