"""The gallery of components: every state in its one word, colour and icon."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dudao.kernel import clock
from dudao.ui import looks


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery.html", {"kinds": looks.every(), "now": clock.now()})
