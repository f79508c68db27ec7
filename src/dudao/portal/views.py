"""Public pages: is this document genuine?"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from dudao.documents.services import verify


@login_not_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a code."""
    code = "".join(request.GET.get("code", "").split()).upper()[:40]
    if code:
        return redirect("portal:verify", code=code)
    return render(request, "portal/start.html")


@login_not_required
@require_GET
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Number, date, issuer and hash of the document with this code; and whether a given hash is one of its files."""
    document = verify(code.upper())
    asked = "".join(request.GET.get("sha256", "").split()).lower()[:64]
    context: dict[str, Any] = {"code": code.upper(), "document": document, "asked": asked}
    if document is not None and asked:
        context["matches"] = document.matches(asked)
    return render(request, "portal/verify.html", context, status=200 if document else 404)
