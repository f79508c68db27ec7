"""Accounts and grants: opening and correcting, one-time passwords, leavers, loans for an absence, the yearly review."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.imports.models import Import
from dudao.imports.states import State
from dudao.journal.queries import timeline
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Forbidden
from dudao.kernel.excel import workbook
from dudao.office.account_forms import GrantForm, LoanForm, NewAccountForm, PersonForm
from dudao.office.account_importing import ACCOUNTS, opened_by
from dudao.office.account_lists import GRANTS_DUE
from dudao.office.titles import ACCOUNT_STEPS
from dudao.people import accounts, grants
from dudao.people.accounts import Wanted
from dudao.people.authority import Authority, Scope, Span
from dudao.people.guards import requires
from dudao.people.models import Device, Grant, User
from dudao.people.phones import people_with_phones
from dudao.people.queries import accounts_visible_to
from dudao.people.requests import SignedIn
from dudao.people.roles import Role
from dudao.ui.forms import OfficeForm
from dudao.ui.lists import respond

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Held(NamedTuple):
    """A grant as the account's page shows it."""

    grant: Grant
    is_live: bool
    may_end: bool
    may_lend: bool
    loans: list[Grant]


def visible(request: SignedIn, pk: int) -> User:
    """An account within reach, else 404."""
    found: User = get_object_or_404(accounts_visible_to(request.user), pk=pk)
    return found


def visible_grant(request: SignedIn, pk: int) -> Grant:
    rows = Grant.objects.select_related("user", "region", "unit__region", "lent_from__user")
    found: Grant = get_object_or_404(rows, pk=pk, user__in=accounts_visible_to(request.user))
    return found


@require_GET
@requires("account.view")
def account(request: SignedIn, pk: int) -> HttpResponse:
    """One person: what they may do, on which phones, and what happened to the account."""
    found = visible(request, pk)
    authority, today = Authority(request.user), clock.today()
    rows = Grant.objects.filter(user=found).select_related(
        "user", "region", "unit__region", "lent_from__user"
    )
    loans = list(Grant.objects.filter(lent_from__user=found).select_related("user").order_by("starts_on"))
    held = []
    for grant in rows.order_by("-starts_on", "-pk"):
        is_live = grant.ends_on is None or grant.ends_on > today
        may_end = is_live and grants.may_end(grant, request.user, authority)
        may_lend = (
            is_live and not grant.assigned and grant.lent_from is None and (may_end or found == request.user)
        )
        held.append(
            Held(grant, is_live, may_end, may_lend, [one for one in loans if one.lent_from_id == grant.pk])
        )
    context = {
        "account": found,
        "held": held,
        "may_keep": authority.may_keep(found),
        "may_call": people_with_phones(request.user).filter(pk=found.pk).exists(),
        "may_give": found != request.user and found.is_active and bool(authority.roles),
        "devices": Device.objects.filter(user=found).order_by("-renewed_at"),
        "steps": timeline(found, ACCOUNT_STEPS)[:40],
    }
    return render(request, "office/account.html", context)


@require_http_methods(["GET", "POST"])
@requires("account.manage")
def new(request: SignedIn) -> HttpResponse:
    """Open an account with its first right, and show its one-time password once."""
    form = NewAccountForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        first = Wanted(Role(got["role"]), got["scope"], form.span) if "role" in got else None
        try:
            made = accounts.open_account(got["username"], first=first, by=request.user, **form.person())
        except DudaoError as error:
            _blame(form, error)
        else:
            return _once(request, made, accounts.hand_out([made], by=request.user)[0].password)
    return _form(request, form, _("新增账号"), _("保存"))


