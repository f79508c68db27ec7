"""Look-backs: the list, the draw, and one look."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.findings import looking_back, queries, telling
from dudao.findings.asking import Kept
from dudao.findings.forms import PhotosField
from dudao.findings.handling import may_verify
from dudao.findings.look_back_lists import LOOK_BACKS
from dudao.findings.models import Draw, LookBack, LookBackResult
from dudao.findings.moving import Seen
from dudao.findings.storing import held, store
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Invalid
from dudao.people.guards import requires
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places.models import Region
from dudao.rules.queries import in_force
from dudao.ui.lists import respond


class LookForm(forms.Form):
    result = forms.ChoiceField(
        label=gettext_lazy("结果"), choices=LookBackResult.choices, widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("请选择结果。")},
    )  # fmt: skip
    facts = forms.CharField(
        label=gettext_lazy("回访情况"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        error_messages={"required": gettext_lazy("请填写这一项。")},
    )  # fmt: skip
    photos = PhotosField(label=gettext_lazy("照片"), help_text=gettext_lazy("问题反弹的必须附照片。"))
    seen_state = forms.CharField(widget=forms.HiddenInput)
    seen_round = forms.IntegerField(widget=forms.HiddenInput)


class DrawForm(forms.Form):
    region = forms.ModelChoiceField(
        label=gettext_lazy("范围"), queryset=Region.objects.none(), empty_label=gettext_lazy("请选择"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    seed = forms.CharField(
        label=gettext_lazy("随机种子"), max_length=64, required=False, widget=forms.TextInput(attrs={"class": "form-control"}),
        help_text=gettext_lazy("可以填一个公开的数，如当天的彩票号码，让人能复核；不填由系统生成。"),
    )  # fmt: skip


@require_GET
@requires("finding.verify")
def index(request: SignedIn) -> HttpResponse:
    """What is to be looked at again."""
    return respond(request, LOOK_BACKS, template="findings/look_backs.html")


@require_http_methods(["GET", "POST"])
@requires("finding.verify")
def look(request: SignedIn, pk: int) -> HttpResponse:
    """One look-back: what was struck off, and what is to be seen now."""
    rows = LookBack.objects.visible_to(request.user).select_related(
        "finding__unit__region", "finding__inspector", "draw", "goes", "done_by"
    )
    back = get_object_or_404(rows, pk=pk)
    finding = back.finding
    form = LookForm(
        request.POST or None,
        request.FILES or None,
        initial={"seen_state": finding.state, "seen_round": finding.round},
    )
    kept: dict[str, list[str]] = {}
    if request.method == "POST":
        valid = form.is_valid()
        kept = store(form, request.POST, by=request.user)
        if valid and form.is_valid() and _did(back, form, kept, request):
            messages.success(request, telling.after_look(form.cleaned_data["result"]))
            return redirect("findings:look-back", back.pk)
    reports = list(finding.reports.prefetch_related("photos"))
    context = {
        "back": back, "finding": finding, "form": form, "kept": held(kept, request.user), "file_names": {},
        "people": may_verify(finding.unit) if request.user.can("finding.sign_off") and not back.result else [],
        "proofs": list(back.proofs.all()), "reports": reports,
        "photos": queries.photos_by_report(finding, reports, request.user),
    }  # fmt: skip
    return render(
        request, "findings/look_back.html", context, status=422 if form.is_bound and form.errors else 200
    )


@require_POST
@requires("finding.sign_off")
def send(request: SignedIn, pk: int) -> HttpResponse:
    """Send somebody else."""
    rows = LookBack.objects.visible_to(request.user).select_related("finding__unit__region")
    back = get_object_or_404(rows, pk=pk)
    to = next((one for one in may_verify(back.finding.unit) if str(one.pk) == request.POST.get("to")), None)
    try:
        if to is None:
            raise Invalid(_("请从列表中选择。"))
        looking_back.send_another(back, by=request.user, to=to)
    except DudaoError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("已改派，并通知本人。"))
    return redirect("findings:look-back", pk)


def _did(back: LookBack, form: LookForm, kept: dict[str, list[str]], request: SignedIn) -> bool:
    data = form.cleaned_data
    try:
        looking_back.look(
            back, by=request.user, seen=Seen(data["seen_state"], data["seen_round"]), result=data["result"],
            facts=data["facts"], kept=Kept(kept["photos"]),
        )  # fmt: skip
    except DudaoError as error:
        field = error.details.get("field")
        form.add_error(field if field in form.fields else None, error.message)
        return False
    return True


@require_http_methods(["GET", "POST"])
@requires("finding.sign_off")
def draw(request: SignedIn) -> HttpResponse:
    """Draw the look-backs of the half-year that ended last."""
    regions = Reach(request.user, "finding.sign_off").regions
    form = DrawForm(request.POST or None, initial={"region": regions[0].pk if regions else None})
    form.fields["region"].queryset = Region.objects.filter(pk__in=[one.pk for one in regions])  # type: ignore[attr-defined]
    half = looking_back.last_half()
    counts = looking_back.struck_off_by_region(regions, half)
    form.fields["region"].label_from_instance = lambda one: _("%(region)s（已销号 %(n)d 个）") % {  # type: ignore[attr-defined]
        "region": one.name, "n": counts[one.path],
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = looking_back.draw(data["region"], by=request.user, half=half, seed=data["seed"])
        except DudaoError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("已抽取，并通知回访人。"))
            return redirect("findings:drawn", made.pk)
    context: dict[str, Any] = {
        "form": form, "half_label": Draw(half=str(half)).half_label, "drawn": Draw.objects.filter(region__in=regions).select_related("region", "drawn_by")[:20],
        "share": in_force("finding.lookback.share", region=regions[0] if regions else None, on=clock.today()),
    }  # fmt: skip
    return render(
        request, "findings/draw.html", context, status=422 if form.is_bound and form.errors else 200
    )


@require_GET
@requires("finding.verify")
def drawn(request: SignedIn, pk: int) -> HttpResponse:
    """A draw in the open: seed, population, what was drawn, and how to do it again."""
    paths = Reach(request.user, "finding.verify").regions
    made = get_object_or_404(
        Draw.objects.filter(region__in=paths).select_related("region", "drawn_by"), pk=pk
    )
    picked = looking_back.pick(made.population, share=made.share, seed=made.seed)
    rows = list(
        made.look_backs.select_related("finding__unit", "goes").order_by("-is_always", "finding__number")
    )
    context = {
        "made": made, "rows": rows, "picked": set(picked), "is_same": _is_same(made, picked, rows),
        "done": sum(bool(one.result) for one in rows),
        "rebounds": sum(one.result == LookBackResult.REBOUND for one in rows),
    }  # fmt: skip
    return render(request, "findings/drawn.html", context)


def _is_same(made: Draw, picked: list[str], rows: Any) -> bool:
    """Whether drawing again gives what was drawn."""
    return {row.finding.number for row in rows} == {*made.always, *picked}
