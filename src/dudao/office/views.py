"""Pages composed from all rooms: workbench, schools, search, rules, journal, background jobs."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dudao.journal.models import Seal
from dudao.kernel import clock
from dudao.kernel.ids import is_uuid
from dudao.kernel.text import clean
from dudao.office import home as workbench
from dudao.office import searching, unit_file
from dudao.office.lists import JOBS, JOURNAL, UNITS, units_visible_to
from dudao.people import accounts, phones
from dudao.people.guards import requires
from dudao.people.requests import SignedIn
from dudao.queue import jobs
from dudao.ui.lists import respond


@require_GET
def home(request: SignedIn) -> HttpResponse:
    """The workbench."""
    return render(request, "office/home.html", {"home": workbench.of(request.user), "month": clock.today()})


@require_POST
def steps_away(request: SignedIn) -> HttpResponse:
    """Put the first steps away, for good."""
    accounts.put_steps_away(request.user)
    return redirect("office:home")


@require_GET
@requires("unit.view")
def units(request: SignedIn) -> HttpResponse:
    """Schools within reach."""
    return respond(request, UNITS, template="office/units.html")


@require_GET
@requires("unit.view")
def unit(request: SignedIn, pk: Any) -> HttpResponse:
    """One school's file (一校一档), which also prints."""
    found = get_object_or_404(units_visible_to(request.user), pk=pk)
    return render(request, "office/unit.html", unit_file.of(found, request.user))


@require_POST
@requires(phones.CAPABILITY)
def unit_phone(request: SignedIn, pk: Any) -> HttpResponse:
    """Show the number of a school's liaison to whoever may see it, and journal that."""
    found = get_object_or_404(phones.units_with_phones(request.user).select_related("region"), pk=pk)
    return phones.shown(request, phones.reveal_liaison(found, by=request.user), found.liaison_name)


@require_GET
def search(request: SignedIn) -> HttpResponse:
    """Units, problems, documents and people by name, pinyin initials or number; each within the person's scope."""
    query = clean(request.GET.get("q", ""))[:100]
    return render(
        request, "office/search.html", {"query": query, "groups": searching.found(request.user, query)}
    )


@require_GET
@requires("journal.view")
def journal(request: SignedIn) -> HttpResponse:
    """What happened, newest first, with the state of the seal."""
    last = Seal.objects.order_by("-seq").first()
    return respond(request, JOURNAL, template="office/journal.html", last=last)


@require_GET
@requires("queue.manage")
def jobs_page(request: SignedIn) -> HttpResponse:
    """Background jobs that gave up, each with its reason and one more try."""
    return respond(request, JOBS, template="office/jobs.html", waiting=jobs.waiting())


@require_POST
@requires("queue.manage")
def jobs_again(request: SignedIn) -> HttpResponse:
    """One more try for each chosen job."""
    count = sum(jobs.run_again(pk) for pk in request.POST.getlist("chosen") if is_uuid(pk))
    if count:
        messages.success(request, _("已重新排队。"))
    else:
        messages.info(request, _("没有可重新运行的任务。请先选择任务。"))
    return redirect("office:jobs")
