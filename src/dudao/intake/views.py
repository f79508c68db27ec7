"""Stored files for those who may see them."""

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from dudao.intake import evidence_access, ranges
from dudao.intake.models import EvidenceFile
from dudao.intake.stores import evidence_store
from dudao.intake.variants import EDGES, NoPicture, variant
from dudao.people.requests import SignedIn


@require_GET
def evidence(request: SignedIn, sha256: str, name: str) -> HttpResponse | StreamingHttpResponse:
    """A photo as thumb or view (made anew, without EXIF), or the original as a download, in parts if asked for."""
    if not evidence_access.may_see(request.user, sha256):
        raise Http404
    file = get_object_or_404(EvidenceFile, sha256=sha256)
    if name == "original":
        return _original(request, file)
    if name not in EDGES:
        raise Http404
    try:
        response = FileResponse(variant(sha256, name).open("rb"), content_type="image/jpeg")
    except NoPicture as error:
        raise Http404 from error
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _original(request: SignedIn, file: EvidenceFile) -> HttpResponse | StreamingHttpResponse:
    """Always a download; of a type only when the bytes are what they were said to be."""
    try:
        return ranges.sent(
            evidence_store(),
            file.sha256,
            request.headers.get("Range", ""),
            name=file.name or file.sha256,
            content_type=file.sniffed_type if file.trusted else "application/octet-stream",
        )
    except FileNotFoundError as error:  # lost; the sweep tells the administrators
        raise Http404 from error
