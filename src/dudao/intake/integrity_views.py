"""Are the stored files still what they were? For the administrators."""

from typing import Any

from django.db.models import Sum
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from dudao.intake.models import EvidenceFile, FileCheck, Sweep
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.ui.lists import Column, Days, Empty, Listing, declare, respond
from dudao.ui.lists.filters import Rows


def _faults(user: Any) -> Rows:
    return FileCheck.objects.faults().select_related("file")


INTEGRITY = declare(
    Listing(
        name="integrity",
        title=_("证据完整性"),
        url_name="intake:integrity",
        rows=_faults,
        sort="-since",
        columns=(
            Column("fault", _("问题"), "get_fault_display", sort="fault"),
            Column("name", _("文件名"), "file.name", sort="file__name", width=40, css="wording"),
            Column("sha256", _("文件校验值（SHA-256）"), "file_id", width=66, is_shown=False),
            Column("received", _("收到时间"), "file.received_at", sort="file__received_at", css="text-nowrap"),
            Column("since", _("发现时间"), "since", sort="since", css="text-nowrap"),
            Column("checked", _("复核时间"), "checked_at", sort="checked_at", css="text-nowrap"),
        ),
        filters=(Days("since", _("发现时间"), "since"),),
        counted=lambda n: ngettext("共 %(n)s 个文件", "共 %(n)s 个文件", n) % {"n": n},
        empty=Empty("shield-check", _("没有发现问题"), _("已复核的文件都与收到时完全一致。")),
    )
)  # fmt: skip


@require_GET
@requires("queue.manage")
def integrity(request: SignedIn) -> HttpResponse:
    """Stored files that are missing or changed, and how far the sweeps have come."""
    stored = EvidenceFile.objects.aggregate(size=Sum("size"))
    return respond(
        request,
        INTEGRITY,
        template="intake/integrity.html",
        files=EvidenceFile.objects.count(),
        size=stored["size"] or 0,
        checked=FileCheck.objects.count(),
        last=Sweep.objects.first(),
    )
