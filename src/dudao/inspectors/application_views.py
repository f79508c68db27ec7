"""Pages of applications: the list, a new one, one with its next step."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.inspectors import appointing
from dudao.inspectors.application_forms import (
    ApplicationForm,
    AppointForm,
    DecideForm,
    NoteForm,
    ObjectionForm,
    PublishForm,
    ReviewForm,
)
from dudao.inspectors.application_lists import APPLICATIONS
from dudao.inspectors.models import Application, Inspector
from dudao.inspectors.states import MOVES, State
from dudao.journal.queries import timeline
from dudao.kernel.errors import DudaoError
from dudao.people.guards import requires
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.ui.lists import respond

STEPS = {
    "application.submit": gettext_lazy("登记申请"),
    "application.pass": gettext_lazy("审核通过"),
    "application.refuse": gettext_lazy("审核不通过"),
    "application.publish": gettext_lazy("开始公示"),
    "application.objection": gettext_lazy("收到异议"),
    "application.decide": gettext_lazy("异议处理完毕"),
    "application.appoint": gettext_lazy("聘任"),
    "application.stop": gettext_lazy("终止聘任"),
    "application.withdraw": gettext_lazy("撤回申请"),
}


@require_GET
@requires("inspector.view")
def index(request: SignedIn) -> HttpResponse:
    """Applications, at first those somebody must act on."""
    return respond(request, APPLICATIONS, template="inspectors/applications.html")


@require_http_methods(["GET", "POST"])
@requires("inspector.manage")
def new(request: SignedIn) -> HttpResponse:
    """Put somebody forward; with `?of=` an inspector in office, for a further term."""
    of = _renewed(request)
    form = ApplicationForm(request.POST or None, user=request.user, of=of)
    if request.method == "POST" and form.is_valid():
        region = of.region if of else form.chosen_region
        try:
            one = appointing.submit(region, by=request.user, inspector=of, **form.facts())
        except DudaoError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("已登记，等待另一位工作人员审核。"))
            return redirect("inspectors:application", one.pk)
    context = {"form": form, "heading": _("推荐聘任督学"), "button": _("提交申请"), "one": of}
    return render(request, "inspectors/form.html", context, status=422 if form.errors else 200)


def _renewed(request: SignedIn) -> Inspector | None:
    """The inspector in office whose appointment is to be renewed; 404 beyond one's reach."""
    pk = request.GET.get("of", "")
    if not pk:
        return None
    if len(pk) != 36:
        raise Http404
    rows = Inspector.objects.visible_to(request.user, "inspector.manage").filter(left_on__isnull=True)
    found: Inspector = get_object_or_404(rows.select_related("user", "region"), pk=pk)
    return found


@require_GET
@requires("inspector.view")
def show(request: SignedIn, pk: Any) -> HttpResponse:
    """One application: the person, the conditions, objections, and the next step."""
    return _page(request, _get(request, pk, "inspector.view"))


@require_http_methods(["GET", "POST"])
@requires("inspector.manage")
def move(request: SignedIn, pk: Any, name: str) -> HttpResponse:
    """Make one move; what was typed stays when it is refused."""
    if name not in MOVES:
        raise Http404
    one = _get(request, pk)
    if request.method == "GET":  # the address of a failed attempt, opened again
        return redirect("inspectors:application", pk)
    form = _form(name, one, request.POST)
    status = 422
    if form.is_valid():
        try:
            _do(name, one, form, request.user)
        except DudaoError as error:
            field = error.details.get("field")
            form.add_error(field if field in form.fields else None, str(error.message))
            status = error.status
        else:
            messages.success(request, _("已完成：%(step)s") % {"step": MOVES[name].label})
            return redirect("inspectors:application", pk)
    return _page(request, _get(request, pk), tried=name, form=form, status=status)


