"""Coming in, going out, and who has which rights."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash, views
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.people import accounts as keeping
from dudao.people import devices, phone_pins, phones
from dudao.people.demo import ACCOUNTS
from dudao.people.forms import FirstPasswordForm, PasswordForm, SignInForm
from dudao.people.guards import requires
from dudao.people.lists import ACCOUNTS_LIST
from dudao.people.models import Device, User
from dudao.people.requests import SignedIn
from dudao.people.roles import CAPABILITIES, ENTRUSTED, RIGHTS, Role
from dudao.ui.lists import respond

_FIRST = "first_sign_in"
_FIRST_SECONDS = 900


class SignIn(views.LoginView):
    """The sign-in page; in a demo also one-click sign-in. A wrong password keeps what was typed.

    A one-time password opens nothing but the page on which the person chooses one of their own.
    """

    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(accounts=ACCOUNTS if settings.DEMO else [], **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if user.is_password_temporary:
            self.request.session[_FIRST] = signing.dumps([user.pk, user.password, self.get_success_url()])
            return redirect("people:first-password")
        response = super().form_valid(form)
        phone_pins.note_sign_in(self.request)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return response


@login_not_required
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """After signing in with a one-time password: choose one's own, and come in."""
    try:
        pk, seen, after = signing.loads(request.session.get(_FIRST, ""), max_age=_FIRST_SECONDS)
    except signing.BadSignature:
        return redirect("people:sign-in")
    user = User.objects.filter(pk=pk, password=seen, is_active=True).first()
    if user is None:
        return redirect("people:sign-in")
    form = FirstPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        del request.session[_FIRST]
        with transaction.atomic():
            keeping.choose_password(user, form.cleaned_data["new_password1"])
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        phone_pins.note_sign_in(request)
        return redirect(after)
    return render(request, "people/first_password.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click into the sample city. Does not exist outside a demo."""
    username = request.POST.get("account", "")
    if not settings.DEMO or username not in [account.username for account in ACCOUNTS]:
        raise Http404
    user = get_object_or_404(User, username=username, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    phone_pins.note_sign_in(request)
    return redirect("field:app" if user.has_role(Role.INSPECTOR) else settings.LOGIN_REDIRECT_URL)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


class Password(views.PasswordChangeView):
    """Change one's own password; journalled, other sessions end."""

    template_name = "people/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("office:home")

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.user
        with transaction.atomic():
            keeping.choose_password(user, form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("密码已修改，其他设备上的登录已失效。"))
        return redirect(str(self.success_url))

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return response


@require_http_methods(["GET", "POST"])
def own_devices(request: SignedIn) -> HttpResponse:
    """My phones; one that was lost is turned away here."""
    rows = Device.objects.filter(user=request.user).order_by("-renewed_at")
    if request.method == "POST":
        devices.revoke_own(get_object_or_404(rows, pk=_uuid(request.POST.get("device", ""))), by=request.user)
        messages.success(request, _("已停用。这部手机不能再上报，联网后会清除已上报的内容。"))
        return redirect("people:devices")
    return render(request, "people/devices.html", {"devices": rows})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


@require_GET
@requires("account.view")
def accounts(request: SignedIn) -> HttpResponse:
    """Accounts within reach, with their grants. Taking them out as a file is journalled."""
    answer = respond(request, ACCOUNTS_LIST, template="people/accounts.html")
    if "export" in request.GET:
        phones.note_export(by=request.user)
    return answer


@require_POST
@requires(phones.CAPABILITY)
def phone(request: SignedIn, pk: int) -> HttpResponse:
    """Show the number of a person to whoever may see it, and journal that."""
    person = get_object_or_404(phones.people_with_phones(request.user), pk=pk)
    return phones.shown(request, phones.reveal_person(person, by=request.user), person.name)


@require_GET
@requires("account.view")
def rights(request: HttpRequest) -> HttpResponse:
    """What each role can do, made from the code itself."""
    rows = [
        (label, [(role, capability in RIGHTS[role], capability in ENTRUSTED.get(role, ())) for role in Role])
        for capability, label in CAPABILITIES.items()
    ]
    return render(request, "people/rights.html", {"roles": list(Role), "rows": rows})
