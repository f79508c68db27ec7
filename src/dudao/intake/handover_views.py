"""A phone's file of unsent work: looked into, then taken or put away."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.intake import handing_in
from dudao.intake.access import CAPABILITY
from dudao.intake.models import Handover
from dudao.intake.quarantine_views import KINDS
from dudao.kernel.errors import DudaoError
from dudao.people.guards import requires
from dudao.people.models import Device, User
from dudao.people.requests import SignedIn
from dudao.ui.forms import OfficeForm

OUTCOMES = {
    "new": _("已收下"),
    "known": _("以前已收到"),
    "differs": _("编号相同但内容不同，保留原有内容"),
    "refused": _("不能收下"),
}


class FileForm(OfficeForm):
    """One file from a phone."""

    file = forms.FileField(
        label=_("手机导出的文件"),
        help_text=_("督学在手机“我的 → 导出未上报内容”得到的 .json 文件，用数据线、微信等交给您。"),
        error_messages={"required": _("请选择文件。"), "empty": _("文件是空的。请检查后再上传。")},
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )


@require_http_methods(["GET", "POST"])
@requires(CAPABILITY)
def start(request: SignedIn) -> HttpResponse:
    """Bring a file; what it holds is shown before anything is taken."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = handing_in.look_into(form.cleaned_data["file"], by=request.user)
        except DudaoError as error:
            form.add_error("file", str(error.message))
        else:
            return redirect("intake:handover", found.pk)
    earlier = list(Handover.objects.visible_to(request.user).select_related("by")[:20])
    people = User.objects.in_bulk({one.user_id for one in earlier})
    context = {"form": form, "earlier": [(one, people.get(one.user_id)) for one in earlier]}
    return render(request, "intake/handovers.html", context, status=form.status)


@require_GET
@requires(CAPABILITY)
def show(request: SignedIn, pk: Any) -> HttpResponse:
    """What a file holds, and what became of it."""
    found = _visible(request, pk)
    told = {one["id"]: one for one in found.outcome.get("entries", [])}
    rows = [
        {
            "kind": KINDS.get(one["kind"], one["kind"]),
            "made_at": datetime.fromisoformat(one["made_at"]) if one["made_at"] else None,
            "files": one["files"],
            "missing": one["missing"],
            "problem": one["problem"],
            "known": one["known"],
            "outcome": OUTCOMES[told[one["id"]]["outcome"]] if one["id"] in told else "",
        }
        for one in found.contents["entries"]
    ]
    context = {
        "handover": found,
        "sender": User.objects.filter(pk=found.user_id).first(),
        "device": Device.objects.filter(pk=found.device_id).first(),
        "rows": rows,
        "new": sum(not one["known"] and not one["problem"] for one in rows),
    }
    return render(request, "intake/handover.html", context)


@require_POST
@requires(CAPABILITY)
def take(request: SignedIn, pk: Any) -> HttpResponse:
    """Take what the file holds."""
    handing_in.take(_visible(request, pk), by=request.user)
    messages.success(request, _("已读入。内容几秒内入库，与手机上报的一样。"))
    return redirect("intake:handover", pk)


@require_POST
@requires(CAPABILITY)
def discard(request: SignedIn, pk: Any) -> HttpResponse:
    """Put the file away unread."""
    handing_in.discard(_visible(request, pk), by=request.user)
    messages.success(request, _("已放弃，没有读入任何内容。"))
    return redirect("intake:handovers")


def _visible(request: SignedIn, pk: Any) -> Handover:
    return get_object_or_404(Handover.objects.visible_to(request.user).select_related("by"), pk=pk)
