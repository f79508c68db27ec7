"""Entries that wait for a person: read, put right, tried again, or closed with a reason."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from dudao.instruments.queries import current_versions
from dudao.intake import contents, outcomes, proofs, repairs, services
from dudao.intake.access import CAPABILITY
from dudao.intake.entries import manifest_of
from dudao.intake.models import Entry, EvidenceFile
from dudao.intake.reasons import is_known, reason_words
from dudao.intake.states import EntryState, Repairable
from dudao.journal.queries import timeline
from dudao.people.guards import requires
from dudao.people.models import Device, User
from dudao.people.requests import SignedIn
from dudao.places.models import Region, Unit
from dudao.ui.forms import OfficeForm
from dudao.ui.lists import Choice, Column, Days, Empty, Listing, declare, respond
from dudao.ui.lists.filters import Rows

KINDS = {
    "visit": _("一次督导的记录"),
    "verification": _("整改核查"),
    "alarm": _("重大隐患"),
    "invitation-answer": _("同行邀请的答复"),
}
STEPS = {
    "entry.handed_in": _("由导出文件读入"),
    "entry.repair": _("更正"),
    "entry.replay": _("重新处理"),
    "entry.close": _("了结"),
    "entry.unproved": _("设备签名不符"),
}


def _rows(user: Any) -> Rows:
    return Entry.objects.visible_to(user).handed_to_people().defer("body")


def _narrowed(rows: Any, value: str) -> Rows:
    narrowed: Rows = rows.in_trouble() if value == "waiting" else rows.filter(state=EntryState.CLOSED)
    return narrowed


def _with_senders(rows: Sequence[Any]) -> None:
    senders = User.objects.in_bulk({entry.user_id for entry in rows})
    for entry in rows:
        entry.sender = senders[entry.user_id].name if entry.user_id in senders else entry.user_id
        entry.reason_words = reason_words(entry.reason)
        entry.kind_words = KINDS.get(entry.kind, entry.kind)


QUARANTINE = declare(
    Listing(
        name="quarantine",
        title=_("待查条目"),
        url_name="intake:quarantine",
        rows=_rows,
        prepare=_with_senders,
        sort="-received",
        columns=(
            Column("reason", _("原因"), "reason_words", sort="reason", width=50, css="wording"),
            Column("detail", _("说明"), "detail", width=40, is_shown=False),
            Column("kind", _("种类"), "kind_words", sort="kind"),
            Column("sender", _("上报人"), "sender"),
            Column("received", _("收到时间"), "received_at", sort="received_at", css="text-nowrap"),
            Column("made", _("填写时间"), "made_at", sort="made_at", css="text-nowrap", is_shown=False),
            Column("steps", _("操作"), "pk", "intake/_cells.html#steps", css="text-nowrap", is_exported=False),
        ),
        filters=(
            Choice(
                "state", _("状态"), _("全部状态"),
                lambda user: [("waiting", _("待查")), ("closed", _("已了结"))], _narrowed, initial="waiting",
            ),
            Days("received", _("收到日期"), "received_at"),
        ),
        counted=lambda n: ngettext("共 %(n)s 条", "共 %(n)s 条", n) % {"n": n},
        empty=Empty("circle-check", _("没有待查条目"), _("手机上报的内容都已入库。")),
    )
)  # fmt: skip


class UnitForm(OfficeForm):
    """Which school it was."""

    new = forms.CharField(
        label=_("改为哪所学校"), max_length=100, help_text=_("输入学校名称或单位代码，从提示中选择。"),
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units

    def clean_new(self) -> str:
        text = self.cleaned_data["new"].strip()
        found = [unit for unit in self.units if text in (unit.code, unit.name)]
        if len(found) > 1:
            raise forms.ValidationError(_("有几个单位同名，请填单位代码。"))
        if not found:
            raise forms.ValidationError(_("您的范围内没有这个单位，请从提示中选择。"))
        return str(found[0].pk)


class InstrumentForm(OfficeForm):
    """Which checklist it was."""

    new = forms.ChoiceField(label=_("改用哪张检查表"), help_text=_("选择与现场所用内容相同的检查表。"))

    def __init__(self, *args: Any, regions: Sequence[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["new"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.hash, one.title) for one in current_versions(*regions)]


class CloseForm(OfficeForm):
    """Why no record comes of it."""

    note = forms.CharField(
        label=_("了结的理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：重复上报，已另行补报。督学在手机上能看到。"),
    )  # fmt: skip


@require_GET
@requires(CAPABILITY)
def quarantine(request: SignedIn) -> HttpResponse:
    """Entries that were acknowledged and could not be turned into records: kept, explained, put right, tried again."""
    return respond(request, QUARANTINE, template="intake/quarantine.html")


@require_GET
@requires(CAPABILITY)
def entry(request: SignedIn, pk: Any) -> HttpResponse:
    """One entry as it came, and what can be done; or how it goes on after it was put right."""
    found = _found(request, pk)
    if request.htmx.trigger == "progress" and found.state != EntryState.RECEIVED:
        return HttpResponseClientRefresh()  # the page that watched becomes the page of the outcome
    return _page(request, found)


@require_http_methods(["POST"])
@requires(CAPABILITY)
def repair(request: SignedIn, pk: Any) -> HttpResponse:
    """Choose the school or the checklist again."""
    found = _found(request, pk)
    form = _repair_form(request, found)
    if form is None or not form.is_valid():
        return _page(request, found, repairing=form)
    services.repair(found, form.cleaned_data["new"], by=request.user)
    messages.success(request, _("已更正。"))
    return redirect("intake:entry", found.pk)


@require_POST
@requires(CAPABILITY)
def close(request: SignedIn, pk: Any) -> HttpResponse:
    """No record comes of it, for a reason."""
    found, form = _found(request, pk), CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, closing=form)
    services.close(found, form.cleaned_data["note"], by=request.user)
    messages.success(request, _("已了结。内容仍原样保存。"))
    return redirect("intake:quarantine")


@require_POST
@requires(CAPABILITY)
def replay(request: SignedIn, pk: Any) -> HttpResponse:
    services.replay(_found(request, pk), by=request.user)
    return redirect("intake:entry", pk)


def _found(request: SignedIn, pk: Any) -> Entry:
    return get_object_or_404(Entry.objects.visible_to(request.user), pk=pk)


def _repair_form(request: SignedIn, found: Entry) -> OfficeForm | None:
    """The form that puts right what is wrong; None where choosing again does not help."""
    wrong = repairs.wrong(found) if found.state == EntryState.QUARANTINED else None
    if wrong is None:
        return None
    regions = [grant.region for grant in request.user.grants_with(CAPABILITY) if grant.region is not None]
    typed = request.POST if request.method == "POST" and "new" in request.POST else None
    if wrong[0] == Repairable.INSTRUMENT:
        return InstrumentForm(typed, regions=regions)
    units = [
        one
        for region in regions
        for one in Unit.objects.filter(region__path__startswith=region.path, is_open=True)
    ]
    return UnitForm(typed, units=units)


def _page(
    request: SignedIn, found: Entry, *, repairing: OfficeForm | None = None, closing: OfficeForm | None = None
) -> HttpResponse:
    files = {one.sha256 for one in manifest_of(bytes(found.body))}
    repairing = repairing or _repair_form(request, found)
    closing = closing or CloseForm()
    context = {
        "entry": found,
        "kind": KINDS.get(found.kind, found.kind),
        "sender": User.objects.filter(pk=found.user_id).first(),
        "device": Device.objects.filter(pk=found.device_id).first(),
        "proof": proofs.look(found),
        "reason": reason_words(found.reason),
        "detail": "" if found.state == EntryState.QUARANTINED and is_known(found.reason) else found.detail,
        "files": len(files),
        "stored": EvidenceFile.objects.filter(pk__in=files).count(),
        "waits": found.state == EntryState.QUARANTINED,
        "runs": found.state == EntryState.RECEIVED,
        "record": outcomes.address_of(found.kind, found.pk) if found.state == EntryState.PROJECTED else None,
        "told": contents.told(found),
        "near": contents.near(found, repairing.units) if isinstance(repairing, UnitForm) else [],
        "repairing": repairing,
        "closing": closing,
        "steps": timeline(found, STEPS),
        "content": json.dumps(json.loads(bytes(found.body)), ensure_ascii=False, indent=2),
    }
    return render(
        request,
        "intake/entry.html",
        context,
        status=max(closing.status, repairing.status if repairing else 200),
    )
