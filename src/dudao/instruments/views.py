"""Instruments on pages: the list, a version, its history and differences, and the writing of new ones."""

from typing import Any

import msgspec
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.instruments import compare as comparing
from dudao.instruments import drafts, preview, writing
from dudao.instruments.access import own_levels
from dudao.instruments.definitions import Definition
from dudao.instruments.forms import NewForm
from dudao.instruments.models import Draft, Instrument, Version
from dudao.instruments.queries import bases, newest_of
from dudao.kernel.api import api, decode, json_response
from dudao.kernel.errors import DudaoError, StaleState
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.places.models import Kind
from dudao.rules.models import WordKind
from dudao.rules.queries import offered, words


@require_GET
@requires("instrument.view")
def index(request: SignedIn) -> HttpResponse:
    """The instruments in use, by theme: whose, for whom, how long, which version; and what is being written."""
    seen = Instrument.objects.visible_to(request.user)
    context = {
        "groups": preview.groups(newest_of(seen.filter(is_active=True))),
        "retired": newest_of(seen.filter(is_active=False)),
        "drafts": Draft.objects.visible_to(request.user).select_related("region", "saved_by", "based_on"),
        "may_write": bool(own_levels(request.user)),
    }
    return render(request, "instruments/list.html", context)


@require_GET
@requires("instrument.view")
def show(request: SignedIn, version: str) -> HttpResponse:
    """One published version in full, with the versions before it."""
    found = _version(request, version)
    levels = own_levels(request.user)
    context = {
        "version": found,
        "for_whom": preview.for_whom(found.definition.applies_to),
        "parts": preview.parts(found.definition),
        "versions": found.instrument.versions.all(),
        "is_own": found.instrument.region in levels,
        "levels": levels,
    }
    return render(request, "instruments/show.html", context)


@require_GET
@requires("instrument.view")
def compare(request: SignedIn, version: str, other: str) -> HttpResponse:
    """What `version` says otherwise than `other`."""
    after, before = _version(request, version), _version(request, other)
    context = {
        "before": before,
        "after": after,
        "changes": comparing.changes(before.definition, after.definition),
        "versions": after.instrument.versions.exclude(pk=after.pk),
    }
    return render(request, "instruments/compare.html", context)


@require_http_methods(["GET", "POST"])
@requires("instrument.manage")
def new(request: SignedIn) -> HttpResponse:
    """Begin an instrument from nothing or from one that exists."""
    levels = own_levels(request.user)
    sources = newest_of(Instrument.objects.visible_to(request.user))
    form = NewForm(
        request.POST or None,
        levels=levels,
        sources=sources,
        initial={"source": request.GET.get("source", "")},
    )
    if request.method == "POST" and form.is_valid():
        draft = form.begin(by=request.user)
        return redirect("instruments:draft", draft.pk)
    context = {"form": form, "heading": _("新建量表"), "button": _("开始编写")}
    return render(request, "instruments/new.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires("instrument.manage")
def revise(request: SignedIn, version: str) -> HttpResponse:
    """Open the draft of the next version."""
    found = _version(request, version)
    draft = drafts.revise(found.instrument, by=request.user)
    return redirect("instruments:draft", draft.pk)


@require_POST
@requires("instrument.manage")
def retire(request: SignedIn, version: str) -> HttpResponse:
    """Take an instrument out of use, or into use again."""
    found = _version(request, version)
    is_active = "resume" in request.POST
    drafts.set_active(found.instrument, is_active=is_active, by=request.user)
    messages.success(request, _("已重新启用。") if is_active else _("已停用：手机下次更新后不再提供。"))
    return redirect("instruments:show", version)


@require_GET
@requires("instrument.manage")
def draft(request: SignedIn, pk: Any) -> HttpResponse:
    """The editor."""
    found = _draft(request, pk)
    context = {"draft": found, "editor": _editor(found)}
    return render(request, "instruments/draft.html", context)


def _editor(draft: Draft) -> dict[str, Any]:
    """What the editor starts with."""
    address = {"pk": draft.pk}
    return {
        "language": "zh" if (get_language() or "zh").startswith("zh") else "en",
        "content": draft.content,
        "state": msgspec.to_builtins(writing.state_of(draft)),
        "urls": {
            "save": reverse("instruments:draft-save", kwargs=address),
            "publish": reverse("instruments:draft-publish", kwargs=address),
            "bases": reverse("instruments:bases"),
            "preview": reverse("instruments:preview"),
        },
        "kinds": [{"key": kind.value, "label": str(kind.label)} for kind in Kind],
        "categories": [{"key": word.key, "label": word.label} for word in offered(WordKind.CATEGORY)],
        "severities": [{"key": word.key, "label": word.label} for word in words(WordKind.SEVERITY)],
    }


class Save(msgspec.Struct):
    """What the editor sends: the whole content, and the revision it began from."""

    revision: int
    content: dict[str, Any]


@require_POST
@api
@requires("instrument.manage")
def draft_save(request: SignedIn, pk: Any) -> HttpResponse:
    """Keep the draft. 409 with what the other author changed where somebody was faster."""
    found = _draft(request, pk)
    sent = decode(request.body, Save)
    try:
        saved = drafts.save(found, sent.content, revision=sent.revision, by=request.user)
    except StaleState as error:
        now = _draft(request, pk)
        mine = msgspec.convert(sent.content, Definition)
        changes = comparing.changes(mine, now.definition)
        theirs = {"content": now.content, "state": writing.state_of(now)}
        details = error.details | theirs | {"changes": [change._asdict() for change in changes]}
        raise StaleState(error.message, **details) from None
    return json_response(writing.state_of(saved))


@require_POST
@requires("instrument.manage")
def draft_publish(request: SignedIn, pk: Any) -> HttpResponse:
    """Publish, and show the version."""
    found = _draft(request, pk)
    revision = request.POST.get("revision", "")
    if not revision.isdecimal():
        raise StaleState(_("这份量表刚刚又有改动，请刷新后再发布。"))
    try:
        version = drafts.publish_draft(found, revision=int(revision), by=request.user)
    except DudaoError as error:
        for text in error.details.get("missing", [error.message]):
            messages.error(request, text)
        return redirect("instruments:draft", pk)
    messages.success(request, _("已发布第 %(number)s 版：手机下次更新后使用。") % {"number": version.number})
    return redirect("instruments:show", version.pk)


@require_POST
@requires("instrument.manage")
def draft_discard(request: SignedIn, pk: Any) -> HttpResponse:
    """Throw a draft away."""
    found = _draft(request, pk)
    title = found.title
    drafts.discard(found, by=request.user)
    messages.success(request, _("已删除草稿“%(title)s”。") % {"title": title})
    return redirect("instruments:list")


@require_GET
@requires("instrument.manage")
def legal_bases(request: SignedIn) -> HttpResponse:
    """The legal bases to choose from."""
    return json_response(bases(request.user))


@require_GET
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
@requires("instrument.manage")
def phone(request: SignedIn) -> HttpResponse:
    """The phone's screens around whatever definition the editor sends them; stands in the editor's frame."""
    return render(request, "instruments/phone.html")


def _version(request: SignedIn, name: str) -> Version:
    seen = Instrument.objects.visible_to(request.user)
    rows = Version.objects.select_related("instrument__region").filter(instrument__in=seen)
    found: Version = get_object_or_404(rows, hash=name)
    return found


def _draft(request: SignedIn, pk: Any) -> Draft:
    rows = Draft.objects.visible_to(request.user).select_related(
        "region", "saved_by", "instrument", "based_on"
    )
    found: Draft = get_object_or_404(rows, pk=pk)
    return found
