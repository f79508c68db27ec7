"""Public pages: is this document genuine?"""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

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
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Number, date, issuer and hash of the document with this code; and whether a file someone holds is one of its files.

    The file is hashed and forgotten; a hash may be given instead.
    """
    document = verify(code)
    file = request.FILES.get("file")
    asked = _sha256(file) if file else "".join(request.GET.get("sha256", "").split()).lower()[:64]
    context = {
        "code": code.upper(),
        "document": document,
        "asked": asked,
        "matches": bool(document and asked and document.matches(asked)),
    }
    return render(request, "portal/verify.html", context, status=200 if document else 404)


def _sha256(file: "UploadedFile[bytes]") -> str:
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    return digest.hexdigest()
