"""What the room tells people: the next step of a draft to those who take it, and letters to the units they are for."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.documents.models import Bundle, Document, Draft
from dudao.kernel import clock
from dudao.notify import services as notify
from dudao.people.models import Grant, User
from dudao.people.roles import RIGHTS
from dudao.places.models import Region
from dudao.rules.queries import paths_above

KINDS = {
    "draft.submit": (_("文书待审核"), _("%(title)s（%(by)s送审）")),
    "draft.pass": (_("文书待签发"), _("%(title)s（%(by)s审核通过）")),
    "draft.return": (_("拟稿被退回"), _("%(title)s。原因：%(note)s")),
    "draft.refuse": (_("拟稿被退回"), _("%(title)s。原因：%(note)s")),
    "draft.issue": (_("文书已签发"), _("%(title)s，文号 %(number)s。")),
    "document.sent": (_("文书待签收"), _("%(number)s %(title)s。请在 %(receive_by)s 前签收。")),
    "document.overdue": (
        _("文书逾期未签收"),
        _("%(unit)s：%(number)s %(title)s，应在 %(receive_by)s 前签收。"),
    ),
    "document.void": (_("文书已作废"), _("%(number)s %(title)s。原因：%(reason)s")),
    "bundle.made": (_("文书已合并，可以下载"), _("共 %(pages)s 份；未列入 %(left_out)s 份。")),
}
NEXT = {"submit": "document.review", "pass": "document.sign"}


def register() -> None:
    for kind, (title, body) in KINDS.items():
        notify.register(kind, title, body)


def tell_moved(name: str, one: Draft, *, by: User, note: str) -> None:
    """The next to act, or the writers; nobody is told of their own step."""
    kind = f"draft.{name}"
    if kind not in KINDS:
        return
    writers = User.objects.filter(pk__in=one.writers, is_active=True)
    to: Iterable[User] = writers
    if name in NEXT:
        to = [user for user in near(NEXT[name], one.issuer) if user.pk not in one.writers]
    notify.send_once(
        kind,
        key=f"{kind}:{one.pk}:{one.version}:{one.changed_at.isoformat()}",
        to=[user for user in to if user.pk != by.pk],
        url=reverse("documents:draft", args=[one.pk]),
        params={
            "title": one.title,
            "by": by.name,
            "note": note,
            "number": one.document.number if one.document else "",
        },
    )


def near(capability: str, region: Region) -> list[User]:
    """Those with `capability` in the office of `region`, and in those above it: a small office needs a second person."""
    roles = [role for role, rights in RIGHTS.items() if capability in rights]
    grants = Grant.objects.in_force(clock.today()).filter(
        role__in=roles, region__path__in=paths_above(region)
    )
    return list(User.objects.filter(pk__in=grants.values("user_id"), is_active=True).order_by("pk"))


def tell_sent(document: Document) -> int:
    return _tell("document.sent", document, _unit_people(document))


def tell_overdue(document: Document) -> int:
    office = [document.issued_by] if document.issued_by else []
    return _tell("document.overdue", document, [*_unit_people(document), *office])


def tell_void(document: Document) -> int:
    return _tell("document.void", document, _unit_people(document) if document.for_unit else [])


def _tell(kind: str, document: Document, to: list[User]) -> int:
    return notify.send_once(
        kind,
        key=f"{kind}:{document.pk}",
        to=to,
        url=reverse("documents:show", args=[document.pk]),
        params={
            "title": document.title,
            "number": document.number,
            "unit": document.unit.name if document.unit else "",
            "receive_by": str(document.receive_by or ""),
            "reason": document.void_reason,
        },
    )


def _unit_people(document: Document) -> list[User]:
    roles = [role for role, rights in RIGHTS.items() if "document.receive" in rights]
    grants = Grant.objects.in_force(clock.today()).filter(Q(role__in=roles), unit=document.unit_id)
    return list(User.objects.filter(pk__in=grants.values("user_id"), is_active=True))


def tell_made(bundle: Bundle) -> None:
    notify.send_once(
        "bundle.made",
        key=f"bundle.made:{bundle.pk}",
        to=[bundle.user],
        url=reverse("documents:bundle", args=[bundle.pk]),
        params={"pages": bundle.pages, "left_out": len(bundle.left_out)},
    )
