"""Random histories by several people, with the clock moving and readers of the journal crashing: no illegal state, no lost
event, the page as the journal tells it, the roll-ups as the ledger is."""

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
from dudao.findings.models import Draw, Finding, LookBack, Petition
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

BEGINS = datetime(2026, 9, 7, 2, tzinfo=UTC)
OBJECTIONS = [PetitionKind.OBJECTION, PetitionKind.OWNER]
Do = Callable[..., Any]


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
        self.events = 0

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
        with clock.set_to(self.now):
            self.found.append(factories.finding(self.at, severity=severity).pk)

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
            journal.seal()
            followers.run()

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

    def _acts(self, data: st.DataObject, people: list[User], *, usual: bool = True) -> None:
        """What the table allows these people; or anything by anybody on an old picture."""
        finding = self._get(data.draw(st.sampled_from(self.found)))
        by = data.draw(st.sampled_from(people))
        fitting = [name for name, move in MOVES.items() if finding.state in move.sources]
        holds = {one: self._may(by, one, finding) for one in {MOVES[name].capability for name in fitting}}
        able = [name for name in fitting if holds[MOVES[name].capability]]
        name = data.draw(st.sampled_from(sorted(able if usual and able else MOVES)))
        saw = finding.state if usual else data.draw(st.sampled_from(State.values))
        was, count = finding.state, self._events_of(finding)
        refusal = self._refusal(
            lambda: self._do(name, finding, User.objects.get(pk=by.pk), Seen(saw, finding.round))
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

    def _refusal(self, do: Do) -> DudaoError | None:
        with clock.set_to(self.now):
            try:
                with transaction.atomic():
                    do()
            except DudaoError as error:
                return error
        return None

    @invariant()
    def nothing_is_out_of_order(self) -> None:
        for finding in Finding.objects.filter(pk__in=self.found):
            waiting = Petition.objects.filter(finding=finding, decision=Decision.PENDING)
            kinds = list(waiting.values_list("kind", flat=True))
            assert finding.asks_extension == (PetitionKind.EXTENSION in kinds), finding.state
            assert (finding.state == State.OBJECTED) == any(kind in OBJECTIONS for kind in kinds), (
                finding.state
            )
            assert not (finding.state in CLOSED and kinds)
            assert not (finding.state in CLOSED and finding.paused_on)
            assert finding.state not in RUNNING or finding.due_on is not None
            assert finding.state != State.NOTIFIED or finding.receive_by is not None
            assert finding.state != State.REFERRED or finding.answer_by is not None
            assert finding.verified_by_id is not None or finding.state not in (
                State.VERIFIED,
                State.STRUCK_OFF,
            )
            self._is_as_the_journal_tells(finding)

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
        while journal.seal():
            pass
        while followers.run():
            pass
        for one in counting.differences([self.at.unit.pk, self.department.pk]):
            assert not one.surplus, one.model
            assert not one.missing, one.model
        assert list(journal.faults()) == []
        office = Client()
        office.force_login(self.at.officer, backend="django.contrib.auth.backends.ModelBackend")
        for finding in Finding.objects.filter(pk__in=self.found):
            page = office.get(f"/findings/{finding.pk}/").content.decode()
            assert f"> {finding.get_state_display()}</span>" in page

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
            max_examples=15, stateful_step_count=40, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
