"""The inbox, how one is told outside the application, robots of chat groups, and what left."""

from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.kernel.errors import DudaoError
from dudao.notify import delivering, preferences, robots, services
from dudao.notify.channels import is_open
from dudao.notify.forms import PreferenceForm, RobotForm
from dudao.notify.lists import DELIVERIES, MESSAGES
from dudao.notify.models import Channel, Delivery, Message, Robot
from dudao.people.guards import requires
from dudao.people.reach import Reach
from dudao.people.requests import SignedIn
from dudao.ui.lists import respond


@require_GET
def inbox(request: SignedIn) -> HttpResponse:
    """A person's messages, newest first."""
    return respond(request, MESSAGES, template="notify/list.html")


@require_POST
def open_message(request: SignedIn, pk: int) -> HttpResponse:
    """Mark read and go where it leads."""
    message = get_object_or_404(Message, recipient=request.user, pk=pk)
    services.mark_read(request.user, only=[pk])
    return redirect(message.url or "notify:list")


@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    services.mark_read(request.user)
    return redirect("notify:list")


@require_POST
def read_chosen(request: SignedIn) -> HttpResponse:
    services.mark_read(request.user, only=_chosen(request))
    return redirect("notify:list")


@require_http_methods(["GET", "POST"])
def settings_page(request: SignedIn) -> HttpResponse:
    """Which channels reach this person outside the application."""
    one = preferences.of(request.user)
    form = PreferenceForm(request.POST or None, user=request.user, one=one)
    if request.method == "POST" and form.is_valid():
        try:
            one = preferences.keep(request.user, **form.wanted())
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            waits = one.mail and not one.mail_confirmed_at
            told = _("已保存。请到 %(mail)s 打开确认邮件中的链接。") if waits else _("已保存。")
            messages.success(request, told % {"mail": one.mail})
            return redirect("notify:settings")
    context = {
        "form": form,
        "one": one,
        "is_anything_open": is_open(Channel.MAIL) or is_open(Channel.SMS),
    }
    return render(request, "notify/settings.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
def confirm_mail(request: SignedIn, token: str) -> HttpResponse:
    """The link of a confirming mail: one button, because mail scanners open links by themselves."""
    if request.method == "GET":
        return render(request, "notify/confirm.html")
    preferences.confirm(request.user, token)
    messages.success(request, _("邮箱已确认。"))
    return redirect("notify:settings")


@require_http_methods(["GET", "POST"])
@requires("region.manage")
def robots_page(request: SignedIn) -> HttpResponse:
    """The group robots of an office, and a form for one more."""
    form = RobotForm(request.POST or None, regions=Reach(request.user, "region.manage").regions)
    if request.method == "POST" and form.is_valid():
        try:
            robot = robots.add(form.regions[form.cleaned_data["region"]], by=request.user, **form.facts())
        except DudaoError as error:
            form.add_error(error.details.get("field"), str(error.message))
        else:
            messages.success(request, _("已接入：%(name)s") % {"name": robot.name})
            return redirect("notify:robots")
    found = Robot.objects.visible_to(request.user).select_related("region")
    last = _last_said(list(found))
    return render(request, "notify/robots.html", {"form": form, "robots": last}, status=form.status)


def _last_said(found: list[Robot]) -> list[tuple[Robot, Delivery | None]]:
    newest = Delivery.objects.filter(robot__in=found).values("robot").annotate(last=Max("pk"))
    rows = Delivery.objects.in_bulk([row["last"] for row in newest])
    last = {one.robot_id: one for one in rows.values()}
    return [(one, last.get(one.pk)) for one in found]


@require_POST
@requires("region.manage")
def robot(request: SignedIn, pk: int, what: str) -> HttpResponse:
    """Try, switch or take out a robot."""
    one = get_object_or_404(Robot.objects.visible_to(request.user).select_related("region"), pk=pk)
    if what == "try":
        robots.try_out(one, by=request.user)
        messages.success(request, _("测试消息已交付发送，几秒后请看群里和下面的状态。"))
    elif what == "remove":
        robots.remove(one, by=request.user)
        messages.success(request, _("已移除：%(name)s") % {"name": one.name})
    else:
        robots.switch(one, on=what == "on", by=request.user)
        messages.success(request, _("已保存。"))
    return redirect("notify:robots")


@require_GET
@requires("queue.manage")
def deliveries(request: SignedIn) -> HttpResponse:
    """What left the application, and what did not."""
    return respond(request, DELIVERIES, template="notify/deliveries.html")


@require_POST
@requires("queue.manage")
def again(request: SignedIn) -> HttpResponse:
    """One more try for each chosen delivery that was given up."""
    count = sum(delivering.send_again(one) for one in Delivery.objects.filter(pk__in=_chosen(request)))
    if count:
        told = ngettext("%(n)s 封已重新排队。", "%(n)s 封已重新排队。", count) % {"n": count}
        messages.success(request, told)
    else:
        messages.info(request, _("没有可再发的。只有未发出或不知是否送达的可以再发。"))
    return redirect("notify:deliveries")


def _chosen(request: SignedIn) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19]
