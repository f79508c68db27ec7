"""Pages of the notice boards: which school has what, one board at once, many by a worker."""

from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from dudao.documents.fonts.catalogue import FontsMissing
from dudao.documents.orders import OrderState
from dudao.inspectors import board_pdf, services
from dudao.inspectors.board_lists import BOARDS
from dudao.inspectors.boards import Gap, boards_of, schools_visible_to
from dudao.inspectors.models import Inspector, Printing
from dudao.kernel import clock
from dudao.kernel.errors import Invalid, NotReady
from dudao.people.guards import requires
from dudao.people.models import Assignment
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.places.models import Region
from dudao.ui.lists import respond

PDF = "application/pdf"
MOST_NAMED = 10  # inspectors without a photo who are named on the page


@require_GET
@requires("zone.manage")
def index(request: SignedIn) -> HttpResponse:
    """Schools and their boards, to be printed one by one or many at once."""
    responsible = Assignment.objects.in_force(clock.today()).values("inspector_id")
    faceless = Inspector.objects.visible_to(request.user).filter(
        user__in=responsible, left_on__isnull=True, photo=""
    )
    more = {
        "regions": Reach(request.user, "zone.manage").regions,
        "faceless": faceless.select_related("user").order_by("user__name")[:MOST_NAMED],
        "faceless_count": faceless.count(),
        "printings": Printing.objects.visible_to(request.user)[:3],
    }
    return respond(request, BOARDS, template="inspectors/boards.html", **more)


@require_GET
@requires("unit.view")
def board(request: SignedIn, pk: Any) -> HttpResponse:
    """The board of one school, A3 or with `?paper=A2` larger."""
    unit = get_object_or_404(schools_visible_to(request.user, "unit.view"), pk=pk)
    paper = request.GET.get("paper", board_pdf.Paper.A3)
    if paper not in board_pdf.Paper.values:
        raise Http404
    found = boards_of([unit], clock.today())[0]
    if found.gap:
        raise NotReady(
            _("%(unit)s 暂不能制作公示牌：%(reason)s。") % {"unit": unit.name, "reason": Gap(found.gap).label}
        )
    try:
        body = board_pdf.one(found, paper)
    except FontsMissing as error:
        raise NotReady(_("服务器上没有中文字体，暂不能生成 PDF。请联系系统管理员。")) from error
    answer = HttpResponse(body, content_type=PDF)
    answer["Content-Disposition"] = f'attachment; filename="board-{unit.code}-{paper}.pdf"'
    return answer


@require_POST
@requires("zone.manage")
def order(request: SignedIn, paper: str) -> HttpResponse:
    """Have many boards made: those of the chosen schools, or of a whole region."""
    region = _region(request)
    chosen = [key for key in request.POST.getlist("chosen") if len(key) == 36]
    try:
        made = services.order_boards(chosen, paper=paper, by=request.user, region=region)
    except Invalid as error:
        messages.warning(request, str(error.message))
        return redirect("inspectors:boards")
    return redirect("inspectors:printing", made.pk)


def _region(request: SignedIn) -> Region | None:
    """The region asked for; 404 beyond one's reach."""
    code = request.POST.get("region", "")
    if not code:
        return None
    found = next((one for one in Reach(request.user, "zone.manage").regions if one.code == code), None)
    if found is None:
        raise Http404
    return found


@require_GET
@requires("zone.manage")
def show(request: SignedIn, pk: Any) -> HttpResponse:
    """How far the boards are, the file, and which schools have none and why."""
    printing = get_object_or_404(Printing.objects.visible_to(request.user), pk=pk)
    if request.htmx.trigger == "progress" and not printing.is_running:
        return HttpResponseClientRefresh()  # the page that watched the work becomes the page of its outcome
    left_out = [(name, Gap(gap).label) for name, gap in printing.left_out]
    context = {
        "order": printing,
        "left_out": left_out,
        "file_url": reverse("inspectors:printing-file", args=[pk]),
        "again_url": reverse("inspectors:boards"),
    }
    return render(request, "inspectors/printing.html", context)


@require_GET
@requires("zone.manage")
def download(request: SignedIn, pk: Any) -> HttpResponse:
    printing = get_object_or_404(Printing.objects.visible_to(request.user), pk=pk)
    if printing.state != OrderState.MADE or not printing.file:
        raise NotReady(_("公示牌还没有生成，或文件已过期。请重新生成。"))
    name = f"boards-{printing.paper}-{timezone.localtime(printing.created_at):%Y%m%d}.pdf"
    answer = FileResponse(printing.file.open("rb"), as_attachment=True, filename=name, content_type=PDF)
    return cast(HttpResponse, answer)  # a response like any other to every caller
