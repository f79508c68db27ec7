"""The answer to an invitation, given on the phone."""

from dudao.intake.kinds import Quarantine
from dudao.intake.models import Entry
from dudao.kernel.errors import StaleState
from dudao.people.models import User
from dudao.plans import services
from dudao.plans.models import Answer, Invitation
from dudao.plans.payloads import InvitationAnswerIn


def project_answer(entry: Entry, payload: InvitationAnswerIn) -> None:
    """What comes too late is kept and shown to her who sent it; a plan that is withdrawn is not named, it may be a secret."""
    by = User.objects.get(pk=entry.user_id)
    rows = Invitation.objects.select_related("item__unit__region", "item__inspector", "user")
    invitation = rows.filter(item=payload.plan, user=by).first()
    if invitation is None:
        raise Quarantine("invitation-gone", "这项督导已从计划中去掉，不需要再答复。")
    given = Answer.ACCEPTED if payload.comes else Answer.DECLINED
    try:
        services.answer(invitation, given, by=by, seen=Answer.WAITING)
    except StaleState as error:
        raise Quarantine(f"invitation-{error.details['reason']}", str(error.message)) from error
