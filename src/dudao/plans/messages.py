"""What is told about a plan."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.notify import services as notify
from dudao.people.models import User
from dudao.plans.models import Answer, Invitation

KINDS = {
    "plan.invited": (_("邀请您同行督导"), _("%(name)s 邀请您同往 %(unit)s（%(when)s）。请答复。")),
    "plan.accepted": (_("同行邀请已同意"), _("%(name)s 同意同往 %(unit)s（%(when)s）。")),
    "plan.declined": (_("同行邀请未能参加"), _("%(name)s 不能同往 %(unit)s（%(when)s）。")),
}


def register() -> None:
    for kind, (title, body) in KINDS.items():
        notify.register(kind, title, body)


def tell_invited(invitation: Invitation) -> None:
    _send("plan.invited", invitation, to=invitation.user, name=invitation.item.inspector.name)


def tell_answered(invitation: Invitation) -> None:
    kind = "plan.accepted" if invitation.answer == Answer.ACCEPTED else "plan.declined"
    _send(kind, invitation, to=invitation.item.inspector, name=invitation.user.name)


def _send(kind: str, invitation: Invitation, *, to: User, name: str) -> None:
    item = invitation.item
    notify.send_once(
        kind,
        key=f"{kind}:{invitation.pk}",
        to=[to],
        url=reverse("plans:item", args=[item.pk]),
        params={"name": name, "unit": item.unit.name, "when": str(item.planned_on or f"{item.month:%Y-%m}")},
    )
