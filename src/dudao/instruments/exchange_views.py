"""Pages of instruments in and out of Excel: the template, bringing in, taking out."""

from typing import Any

import msgspec
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.instruments import drafts
from dudao.instruments.access import own_levels
from dudao.instruments.definitions import Definition
from dudao.instruments.exchange.files import read_file
from dudao.instruments.exchange.found import Reading
from dudao.instruments.exchange.reading import UNNAMED
from dudao.instruments.exchange.workbook import template, write
from dudao.instruments.exchange.xlsform import write_xlsform
from dudao.instruments.exchange_forms import BringInForm
from dudao.instruments.models import Draft, Instrument, Version
from dudao.kernel.errors import Invalid
from dudao.people.guards import requires
from dudao.people.models import User
from dudao.people.requests import SignedIn
from dudao.places.models import Region

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SALT = "dudao.instruments.rest"
MOST_KEPT = 1_500_000  # characters; a form field holds no more than 2 MB
HOUR = 3600  # seconds in which the rest of a form can be taken over


@require_GET
@requires("instrument.manage")
def blank(request: SignedIn) -> HttpResponse:
    """The empty workbook to fill in."""
    return _download(template(), "instrument-template")


@require_http_methods(["GET", "POST"])
@requires("instrument.manage")
def bring_in(request: SignedIn) -> HttpResponse:
    """Make a draft of a file, or tell what is wrong in it, cell by cell."""
    form = BringInForm(request.POST or None, request.FILES or None, levels=own_levels(request.user))
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        reading = read_file(file.read(), file.name, leave_out=True)
        if reading.definition is not None and not reading.faults:
            _tell_remarks(request, reading)
            return redirect("instruments:draft", _begin(reading.definition, form.region, request.user).pk)
        context |= {
            "reading": reading,
            "file_name": file.name,
            "rest": _signed(reading, form.region, request.user),
        }
    return render(request, "instruments/bring_in.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires("instrument.manage")
def bring_in_rest(request: SignedIn) -> HttpResponse:
    """Make a draft of what could be taken over of the form just shown."""
    try:
        sent = signing.loads(request.POST.get("rest", ""), salt=SALT, max_age=HOUR)
    except signing.BadSignature:
        raise Invalid(_("这个页面已经过期。请重新上传文件。")) from None
    region = next((one for one in own_levels(request.user) if one.code == sent["region"]), None)
    if region is None or sent["user"] != request.user.pk:
        raise Invalid(_("这个页面已经过期。请重新上传文件。"))
    draft = _begin(msgspec.convert(sent["definition"], Definition), region, request.user)
    messages.warning(request, _("已导入能够导入的部分，其余没有导入。请检查后再发布。"))
    return redirect("instruments:draft", draft.pk)


@require_GET
@requires("instrument.view")
def excel(request: SignedIn, version: str) -> HttpResponse:
    """A version as our workbook."""
    found = _version(request, version)
    return _download(write(found.definition), f"{found.definition.key}-{found.number}")


@require_GET
@requires("instrument.view")
def xlsform(request: SignedIn, version: str) -> HttpResponse:
    """A version as an XLSForm."""
    found = _version(request, version)
    return _download(write_xlsform(found.definition), f"{found.definition.key}-{found.number}-xlsform")


def _begin(definition: Definition, region: Region, by: User) -> Draft:
    if definition.key == UNNAMED:
        definition = msgspec.structs.replace(definition, key=drafts.new_key(region))
    return drafts.create(definition, region=region, by=by)


def _signed(reading: Reading, region: Region, user: User) -> str:
    """What could be taken over, kept by the page itself; nobody else can send it, and empty where it is too much."""
    if reading.definition is None:
        return ""
    content = msgspec.to_builtins(reading.definition)
    kept = {"definition": content, "region": region.code, "user": user.pk}
    signed = signing.dumps(kept, salt=SALT, compress=True)
    return signed if len(signed) <= MOST_KEPT else ""


def _tell_remarks(request: SignedIn, reading: Reading) -> None:
    for remark in reading.remarks:
        text = _("第 %(row)d 行 %(column)s：%(text)s") % {
            "row": remark.row, "column": remark.column, "text": remark.wrong,
        }  # fmt: skip
        messages.info(request, text)


def _version(request: SignedIn, name: str) -> Version:
    seen = Instrument.objects.visible_to(request.user)
    found: Version = get_object_or_404(Version.objects.filter(instrument__in=seen), hash=name)
    return found


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
