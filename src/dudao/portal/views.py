"""Public pages: is this document genuine, and who inspects this school?"""

import hashlib
from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from dudao.documents.services import verify
from dudao.documents.used import evidence_in
from dudao.inspectors.boards import DUTIES, Board, boards_of, schools
from dudao.inspectors.queries import under_publicity
from dudao.inspectors.serving import photo_of
from dudao.intake.provenance import origins
from dudao.kernel import clock
from dudao.rules.models import WordKind
from dudao.rules.queries import offered


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
    """Number, date, issuer and hash of the document with this code, and where its pictures come from, without showing
    them; and whether a file someone holds is one of its files.

    The file is hashed and forgotten; a hash may be given instead.
    """
    document = verify(code)
    file = request.FILES.get("file")
    asked = _sha256(file) if file else "".join(request.GET.get("sha256", "").split()).lower()[:64]
    context = {
        "code": code.upper(),
        "document": document,
        "asked": asked,
        "pictures": origins(evidence_in(document.code)) if document else [],
        "now": clock.now(),
        "matches": bool(document and asked and document.matches(asked)),
    }
    return render(request, "portal/verify.html", context, status=200 if document else 404)


@login_not_required
@require_GET
def board(request: HttpRequest, code: str) -> HttpResponse:
    """The notice board of a school, as it hangs at the gate: public by regulation (Measures, art. 1)."""
    context = {"board": _board(code), "matters": offered(WordKind.THEME), "duties": DUTIES}
    return render(request, "portal/board.html", context, status=200 if context["board"] else 404)


@login_not_required
@require_GET
def board_photo(request: HttpRequest, code: str) -> HttpResponse:
    """The photo on the board, and no other."""
    found = _board(code)
    if found is None or found.inspector is None:
        raise Http404
    return photo_of(found.inspector, "public, max-age=3600")


@login_not_required
@require_GET
def publicity(request: HttpRequest) -> HttpResponse:
    """Who is about to be appointed inspector, until when, and where to object (Interim Measures for Inspectors, 2016)."""
    people = under_publicity(clock.today())
    groups = [(region, list(some)) for region, some in groupby(people, key=lambda one: one.region)]
    return render(request, "portal/publicity.html", {"groups": groups})


def _board(code: str) -> Board | None:
    """The board of a school in operation; nothing is told of any other unit."""
    unit = schools().filter(code=code).first()
    return boards_of([unit], clock.today())[0] if unit else None


def _sha256(file: "UploadedFile[bytes]") -> str:
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    return digest.hexdigest()
