"""The lists of words everybody chooses from: added to, renamed, hidden, ordered."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.kernel.errors import DudaoError
from dudao.office.rule_forms import WordForm
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.rules import wording
from dudao.rules.access import may_keep_words
from dudao.rules.models import Word, WordKind
from dudao.rules.queries import words as words_of
from dudao.ui.forms import OfficeForm


def _kind(name: str) -> WordKind:
    if name not in WordKind.values:
        raise Http404
    return WordKind(name)


@require_GET
@requires("rule.view")
def words(request: SignedIn, kind: str = WordKind.CATEGORY) -> HttpResponse:
    """One list, in its order, hidden words too."""
    chosen = _kind(kind)
    context = {
        "kind": chosen,
        "kinds": list(WordKind),
        "words": words_of(chosen),
        "is_fixed": chosen in wording.FIXED,
        "may_keep": may_keep_words(request.user),
    }
    return render(request, "office/words.html", context)


@require_http_methods(["GET", "POST"])
@requires("word.manage")
def add(request: SignedIn, kind: str) -> HttpResponse:
    chosen = _kind(kind)
    form = WordForm(request.POST or None, word=None, is_fixed=chosen in wording.FIXED)
    if request.method == "POST" and form.is_valid():
        try:
            wording.add_word(chosen, zh=form.cleaned_data["zh"], en=form.cleaned_data["en"], by=request.user)
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已新增：%(name)s") % {"name": form.cleaned_data["zh"]})
            return redirect("office:words-of", chosen)
    return _form(request, form, chosen, _("新增%(kind)s") % {"kind": chosen.label})


@require_http_methods(["GET", "POST"])
@requires("word.manage")
def change(request: SignedIn, pk: int) -> HttpResponse:
    """Rename a word, hide it or show it again."""
    word = get_object_or_404(Word, pk=pk)
    chosen = WordKind(word.kind)
    form = WordForm(request.POST or None, word=word, is_fixed=chosen in wording.FIXED)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        try:
            wording.change_word(
                word, zh=got["zh"], en=got["en"], is_active=got.get("is_active", True), by=request.user
            )
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已保存。"))
            return redirect("office:words-of", chosen)
    return _form(request, form, chosen, word.label)


@require_POST
@requires("word.manage")
def move(request: SignedIn, pk: int) -> HttpResponse:
    """One place up or down."""
    word = get_object_or_404(Word, pk=pk)
    wording.move_word(word, is_up=request.POST.get("to") == "up", by=request.user)
    return redirect(f"{reverse('office:words-of', args=[word.kind])}#w{word.pk}")


def _form(request: SignedIn, form: OfficeForm, kind: WordKind, heading: str) -> HttpResponse:
    context = {
        "form": form, "heading": heading, "button": _("保存"),
        "back": reverse("office:words-of", args=[kind]), "back_label": kind.label,
    }  # fmt: skip
    return render(request, "office/kept_form.html", context, status=form.status)
