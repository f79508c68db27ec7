"""What each form of a problem's page does: from the cleaned form to the service."""

from collections.abc import Callable
from typing import Any, NamedTuple

from dudao.findings import asking, handling, issuing, services, stepping
from dudao.findings.asking import Kept
from dudao.findings.models import Finding
from dudao.findings.moving import Seen
from dudao.people.models import User


class Act(NamedTuple):
    """A form that was sent: on which problem, by whom, what was typed, and which stored files go with it."""

    finding: Finding
    user: User
    data: dict[str, Any]
    stored: dict[str, list[str]]

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.user, "seen": Seen(self.data["seen_state"], self.data["seen_round"])}

    @property
    def kept(self) -> Kept:
        return Kept(self.stored.get("photos", []), self.stored.get("papers", []))


def _report(act: Act) -> None:
    services.report(
        act.finding, **act.who, text=act.data["text"], before=act.stored["before"], after=act.stored["after"],
        files=act.stored["papers"],
    )  # fmt: skip


def _write(act: Act) -> None:
    kept = Kept(act.stored["after"], act.stored["papers"])
    stepping.write(act.finding, **act.who, text=act.data["text"], before=act.stored["before"], kept=kept)


def _verify(passed: bool, *, partly: bool = False) -> Callable[[Act], None]:
    def do(act: Act) -> None:
        services.verify(
            act.finding, **act.who, passed=passed, partly=partly, method=act.data["method"], facts=act.data["facts"],
            photos=act.stored["photos"],
        )  # fmt: skip

    return do


def _refer(act: Act) -> None:
    handling.refer(
        act.finding, **act.who, department=act.data["department"], note=act.data["note"], unit=act.data["unit"],
        answer_by=act.data["answer_by"],
    )  # fmt: skip


def _extend(act: Act) -> None:
    asking.ask_extension(
        act.finding, **act.who, text=act.data["text"], wished_on=act.data["wished_on"], kept=act.kept
    )


def _amend(act: Act) -> None:
    changes = {key: act.data[key] for key in ("wording", "severity", "requirement")}
    asking.amend(act.finding, **act.who, reason=act.data["note"], **changes)


ACTS: dict[str, Callable[[Act], Any]] = {
    "issue": lambda act: issuing.release(act.finding, **act.who, note=act.data["note"]),
    "refer": _refer,
    "answer": lambda act: handling.answer(act.finding, **act.who, note=act.data["note"]),
    "receive": lambda act: services.receive(act.finding, **act.who),
    "start": lambda act: services.start(
        act.finding, **act.who, measures=act.data["measures"], person_in_charge=act.data["person_in_charge"]
    ),
    "report": _report,
    "write": _write,
    "hand": lambda act: handling.hand(act.finding, **act.who, to=act.data["to"]),
    "extend": _extend,
    "propose": lambda act: asking.propose(
        act.finding, **act.who, text=act.data["text"], steps=act.data["steps"], kept=act.kept
    ),
    "object": lambda act: asking.object_to(act.finding, **act.who, text=act.data["text"], kept=act.kept),
    "disown": lambda act: asking.disown(
        act.finding, **act.who, text=act.data["text"], owner=act.data["owner"], kept=act.kept
    ),
    "decide_extension": lambda act: asking.decide_extension(
        act.finding, **act.who, until=act.data["until"], reason=act.data["reason"]
    ),
    "decide_plan": lambda act: asking.decide_plan(
        act.finding, **act.who, agreed=act.data["agreed"] == "1", reason=act.data["note"]
    ),
    "allow": lambda act: asking.allow_late(act.finding, **act.who, reason=act.data["note"]),
    "reject": lambda act: asking.reject(act.finding, **act.who, reason=act.data["note"]),
    "amend": _amend,
    "uphold": lambda act: asking.uphold(act.finding, **act.who, reason=act.data["note"]),
    "reassign": lambda act: handling.reassign(
        act.finding, **act.who, unit=act.data["unit"], note=act.data["note"]
    ),
    "verify": _verify(True),
    "part": _verify(False, partly=True),
    "return": _verify(False),
    "sign_off": lambda act: services.sign_off(act.finding, **act.who, note=act.data["note"]),
    "refuse": lambda act: services.refuse(act.finding, **act.who, note=act.data["note"]),
    "send_back": lambda act: handling.send_back(act.finding, **act.who, note=act.data["note"]),
    "pause": lambda act: handling.pause(act.finding, **act.who, reason=act.data["note"]),
    "resume": lambda act: handling.resume(act.finding, **act.who, note=act.data["note"]),
    "assign": lambda act: handling.assign(act.finding, **act.who, to=act.data["to"]),
    "merge": lambda act: handling.merge(act.finding, **act.who, lead=act.data["lead"], note=act.data["note"]),
    "withdraw": lambda act: handling.withdraw(act.finding, **act.who, reason=act.data["note"]),
}
