"""Random histories by several people, with the clock moving and readers of the journal crashing: no illegal state, no lost
event, each petition decided once and by what may decide it, the page as the journal tells it, the roll-ups as the ledger
is."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dudao.findings import asking, handling, looking_back, reminding, services, stepping
from dudao.findings.asking import Kept, Step
from dudao.findings.models import Draw, Finding, LookBack, Milestone, Petition
from dudao.findings.moving import Seen
from dudao.findings.states import CLOSED, MOVES, RUNNING, Decision, PetitionKind, State
from dudao.insight import counting
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError
from dudao.people.models import User
from dudao.people.roles import Role
from dudao.places.models import Kind
from tests import factories
from tests.findings.walking import followed

BEGINS = datetime(2026, 9, 7, 2, tzinfo=UTC)
OBJECTIONS = [PetitionKind.OBJECTION, PetitionKind.OWNER]
Do = Callable[..., Any]

ASKS = {
    "extend": PetitionKind.EXTENSION,
    "propose": PetitionKind.PLAN,
    "object": PetitionKind.OBJECTION,
    "disown": PetitionKind.OWNER,
}
GRANTED, PARTLY, REFUSED, MOOT = Decision.GRANTED, Decision.PARTLY, Decision.REFUSED, Decision.CLOSED
REST_IS_MOOT = {PetitionKind.EXTENSION: (MOOT,), PetitionKind.PLAN: (MOOT,)}
SETTLES: dict[str, dict[str, tuple[Decision, ...]]] = {
    "decide_extension": {PetitionKind.EXTENSION: (GRANTED, PARTLY, REFUSED)},
    "decide_plan": {PetitionKind.PLAN: (GRANTED, REFUSED)},
    "reject": dict.fromkeys(OBJECTIONS, (REFUSED,)),
    "amend": dict.fromkeys(OBJECTIONS, (PARTLY,)) | REST_IS_MOOT,
    **{
        name: dict.fromkeys(OBJECTIONS, (GRANTED,)) | REST_IS_MOOT for name in ("uphold", "refer", "reassign")
    },
    **{name: dict.fromkeys(PetitionKind, (MOOT,)) for name in ("report", "merge", "withdraw")},
}
"""Move → what it makes of each kind of petition that waits; what it does not name goes on waiting."""
DECIDABLE = {
    PetitionKind.EXTENSION: (*RUNNING, State.OBJECTED),
    PetitionKind.PLAN: (State.RECEIVED, State.RECTIFYING, State.OBJECTED),
    **dict.fromkeys(OBJECTIONS, (State.OBJECTED,)),
}
"""Where somebody can still decide it, at once or when an objection has been dealt with."""


class _Crash(Exception):
    """The worker dies before it commits."""


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._example = transaction.atomic()
        self._example.__enter__()
        self.now = BEGINS
        with clock.set_to(self.now):
            self.at = factories.place()
            self.department = factories.unit(of=self.at.county, kind=Kind.DEPARTMENT, name="区教育局基建科")
            self.people = [
                self.at.head, self.at.inspector, self.at.officer, self.at.city_officer, self.at.auditor,
                factories.person(Role.COUNTY_OFFICE, of=self.at.county),
                factories.person(Role.UNIT_STAFF, of=self.at.unit),
                factories.person(Role.UNIT, of=self.department),
            ]  # fmt: skip
            self.photo = factories.picture(self.at.head, 50).sha256
        self.found: list[Any] = []
        self.petitions: dict[int, str] = {}
        self.moves: Counter[tuple[str, str]] = Counter()

    def teardown(self) -> None:
        try:
            with clock.set_to(self.now):
                self._ends_well()
        finally:
            transaction.set_rollback(True)
            self._example.__exit__(None, None, None)

    @rule(severity=st.sampled_from(["MINOR", "SERIOUS", "CRITICAL"]))
    @precondition(lambda self: len(self.found) < 3)
    def record(self, severity: str) -> None:
        self._record(severity)

    def _record(self, severity: str) -> Any:
        with clock.set_to(self.now):
            self.found.append(factories.finding(self.at, severity=severity).pk)
        self.moves = self._moves_told()
        return self.found[-1]

    @rule(days=st.integers(0, 12), hours=st.integers(1, 23))
    def time_passes(self, days: int, hours: int) -> None:
        self.now += timedelta(days=days, hours=hours)

    @rule()
    def a_night(self) -> None:
        with clock.set_to(self.now):
            reminding.remind()
            reminding.climb()

    @rule()
    def readers_read(self) -> None:
        with clock.set_to(self.now):
            self._roll_ups_are_as_the_ledger()

    @rule()
    def readers_crash(self) -> None:
        try:
            with clock.set_to(self.now), transaction.atomic():
                journal.seal()
                followers.run()
                raise _Crash
        except _Crash:
            pass

    @rule(data=st.data())
    @precondition(lambda self: self.found)
    def the_unit_acts(self, data: st.DataObject) -> None:
        self._acts(data, [self.at.head])

    @rule(data=st.data())
    @precondition(lambda self: self.found)
    def the_office_acts(self, data: st.DataObject) -> None:
        self._acts(data, [self.at.officer, self.at.city_officer])

    @rule(data=st.data())
    @precondition(lambda self: self.found)
    def somebody_acts(self, data: st.DataObject) -> None:
        self._acts(data, self.people)

    @rule(data=st.data())
    @precondition(lambda self: self.found)
    def anything_is_tried(self, data: st.DataObject) -> None:
        self._acts(data, self.people, usual=False)

    @rule(
        asks=st.lists(st.sampled_from(sorted(ASKS)), min_size=1, max_size=3, unique=True),
        ends=st.sampled_from(sorted(SETTLES)),
        days=st.integers(0, 3),
    )
    def a_petition_is_followed(self, asks: list[str], ends: str, days: int) -> None:
        """Asked by the unit, perhaps beside another, and ended by any move that can."""
        pk = self._with_the_unit()
        for name in asks:
            self._tries(name, pk, self.at.head)
        self.now += timedelta(days=days)
        self._tries(ends, pk, self.at.head if ends == "report" else self.at.officer)

    def _with_the_unit(self) -> Any:
        """A problem the unit has received: one there is, or a new one."""
        states = (State.RECEIVED, State.RECTIFYING)
        waits = Finding.objects.filter(pk__in=self.found, state__in=states, unit=self.at.unit).order_by("pk")
        if found := waits.values_list("pk", flat=True).first():
            return found
        pk = self._record("MINOR")
        self._tries("receive", pk, self.at.head)
        return pk

    @rule(passed=st.booleans())
    @precondition(lambda self: self.found)
    def a_step_of_a_plan_is_judged(self, passed: bool) -> None:
        step = (
            Milestone.objects.filter(finding__in=self.found, finding__state__in=RUNNING)
            .exclude(passed=True)
            .order_by("pk")
            .first()
        )
        if step is None:
            return
        with clock.set_to(self.now):
            stepping.report_step(step, by=self._head_of(step.finding), text="t", kept=Kept([self.photo]))
            stepping.verify_step(step, by=self.at.officer, passed=passed, partly=False, facts="f")
        assert Milestone.objects.get(pk=step.pk).passed is passed

    def _head_of(self, finding: Finding) -> User:
        return self.at.head if finding.unit_id == self.at.unit.pk else self.people[-1]

    def _acts(self, data: st.DataObject, people: list[User], *, usual: bool = True) -> None:
        """What the table allows these people; or anything by anybody on an old picture."""
        finding = self._get(data.draw(st.sampled_from(self.found)))
        by = data.draw(st.sampled_from(people))
        fitting = [name for name, move in MOVES.items() if finding.state in move.sources]
        holds = {one: self._may(by, one, finding) for one in {MOVES[name].capability for name in fitting}}
        able = [name for name in fitting if holds[MOVES[name].capability]]
        name = data.draw(st.sampled_from(sorted(able if usual and able else MOVES)))
        saw = finding.state if usual else data.draw(st.sampled_from(State.values))
        self._tries(name, finding.pk, by, saw=saw)

    def _tries(self, name: str, pk: Any, by: User, *, saw: str | None = None) -> None:
        """One move, made or refused: a refusal changes nothing, a move exactly what the tables say, with one event."""
        finding = self._get(pk)
        was, count = finding.state, self._events_of(finding)
        waiting = self._waiting(finding)
        refusal = self._refusal(
            lambda: self._do(name, finding, User.objects.get(pk=by.pk), Seen(saw or was, finding.round))
        )
        if refusal is not None:
            assert str(refusal.message), "a refusal says why"
            assert self._get(finding.pk).state == was
            assert self._events_of(finding) == count
            return
        move, now = MOVES[name], self._get(finding.pk)
        assert was in move.sources, f"{name} from {was}"
        assert now.state == (move.target or was), f"{name} led to {now.state}"
        assert self._events_of(finding) == count + 1, f"{name} must write one event"
        self.moves[str(pk), f"finding.{name}"] += 1
        self._has_settled(name, waiting, by)
        self._has_asked(name, finding, by)

    def _waiting(self, finding: Finding) -> list[Petition]:
        return list(Petition.objects.filter(finding=finding, decision=Decision.PENDING).order_by("pk"))

    def _has_settled(self, name: str, waiting: list[Petition], by: User) -> None:
        for one in waiting:
            outcomes = SETTLES.get(name, {}).get(one.kind, (Decision.PENDING,))
            one.refresh_from_db()
            assert one.decision in outcomes, f"{name} left {one.kind} {one.decision}"
            if one.decision != Decision.PENDING:
                assert (one.decided_by_id, one.decided_at) == (by.pk, self.now)
            self.petitions[one.pk] = one.decision

    def _has_asked(self, name: str, finding: Finding, by: User) -> None:
        new = Petition.objects.filter(finding=finding).exclude(pk__in=self.petitions)
        made = list(new.values_list("pk", "kind", "decision", "asked_by"))
        assert [row[1:] for row in made] == ([(ASKS[name], Decision.PENDING, by.pk)] if name in ASKS else [])
        self.petitions |= {pk: Decision.PENDING for pk, *_rest in made}

    def _refusal(self, do: Do) -> DudaoError | None:
        with clock.set_to(self.now):
            try:
                with transaction.atomic():
                    do()
            except DudaoError as error:
                return error
        return None

    @invariant()
    def nothing_is_decided_twice_forgotten_or_untold(self) -> None:
        stored = Petition.objects.filter(finding__in=self.found).values_list("pk", "decision")
        assert dict(stored) == self.petitions
        assert self._moves_told() == self.moves

    def _moves_told(self) -> Counter[tuple[str, str]]:
        kinds = [f"finding.{name}" for name in MOVES]
        events = Event.objects.filter(object_id__in=[str(pk) for pk in self.found], kind__in=kinds)
        return Counter(events.values_list("object_id", "kind"))

    @invariant()
    def nothing_is_out_of_order(self) -> None:
        for finding in Finding.objects.filter(pk__in=self.found):
            waiting = Petition.objects.filter(finding=finding, decision=Decision.PENDING)
            kinds = list(waiting.values_list("kind", flat=True))
            assert finding.asks_extension == (PetitionKind.EXTENSION in kinds), finding.state
            assert (finding.state == State.OBJECTED) == any(kind in OBJECTIONS for kind in kinds), (
                finding.state
            )
            for kind in kinds:
                assert finding.state in DECIDABLE[PetitionKind(kind)], f"{kind} waits though {finding.state}"
            assert not (finding.state in CLOSED and finding.paused_on)
            assert finding.state not in RUNNING or finding.due_on is not None
            assert finding.state != State.NOTIFIED or finding.receive_by is not None
            assert finding.state != State.REFERRED or finding.answer_by is not None
            assert finding.verified_by_id is not None or finding.state not in (
                State.VERIFIED,
                State.STRUCK_OFF,
            )
            assert finding.runs_out_on == self._runs_out_on(finding), finding.state
            self._is_as_the_journal_tells(finding)

    def _runs_out_on(self, finding: Finding) -> date | None:
        """The deadline the unit must meet now, as the regulation has it."""
        if finding.state == State.NOTIFIED:
            return finding.receive_by
        stands = finding.state not in RUNNING or finding.paused_on or finding.asks_extension
        return None if stands else finding.due_on

    def _is_as_the_journal_tells(self, finding: Finding) -> None:
        state, due_on = "", ""
        for event in Event.objects.filter(object_id=str(finding.pk)).order_by("pk"):
            told = event.before.get("state")
            assert told is None or told == state, f"{event.kind} began from {told}, not from {state}"
            state = event.after.get("state", state or State.RECORDED)
            due_on = event.after.get("due_on", due_on)
        assert state == finding.state
        assert due_on == str(finding.due_on or "")

    def _ends_well(self) -> None:
        self._roll_ups_are_as_the_ledger()
        assert list(journal.faults()) == []
        office = Client()
        office.force_login(self.at.officer, backend="django.contrib.auth.backends.ModelBackend")
        for finding in Finding.objects.filter(pk__in=self.found):
            page = office.get(f"/findings/{finding.pk}/").content.decode()
            assert f"> {finding.get_state_display()}</span>" in page

    def _roll_ups_are_as_the_ledger(self) -> None:
        followed()
        for one in counting.differences([self.at.unit.pk, self.department.pk]):
            assert not one.surplus, one.model
            assert not one.missing, one.model

    def _get(self, pk: Any) -> Finding:
        return Finding.objects.select_related("unit__region", "inspector").get(pk=pk)

    def _may(self, person: User, capability: str, finding: Finding) -> bool:
        with clock.set_to(self.now):
            rows = Finding.objects.visible_to(User.objects.get(pk=person.pk), capability)
            return rows.filter(pk=finding.pk).exists()

    def _events_of(self, finding: Finding) -> int:
        return Event.objects.filter(object_id=str(finding.pk)).count()

    def _do(self, name: str, finding: Finding, by: User, seen: Seen) -> None:
        who: dict[str, Any] = {"by": by, "seen": seen}
        due = finding.due_on or clock.today()
        another = Finding.objects.filter(pk__in=self.found).exclude(pk=finding.pk).first() or finding
        calls: dict[str, Do] = {
            "issue": lambda: services.issue(finding, **who),
            "refer": lambda: handling.refer(finding, **who, department="", unit=self.department),
            "answer": lambda: handling.answer(finding, **who, note="办结"),
            "receive": lambda: services.receive(finding, **who),
            "start": lambda: services.start(finding, **who, measures="m", person_in_charge="p"),
            "report": lambda: services.report(finding, **who, text="t", before=[], after=[self.photo]),
            "write": lambda: stepping.write(finding, **who, text="t", before=[]),
            "hand": lambda: handling.hand(finding, **who, to=self.at.head),
            "extend": lambda: asking.ask_extension(
                finding, **who, text="t", wished_on=max(due, clock.today()) + timedelta(days=9)
            ),
            "propose": lambda: asking.propose(finding, **who, text="t", steps=self._steps()),
            "object": lambda: asking.object_to(finding, **who, text="t"),
            "disown": lambda: asking.disown(finding, **who, text="t", owner="o"),
            "decide_extension": lambda: asking.decide_extension(
                finding, **who, until=due + timedelta(days=4) if due.day % 2 else None, reason="r"
            ),
            "decide_plan": lambda: asking.decide_plan(finding, **who, agreed=bool(due.day % 2), reason="r"),
            "allow": lambda: asking.allow_late(finding, **who, reason="r"),
            "reject": lambda: asking.reject(finding, **who, reason="r"),
            "amend": lambda: asking.amend(
                finding, **who, reason="r", wording=finding.wording + "x", severity="MAJOR", requirement=""
            ),
            "uphold": lambda: asking.uphold(finding, **who, reason="r"),
            "reassign": lambda: handling.reassign(finding, **who, unit=self.department, note="n"),
            "verify": lambda: services.verify(finding, **who, passed=True, method="material", facts="f"),
            "part": lambda: services.verify(
                finding, **who, passed=False, partly=True, method="material", facts="f"
            ),
            "return": lambda: services.verify(finding, **who, passed=False, method="material", facts="f"),
            "sign_off": lambda: services.sign_off(finding, **who),
            "refuse": lambda: services.refuse(finding, **who, note="n"),
            "send_back": lambda: handling.send_back(finding, **who, note="n"),
            "pause": lambda: handling.pause(finding, **who, reason="r"),
            "resume": lambda: handling.resume(finding, **who),
            "assign": lambda: handling.assign(finding, **who, to=self.at.inspector),
            "merge": lambda: handling.merge(finding, **who, lead=another),
            "withdraw": lambda: handling.withdraw(finding, **who, reason="r"),
            "reopen": lambda: self._rebound(finding, **who),
        }
        calls[name]()

    def _steps(self) -> list[Step]:
        first: date = clock.today() + timedelta(days=10)
        return [Step("一", first), Step("二", first + timedelta(days=10))]

    def _rebound(self, finding: Finding, *, by: User, seen: Seen) -> None:
        draw, _made = Draw.objects.get_or_create(
            region=self.at.county, half=f"{clock.today():%Y-%m}",
            defaults={"seed": "s", "share": 20, "drawn_by": self.at.officer, "drawn_at": clock.now()},
        )  # fmt: skip
        back, _made = LookBack.objects.get_or_create(
            draw=draw, finding=finding, defaults={"due_on": clock.today()}
        )
        looking_back.look(back, by=by, seen=seen, result="REBOUND", facts="f", kept=Kept([self.photo]))


@pytest.mark.django_db
def test_whatever_people_do_in_whatever_order_the_ledger_stays_in_order() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=12, stateful_step_count=40, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
