"""The inbox."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from dudao.notify import services
from dudao.notify.lists import MESSAGES
from dudao.notify.models import Message
from dudao.people.requests import SignedIn
from dudao.ui.lists import respond


@require_GET
def inbox(request: SignedIn) -> HttpResponse:
    """A person's messages, newest first."""
    return respond(request, MESSAGES, template="notify/list.html")


@require_POST
def open_message(request: SignedIn, pk: int) -> HttpResponse:
    """Mark read and go where it leads."""
    message = get_object_or_404(Message, recipient=request.user, pk=pk)
    services.mark_read(request.user, only=[pk])
    return redirect(message.url or "notify:list")


@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    services.mark_read(request.user)
    return redirect("notify:list")


@require_POST
def read_chosen(request: SignedIn) -> HttpResponse:
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19]
    services.mark_read(request.user, only=chosen)
    return redirect("notify:list")
