"""Which moves a page offers a person: the main one first, the rest folded."""

from typing import NamedTuple

from dudao.findings import checks, handling
from dudao.findings.checks.answered import is_answered
from dudao.findings.forms import FORMS, SeenForm, waiting_petition
from dudao.findings.models import Finding, Part, PhotoKind
from dudao.findings.moving import Seen
from dudao.findings.services import report_round
from dudao.findings.states import MOVES, RUNNING, Disposition, Move, PetitionKind, State
from dudao.people.models import User

SELDOM = frozenset(
    {
        "hand", "extend", "propose", "object", "disown", "allow", "pause", "resume", "assign", "merge", "withdraw",
        "reassign",
    }
)  # fmt: skip
"""Folded away under "more": what is not the next step."""


class Offer(NamedTuple):
    """One move with its form. What stands against it is said instead of the form."""

    name: str
    step: Move
    form: SeenForm
    obstacles: list[str]

    @property
    def is_seldom(self) -> bool:
        return self.name in SELDOM and self.step.sources != (State.OBJECTED, State.RECORDED)


def offers(finding: Finding, user: User) -> list[Offer]:
    """The moves this person can make now, in the order in which they are likely."""
    initial = _initial(finding)
    holds: dict[str, bool] = {}  # one query a right, not one a move
    found = []
    for name in _in_order(finding):
        step = MOVES[name]
        if name not in FORMS or finding.state not in step.sources or not _fits(name, finding, user):
            continue
        if step.capability not in holds:
            rows = Finding.objects.visible_to(user, step.capability)
            holds[step.capability] = rows.filter(pk=finding.pk).exists()
        if holds[step.capability]:
            form = FORMS[name](initial={**initial}, auto_id=f"{name}_%s", finding=finding, user=user)
            found.append(Offer(name, step, form, checks.obstacles(name, finding, user)))
    return found


def _fits(name: str, finding: Finding, user: User) -> bool:
    """Whether the move makes sense beside what waits already."""
    match name:
        case "decide_extension":
            return finding.asks_extension
        case "hand":
            return len(handling.people_of(finding.unit)) > 1
        case "extend":
            return not finding.asks_extension
        case "decide_plan":
            return waiting_petition(finding, [PetitionKind.PLAN]) is not None
        case "propose":
            return waiting_petition(finding, [PetitionKind.PLAN]) is None
        case "pause":
            return finding.paused_on is None
        case "resume":
            return finding.paused_on is not None
        case "allow":
            return bool(checks.obstacles("object", finding, user))
        case "sign_off":
            return finding.verified_by_id != user.pk
        case "refuse":
            return not is_answered(finding)
        case "send_back":
            return is_answered(finding)
        case "write":
            return not user.can("finding.report") or finding.parts.exists()
    return True


def _in_order(finding: Finding) -> list[str]:
    """As in the table, but what waits for a decision goes first, and so does what is a department's matter."""
    first: tuple[str, ...] = ("decide_extension", "decide_plan")
    if finding.disposition == Disposition.COMPLEX and finding.state != State.OBJECTED:
        first = ("refer", "answer")
    if finding.state == State.OBJECTED:
        first = ("reject", "amend", "uphold")
        if waiting_petition(finding, [PetitionKind.OWNER]):
            first = ("reassign", "refer", "reject", "uphold")
    if finding.state == State.RECTIFYING and finding.measures:
        first = (*first, "report")
    ranks = {name: rank for rank, name in enumerate(first)}
    return sorted(MOVES, key=lambda name: ranks.get(name, len(ranks)))


def _initial(finding: Finding) -> dict[str, object]:
    return {
        "seen_state": finding.state, "seen_round": finding.round, "department": finding.department,
        "measures": finding.measures, "person_in_charge": finding.person_in_charge, "wording": finding.wording,
        "severity": finding.severity, "requirement": finding.requirement, "to": finding.in_charge_id,
    }  # fmt: skip


def parts_of(finding: Finding) -> list[Part]:
    """What people of the unit have written for the report to come."""
    if finding.state not in RUNNING:
        return []
    rows = finding.parts.filter(round=report_round(Seen(finding.state, finding.round)))
    return list(rows.select_related("author").prefetch_related("proofs"))


def put_together(parts: list[Part]) -> tuple[str, dict[str, list[str]]]:
    """The parts as one report: the text with who wrote what, and the hashes of what goes with it, by field."""
    several = len(parts) > 1
    text = "\n\n".join(f"{one.text}（{one.author.name}）" if several else one.text for one in parts)
    fields = {PhotoKind.BEFORE: "before", PhotoKind.AFTER: "after", PhotoKind.FILE: "papers"}
    kept: dict[str, list[str]] = {name: [] for name in fields.values()}
    for part in parts:
        for proof in part.proofs.all():
            name = fields[PhotoKind(proof.kind)]
            if proof.sha256 not in kept[name]:
                kept[name].append(proof.sha256)
    return text, kept
