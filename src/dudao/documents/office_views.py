"""What an office sets for its documents: the fixed words of each kind, and its seal."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.documents import seals, wording
from dudao.documents.forms import SealForm, WordingForm
from dudao.documents.kinds import Kind
from dudao.documents.rendering import files, path_of
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Invalid
from dudao.people.guards import requires
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places.models import Region


@require_GET
@requires("document.manage")
def start(request: SignedIn) -> HttpResponse:
    """To one's own region."""
    return redirect("documents:office", Reach(request.user, "document.manage").regions[0].code)


@require_http_methods(["GET", "POST"])
@requires("document.manage")
def office(request: SignedIn, code: str) -> HttpResponse:
    """The templates of a region and its seal; a new seal is posted here."""
    region, form = _region(request, code), SealForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = seals.checked(form.cleaned_data["file"])
        except Invalid as error:
            form.add_error("file", str(error.message))
        else:
            seals.set_seal(region, found.body, by=request.user)
            messages.success(request, _("已启用新印章。以后签发的文书用它，已签发的不变。"))
            if not found.is_sheer:
                messages.warning(
                    request, _("这张图片的背景不透明，印在文字下面可能有白底。最好换成背景透明的 PNG。")
                )
            return redirect("documents:office", code)
    context = {
        "region": region,
        "regions": Reach(request.user, "document.manage").regions,
        "standings": wording.overview(region),
        "seal": seals.in_use(region),
        "form": form,
    }
    return render(request, "documents/office.html", context, status=form.status)


@require_POST
@requires("document.manage")
def seal_end(request: SignedIn, code: str) -> HttpResponse:
    """Use no seal from now on."""
    seals.take_away(_region(request, code), by=request.user)
    messages.success(request, _("已停用印章。"))
    return redirect("documents:office", code)


@require_GET
@requires("document.manage")
def seal_picture(request: SignedIn, code: str) -> Any:
    """The seal in use, for those who keep it."""
    held = seals.in_use(_region(request, code))
    if held is None:
        raise Http404
    answer = FileResponse(files().open(path_of(held.sha256, "png")), content_type="image/png")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "POST"])
@requires("document.manage")
def template(request: SignedIn, code: str, kind: str) -> HttpResponse:
    """Write the fixed words of a kind; what holds now is the start."""
    region = _region(request, code)
    if kind not in wording.WORDED:
        raise Http404
    held = wording.in_force(kind, region, clock.today())
    initial = {name: getattr(held, name, "") for name in wording.TEXTS} | {"starts_on": clock.today()}
    form = WordingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = wording.set_wording(kind, region, by=request.user, **form.cleaned_data)
        except DudaoError as error:
            field = error.details.get("field")
            form.add_error(field if field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("已保存为第 %(n)s 版。") % {"n": made.version})
            return redirect("documents:office", code)
    context = {
        "form": form,
        "heading": _("%(kind)s模板 · %(region)s") % {"kind": Kind(kind).label, "region": region.name},
        "button": _("保存为新版本"),
        "region": region,
        "versions": wording.versions_of(kind, region),
    }
    return render(request, "documents/wording.html", context, status=form.status)


def _region(request: SignedIn, code: str) -> Region:
    found = next((one for one in Reach(request.user, "document.manage").regions if one.code == code), None)
    if found is None:
        raise Http404
    return found
