"""Stored files for those who may see them."""

from functools import partial
from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from dudao.intake import evidence_access, media, ranges
from dudao.intake.folder_store import FolderStore
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
    if name in ("poster", "play"):
        return _made(request, media.path_of(sha256, name))
    if name not in EDGES:
        raise Http404
    try:
        response = FileResponse(variant(sha256, name).open("rb"), content_type="image/jpeg")
    except NoPicture as error:
        raise Http404 from error
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _made(request: SignedIn, path: Path) -> HttpResponse | StreamingHttpResponse:
    """The poster of a video, or the copy that browsers play, in parts if asked for."""
    if not path.exists():
        raise Http404
    if path.suffix == ".jpg":
        return FileResponse(path.open("rb"), content_type="image/jpeg")
    return ranges.sent(
        path.stat().st_size, partial(FolderStore.pieces_of, path), request.headers.get("Range", ""), name=path.name, content_type="video/mp4"
    )  # fmt: skip


def _original(request: SignedIn, file: EvidenceFile) -> HttpResponse | StreamingHttpResponse:
    """Always a download; of a type only when the bytes are what they were said to be."""
    try:
        store = evidence_store()
        return ranges.sent(
            store.size_of(file.sha256),
            partial(store.pieces, file.sha256),
            request.headers.get("Range", ""),
            name=file.name or file.sha256,
            content_type=file.sniffed_type if file.trusted else "application/octet-stream",
        )
    except FileNotFoundError as error:  # lost; the sweep tells the administrators
        raise Http404 from error
