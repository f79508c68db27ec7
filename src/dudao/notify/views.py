"""The inbox."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from dudao.notify import services
from dudao.notify.models import Message
from dudao.people.requests import SignedIn


@require_GET
def inbox(request: SignedIn) -> HttpResponse:
    """A person's messages, newest first."""
    page = Paginator(Message.objects.filter(recipient=request.user), 20).get_page(request.GET.get("page"))
    rows = []
    for message in page:
        kind = services.kind_of(message)
        rows.append({"message": message, "title": kind.title, "body": str(kind.body) % message.params})
    return render(request, "notify/list.html", {"page": page, "rows": rows})


@require_POST
def open_message(request: SignedIn, pk: int) -> HttpResponse:
    """Mark read and go where it leads."""
    message = get_object_or_404(Message, recipient=request.user, pk=pk)
    services.mark_read(request.user, message_id=pk)
    return redirect(message.url or "notify:list")


@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    services.mark_read(request.user)
    return redirect("notify:list")
