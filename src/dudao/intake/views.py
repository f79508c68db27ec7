"""Stored files for those who may see them, and the entries that wait for a person."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dudao.intake import evidence_access, ranges, services
from dudao.intake.access import CAPABILITY
from dudao.intake.models import Entry, EvidenceFile
from dudao.intake.reasons import reason_words
from dudao.intake.stores import evidence_store
from dudao.intake.variants import EDGES, NoPicture, variant
from dudao.people.guards import requires
from dudao.people.models import User
from dudao.people.requests import SignedIn
from dudao.ui.lists import Column, Days, Empty, Listing, declare, respond
from dudao.ui.lists.filters import Rows


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


def _in_trouble(user: Any) -> Rows:
    return Entry.objects.visible_to(user).in_trouble().defer("body")


def _with_senders(rows: Sequence[Any]) -> None:
    senders = User.objects.in_bulk({entry.user_id for entry in rows})
    for entry in rows:
        entry.sender = senders[entry.user_id].name if entry.user_id in senders else entry.user_id
        entry.reason_words = reason_words(entry.reason)


QUARANTINE = declare(
    Listing(
        name="quarantine",
        title=_("待查条目"),
        url_name="intake:quarantine",
        rows=_in_trouble,
        prepare=_with_senders,
        sort="-received",
        columns=(
            Column("reason", _("原因"), "reason_words", sort="reason", width=50, css="wording"),
            Column("detail", _("说明"), "detail", width=40, is_shown=False),
            Column("sender", _("上报人"), "sender"),
            Column("received", _("收到时间"), "received_at", sort="received_at", css="text-nowrap"),
            Column("made", _("填写时间"), "made_at", sort="made_at", css="text-nowrap", is_shown=False),
            Column("steps", _("操作"), "pk", "intake/_cells.html#steps", css="text-nowrap", is_exported=False),
        ),
        filters=(Days("received", _("收到日期"), "received_at"),),
        counted=lambda n: ngettext("共 %(n)s 条", "共 %(n)s 条", n) % {"n": n},
        empty=Empty("circle-check", _("没有待查条目"), _("手机上报的内容都已入库。")),
    )
)  # fmt: skip


@require_GET
@requires(CAPABILITY)
def quarantine(request: SignedIn) -> HttpResponse:
    """Entries that were acknowledged and could not be turned into records: kept, explained, replayed."""
    return respond(request, QUARANTINE, template="intake/quarantine.html")


@require_GET
@requires(CAPABILITY)
def entry(request: SignedIn, pk: Any) -> HttpResponse:
    """One entry as it came."""
    found = get_object_or_404(Entry.objects.visible_to(request.user), pk=pk)
    context = {
        "entry": found,
        "sender": User.objects.filter(pk=found.user_id).first(),
        "reason": reason_words(found.reason),
        "content": json.dumps(json.loads(bytes(found.body)), ensure_ascii=False, indent=2),
    }
    return render(request, "intake/entry.html", context)


@require_POST
@requires(CAPABILITY)
def replay(request: SignedIn, pk: Any) -> HttpResponse:
    found = get_object_or_404(Entry.objects.visible_to(request.user), pk=pk)
    services.replay(found, by=request.user)
    messages.success(request, _("已重新处理，结果几秒内可见。"))
    return redirect("intake:quarantine")