@require_POST
@requires("inspector.manage")
def object_to(request: SignedIn, pk: Any) -> HttpResponse:
    """Record an objection."""
    one = _get(request, pk)
    form = ObjectionForm(request.POST)
    if form.is_valid():
        try:
            appointing.object_to(one, by=request.user, **form.cleaned_data)
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("异议已登记。核实后请填写处理结果。"))
            return redirect("inspectors:application", pk)
    return _page(request, one, tried="objection", form=form, status=422)


@require_POST
@requires("inspector.manage")
def decide(request: SignedIn, pk: Any, objection: int) -> HttpResponse:
    """Say what became of an objection."""
    one = _get(request, pk)
    row = get_object_or_404(one.objections.select_related("application__region"), pk=objection)
    form = DecideForm(request.POST)
    if form.is_valid():
        is_upheld = form.cleaned_data["verdict"] == "yes"
        appointing.decide(row, is_upheld=is_upheld, outcome=form.cleaned_data["outcome"], by=request.user)
        messages.success(request, _("异议处理结果已登记。"))
        return redirect("inspectors:application", pk)
    return _page(request, one, tried=f"decide-{row.pk}", form=form, status=422)


def _get(request: SignedIn, pk: Any, capability: str = "inspector.manage") -> Application:
    rows = Application.objects.visible_to(request.user, capability)
    found: Application = get_object_or_404(
        rows.select_related("region", "inspector__user", "recorded_by", "reviewed_by", "term"), pk=pk
    )
    return found


def _form(name: str, one: Application, data: Any = None) -> Any:
    options: dict[str, Any] = {"initial": {"seen": one.state}, "auto_id": f"{name}_%s"}
    if name == "appoint":
        return AppointForm(data, one=one, **options)
    if name == "publish":
        options["initial"]["contact"] = appointing.usual_contact(one.region)
    return {"pass": ReviewForm, "publish": PublishForm}.get(name, NoteForm)(data, **options)


def _do(name: str, one: Application, form: Any, by: User) -> None:
    data = form.cleaned_data
    if name == "pass":
        appointing.review(one, passed=True, checks=form.checks(), seen=data["seen"], by=by)
    elif name == "refuse":
        appointing.review(one, passed=False, checks=(), note=data["note"], seen=data["seen"], by=by)
    elif name in ("publish", "appoint"):
        getattr(appointing, name)(one, by=by, **data)
    else:
        appointing.end(one, name, note=data["note"], seen=data["seen"], by=by)


def _page(
    request: SignedIn, one: Application, *, tried: str = "", form: Any = None, status: int = 200
) -> HttpResponse:
    is_managed = Reach(request.user, "inspector.manage").covers(one.region)
    is_own = one.state == State.SUBMITTED and one.recorded_by_id == request.user.pk
    against = appointing.obstacles(one) if one.state == State.PUBLIC else []
    closed = {"pass", "refuse"} if is_own else {"appoint"} if against else set()
    names = [name for name, step in MOVES.items() if is_managed and one.state in step.sources]
    moves = [
        (name, MOVES[name].label, form if tried == name else _form(name, one))
        for name in names
        if name not in closed
    ]
    objections = [
        (row, form if tried == f"decide-{row.pk}" else DecideForm(auto_id=f"decide-{row.pk}_%s"))
        for row in one.objections.select_related("decided_by")
    ]
    context = {
        "one": one, "moves": moves, "is_managed": is_managed, "is_own": is_own and is_managed, "against": against,
        "late": form if form is not None and tried in MOVES and tried not in [row[0] for row in moves] else None,
        "tried": tried, "checks": one.checks.all(), "objections": objections,
        "objection_form": form if tried == "objection" else ObjectionForm(auto_id="objection_%s"),
        "shortfalls": appointing.shortfalls(one) if one.state == State.SUBMITTED else [],
        "steps": timeline(one, STEPS),
    }  # fmt: skip
    return render(request, "inspectors/application.html", context, status=status)
