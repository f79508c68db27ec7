"""How far each inspector's phone is in step, for the office: when it was last heard of, and what waits on either side."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from dudao.intake import access
from dudao.intake.access import CAPABILITY
from dudao.intake.models import Entry
from dudao.intake.states import EntryState
from dudao.kernel import clock
from dudao.people.guards import requires
from dudao.people.models import Device
from dudao.people.requests import SignedIn
from dudao.ui.lists import Column, Empty, Listing, Search, Switch, declare, respond
from dudao.ui.lists.filters import Rows

QUIET_DAYS = 7


def _people(user: Any) -> Rows:
    own = Device.objects.filter(user=OuterRef("pk"))
    sent = Entry.objects.order_by().filter(user_id=OuterRef("pk")).values("user_id")
    trouble = sent.filter(state=EntryState.QUARANTINED).annotate(n=Count("pk")).values("n")
    return (
        access.senders(user).filter(Exists(own), is_active=True)
        .annotate(
            heard_at=Max("devices__renewed_at"),
            phones=Count("devices", filter=Q(devices__revoked_at=None), distinct=True),
            last_sent=Subquery(sent.annotate(at=Max("received_at")).values("at")),
            waiting=Coalesce(Subquery(own.order_by("-renewed_at").values("waiting")[:1]), 0, output_field=IntegerField()),
            app=Subquery(own.order_by("-renewed_at").values("app")[:1]),
            troubled=Coalesce(Subquery(trouble), 0, output_field=IntegerField()),
        )
    )  # fmt: skip


def _quiet(rows: Rows) -> Rows:
    return rows.filter(heard_at__lt=clock.now() - timedelta(days=QUIET_DAYS))


def _with_names(rows: Sequence[Any]) -> None:
    names: dict[int, list[str]] = {}
    for device in Device.objects.filter(user__in=[one.pk for one in rows], revoked_at=None).order_by(
        "-renewed_at"
    ):
        names.setdefault(device.user_id, []).append(device.name or "—")
    for one in rows:
        one.phone_names = _("、").join(names.get(one.pk, []))


PHONES = declare(
    Listing(
        name="phones",
        title=_("手机同步情况"),
        url_name="intake:phones",
        rows=_people,
        prepare=_with_names,
        sort="-waiting",
        columns=(
            Column("name", _("姓名"), "name", sort="name"),
            Column("heard", _("手机上次联网"), "heard_at", sort="heard_at", css="text-nowrap"),
            Column("sent", _("上次上报"), "last_sent", sort="last_sent", css="text-nowrap"),
            Column("waiting", _("手机上待上报"), "waiting", sort="waiting", css="text-end"),
            Column("troubled", _("待查"), "troubled", sort="troubled", css="text-end"),
            Column("devices", _("手机"), "phone_names", width=40, css="wording"),
            Column("app", _("应用版本"), "app", sort="app", css="text-nowrap"),
        ),
        filters=(
            Search("q", _("姓名"), ("name",)),
            Switch("waiting", _("只看有待上报"), lambda rows: rows.filter(waiting__gt=0)),
            Switch("troubled", _("只看有待查"), lambda rows: rows.filter(troubled__gt=0)),
            Switch("quiet", _("只看七天以上没有联网"), _quiet),
        ),
        counted=lambda n: ngettext("共 %(n)s 人", "共 %(n)s 人", n) % {"n": n},
        empty=Empty("device-mobile", _("还没有人在手机上登录"), _("督学在手机上登录后，这里显示每部手机的同步情况。")),
    )
)  # fmt: skip


@require_GET
@requires(CAPABILITY)
def phones(request: SignedIn) -> HttpResponse:
    """Inspectors and their phones."""
    return respond(request, PHONES, template="intake/phones.html")
