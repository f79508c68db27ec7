"""What is told about a plan."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.kernel import clock
from dudao.notify import services as notify
from dudao.people.models import Grant, User
from dudao.people.roles import RIGHTS
from dudao.plans.models import Answer, Invitation, TermPlan
from dudao.plans.periods import term_name
from dudao.rules.terms import SchoolTerm, Term

KINDS = {
    "plan.invited": (_("邀请您同行督导"), _("%(name)s 邀请您同往 %(unit)s（%(when)s）。请答复。")),
    "plan.accepted": (_("同行邀请已同意"), _("%(name)s 同意同往 %(unit)s（%(when)s）。")),
    "plan.declined": (_("同行邀请未能参加"), _("%(name)s 不能同往 %(unit)s（%(when)s）。")),
    "plan.term_open": (
        _("学期计划可以编写了"),
        _("%(term)s：各校每月的督导已列好，请定日期、写明重点后提交。"),
    ),
    "plan.term_remind": (_("请提交学期计划"), _("%(term)s 的计划还没有提交，请定好日期后提交。")),
    "plan.term_submit": (_("学期计划待确认"), _("%(name)s 提交了 %(term)s 的计划。")),
    "plan.term_confirm": (_("学期计划已确认"), _("%(term)s 的计划已由督导办确认。")),
    "plan.term_return": (_("学期计划被退回"), _("%(term)s：%(reason)s")),
}


def register() -> None:
    for kind, (title, body) in KINDS.items():
        notify.register(kind, title, body, _worded)


def _worded(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The term in the reader's language. Messages of earlier versions hold its Chinese name."""
    if "school_year" not in params:
        return params
    return {**params, "term": term_name(SchoolTerm(params["school_year"], Term(params["term"])))}


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


def tell_opened(plan: TermPlan) -> None:
    _send_term("plan.term_open", plan, nth="", to=[plan.inspector])


def tell_reminded(plan: TermPlan) -> int:
    """Once after the plan was opened, once more after each return."""
    nth = plan.decided_at or plan.opened_at
    return _send_term("plan.term_remind", plan, nth=str(nth), to=[plan.inspector])


def tell_moved(name: str, plan: TermPlan) -> None:
    """What is handed in is told to the office, what the office decides to the inspector."""
    to = _office_people(plan) if name == "submit" else [plan.inspector]
    _send_term(f"plan.term_{name}", plan, nth=str(clock.now()), to=to)


def _office_people(plan: TermPlan) -> list[User]:
    roles = [role for role, rights in RIGHTS.items() if "plan.manage" in rights]
    grants = Grant.objects.in_force(clock.today()).filter(role__in=roles, region=plan.region)
    return list(User.objects.filter(pk__in=grants.values("user_id"), is_active=True))


def _send_term(kind: str, plan: TermPlan, *, nth: str, to: list[User]) -> int:
    return notify.send_once(
        kind,
        key=f"{kind}:{plan.pk}:{nth}",
        to=to,
        url=reverse("plans:term", args=[plan.pk]),
        params={
            "name": plan.inspector.name,
            "school_year": plan.year,
            "term": plan.term,
            "reason": plan.reason,
        },
    )