@require_http_methods(["GET", "POST"])
@requires("account.manage")
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Correct what is known of a person."""
    found = visible(request, pk)
    _may_keep(request, found)
    may_call = people_with_phones(request.user).filter(pk=found.pk).exists()
    form = PersonForm(request.POST or None, account=found, has_phone=may_call)
    if request.method == "POST" and form.is_valid():
        accounts.change_account(found, by=request.user, **form.person())
        messages.success(request, _("已保存。"))
        return redirect("office:account", pk)
    return _form(request, form, _("修改账号资料"), _("保存"), account=found)


@require_POST
@requires("account.manage")
def password(request: SignedIn, pk: int) -> HttpResponse:
    """A one-time password, shown in this answer and never again."""
    found = visible(request, pk)
    return _once(request, found, accounts.reset_password(found, by=request.user))


@require_POST
@requires("account.manage")
def switch(request: SignedIn, pk: int) -> HttpResponse:
    """Switch a leaver off, or somebody who comes back on."""
    found = visible(request, pk)
    if request.POST.get("to") == "on":
        return _once(request, found, accounts.switch_on(found, by=request.user))
    accounts.switch_off(found, by=request.user)
    messages.success(request, _("已停用：登录和手机立即失效，授权今天全部收回。"))
    return redirect("office:account", pk)


@require_POST
@requires("account.manage")
def device(request: SignedIn, pk: Any) -> HttpResponse:
    """Turn a phone away, or let it in again."""
    rows = Device.objects.select_related("user")
    found = get_object_or_404(rows, pk=pk, user__in=accounts_visible_to(request.user))
    accounts.revoke_device(found, is_allowed=request.POST.get("to") == "on", by=request.user)
    messages.success(request, _("已保存。"))
    return redirect("office:account", found.user_id)


@require_http_methods(["GET", "POST"])
@requires("grant.manage")
def grant_new(request: SignedIn, pk: int) -> HttpResponse:
    """Give one more right."""
    found = visible(request, pk)
    form = GrantForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        try:
            grants.give(found, Role(got["role"]), got["scope"], span=form.span, by=request.user)
        except DudaoError as error:
            _blame(form, error)
        else:
            messages.success(request, _("已授权。"))
            return redirect("office:account", pk)
    return _form(request, form, _("新增授权"), _("保存"), account=found)


@require_POST
@requires("account.view")
def grant_end(request: SignedIn, pk: int) -> HttpResponse:
    """End a right today, with what was lent from it."""
    grant = visible_grant(request, pk)
    grants.end(grant, by=request.user)
    messages.success(request, _("已收回。"))
    return redirect("office:account", grant.user_id)


@require_http_methods(["GET", "POST"])
@requires("account.view")
def grant_lend(request: SignedIn, pk: int) -> HttpResponse:
    """Lend a right to a colleague for an absence."""
    grant = visible_grant(request, pk)
    mine = grant.user_id == request.user.pk
    if not mine and not Authority(request.user).may_give(grant.role, Scope.of(grant), to=grant.user):
        raise Forbidden
    form = LoanForm(
        request.POST or None, colleagues=accounts_visible_to(request.user).exclude(pk=grant.user_id)
    )
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        try:
            grants.lend(grant, to=got["to"], span=Span(got["starts_on"], got["ends_on"]), by=request.user)
        except DudaoError as error:
            _blame(form, error)
        else:
            messages.success(request, _("已设定代理，到期自动收回。"))
            return redirect("office:account", grant.user_id)
    return _form(
        request,
        form,
        _("请人代理：%(role)s") % {"role": grant.get_role_display()},
        _("设定代理"),
        account=grant.user,
    )


@require_GET
@requires("grant.manage")
def grants_due(request: SignedIn) -> HttpResponse:
    """Rights nobody has looked at for a year."""
    return respond(request, GRANTS_DUE, template="office/grants_due.html")


@require_POST
@requires("grant.manage")
def grants_keep(request: SignedIn) -> HttpResponse:
    n = grants.keep(_chosen(request), by=request.user)
    messages.success(request, ngettext("已确认 %(n)s 项授权。", "已确认 %(n)s 项授权。", n) % {"n": n})
    return redirect("office:grants-due")


@require_POST
@requires("grant.manage")
def grants_end(request: SignedIn) -> HttpResponse:
    n = grants.end_many(_chosen(request), by=request.user)
    messages.success(request, ngettext("已收回 %(n)s 项授权。", "已收回 %(n)s 项授权。", n) % {"n": n})
    return redirect("office:grants-due")


def _chosen(request: SignedIn) -> list[Grant]:
    keys = [int(key) for key in request.POST.getlist("chosen") if key.isdecimal() and len(key) < 19]
    return list(grants.due_for_review(request.user).filter(pk__in=keys))


class Batch(NamedTuple):
    """An import of accounts, and how many of them have no password yet."""

    brought_in: Import
    waiting: int


@require_GET
@requires("account.manage")
def first_passwords(request: SignedIn) -> HttpResponse:
    """Accounts that have never had a password: by import, and all others within reach."""
    rows = Import.objects.visible_to(request.user).filter(kind=ACCOUNTS.name, state=State.APPLIED)
    waiting = {one.username for one in _waiting(request, None)}
    batches = [Batch(one, len(waiting.intersection(opened_by(one)))) for one in rows[:20]]
    return render(request, "office/first_passwords.html", {"batches": batches, "others": len(waiting)})


@require_POST
@requires("account.manage")
def first_passwords_file(request: SignedIn) -> HttpResponse:
    """The passwords in Excel, once: asked again, nobody is left without one."""
    key, usernames = request.POST.get("import", ""), None
    if key:
        rows = Import.objects.visible_to(request.user).filter(kind=ACCOUNTS.name, state=State.APPLIED)
        one = next((row for row in rows if str(row.pk) == key), None)
        if one is None:
            raise Http404
        usernames = opened_by(one)
    handed = accounts.hand_out(_waiting(request, usernames), by=request.user)
    if not handed:
        messages.info(request, _("没有待领取的初始密码。忘记密码的，请在账号页面重置。"))
        return redirect("office:first-passwords")
    head = [(_("姓名"), 14), (_("账号"), 20), (_("一次性密码"), 20), (_("职务"), 30)]
    cells = [(one.user.name, one.user.username, one.password, one.user.title) for one in handed]
    answer = HttpResponse(workbook(_("初始密码"), head, cells), content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="passwords-{clock.today()}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


def _waiting(request: SignedIn, usernames: list[str] | None) -> list[User]:
    """Accounts this person keeps that never had a password; of one import, if its `usernames` are given."""
    rows = accounts_visible_to(request.user).filter(
        is_active=True, last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    if usernames is not None:
        rows = rows.filter(username__in=usernames)
    authority = Authority(request.user)
    return [one for one in rows if authority.may_keep(one)]


def _may_keep(request: SignedIn, found: User) -> None:
    if not Authority(request.user).may_keep(found):
        raise Forbidden(_("该账号的权限超出您的管辖范围，请由其上级机构或管理员处理。"))


def _once(request: SignedIn, account: User, password: str) -> HttpResponse:
    """The answer that shows a one-time password."""
    answer = render(request, "office/one_time_password.html", {"account": account, "password": password})
    answer["Cache-Control"] = "no-store"
    return answer


def _blame(form: Any, error: DudaoError) -> None:
    field = error.details.get("field")
    form.add_error(field if field in form.fields else None, str(error.message))


def _form(
    request: SignedIn, form: OfficeForm, heading: str, button: str, *, account: User | None = None
) -> HttpResponse:
    context = {
        "form": form, "heading": heading, "button": button,
        "back": reverse("office:account", args=[account.pk]) if account else reverse("people:accounts"),
        "back_label": account.name if account else _("账号与授权"),
        "units": form.units if isinstance(form, GrantForm) else [],
        "people": form.people if isinstance(form, LoanForm) else [],
    }  # fmt: skip
    return render(request, "office/account_form.html", context, status=form.status)
