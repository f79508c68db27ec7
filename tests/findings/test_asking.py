"""What a unit may ask: more time, an objection, another owner, a plan in steps; and how it is decided."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from dudao.findings import asking, handling, reminding, services, stepping
from dudao.findings.asking import Kept, Step
from dudao.findings.models import Finding, Milestone, Petition
from dudao.findings.states import Decision, State
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, NotReady, StaleState
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import Role
from dudao.places.models import Kind
from tests import factories
from tests.findings.walking import received, seen, told

MONDAY = datetime(2026, 9, 7, 2, tzinfo=UTC)


def at_noon(days: int) -> object:
    return clock.set_to(MONDAY + timedelta(days=days))


def extended(finding: Finding, at: factories.Place, days: int = 7) -> Finding:
    wished = finding.due_on + timedelta(days=days)
    return asking.ask_extension(finding, by=at.head, seen=seen(finding), text="材料未到货", wished_on=wished)


@pytest.fixture
def finding(at: factories.Place) -> Finding:
    with at_noon(0):
        return received(at)  # five working days: until Monday 14 September


def test_asked_on_the_last_evening_is_in_time_though_decided_later(at, finding) -> None:
    last_evening = datetime(2026, 9, 14, 15, 59, tzinfo=UTC)  # 23:59 at home
    with clock.set_to(last_evening):
        finding = extended(finding, at)
    with at_noon(30):
        assert not Finding.objects.all().overdue(clock.today()).exists()
        assert reminding.climb() == 0
        finding = asking.decide_extension(
            finding, by=at.officer, seen=seen(finding), until=None, reason="可先行整改"
        )
        assert finding.due_on == clock.today(), "a refusal gives back the days of waiting"
        assert not Finding.objects.all().overdue(clock.today()).exists()
    with at_noon(31):
        assert Finding.objects.all().overdue(clock.today()).get() == finding


def test_a_minute_after_the_deadline_it_is_too_late_to_ask(at, finding) -> None:
    with (
        clock.set_to(datetime(2026, 9, 14, 16, 1, tzinfo=UTC)),
        pytest.raises(Invalid, match="不能再申请延期"),
    ):
        extended(finding, at)
    assert not Petition.objects.exists()


@pytest.mark.parametrize(
    ("until", "decision"), [(7, Decision.GRANTED), (3, Decision.PARTLY), (None, Decision.REFUSED)]
)
def test_an_extension_is_granted_shortened_or_refused_and_the_school_is_told(
    at, finding, until, decision
) -> None:
    due = finding.due_on
    with at_noon(1):
        finding = extended(finding, at)
        day = due + timedelta(days=until) if until else None
        finding = asking.decide_extension(
            finding, by=at.officer, seen=seen(finding), until=day, reason="理由"
        )
    assert finding.due_on == (day or due)
    assert finding.petitions.get().decision == decision
    assert "finding.decide_extension" in told(at.head)
    assert "finding.extend" in told(at.officer)


def test_an_inspector_grants_short_extensions_only(at, finding) -> None:
    with at_noon(1):
        finding = extended(finding, at, days=30)
        with pytest.raises(Forbidden, match="督导室"):
            asking.decide_extension(
                finding,
                by=at.inspector,
                seen=seen(finding),
                until=finding.due_on + timedelta(days=30),
                reason="",
            )
        short = finding.due_on + timedelta(days=3)
        finding = asking.decide_extension(
            finding, by=at.inspector, seen=seen(finding), until=short, reason="先做一半"
        )
    assert finding.due_on == short


def test_a_third_extension_is_refused_by_rule(at, finding) -> None:
    with at_noon(1):
        for _time in range(2):
            finding = extended(finding, at)
            finding = asking.decide_extension(
                finding,
                by=at.officer,
                seen=seen(finding),
                until=finding.petitions.last().wished_on,
                reason="",
            )
        with pytest.raises(Invalid, match="最多延期 2 次"):
            extended(finding, at)


def test_of_two_officers_who_decide_at_once_one_wins(at, finding) -> None:
    with at_noon(1):
        finding = extended(finding, at)
        stale = Finding.objects.get(pk=finding.pk)
        asking.decide_extension(finding, by=at.officer, seen=seen(finding), until=None, reason="否")
        with pytest.raises(StaleState):
            asking.decide_extension(
                stale, by=at.city_officer, seen=seen(stale), until=stale.due_on + timedelta(days=7), reason=""
            )
    assert finding.petitions.get().decision == Decision.REFUSED


def test_of_two_decisions_that_cross_the_later_is_refused(at, finding) -> None:
    """One officer has read the petition when the other decides it; a real race, played step by step."""
    crossed: list[Finding] = []

    def meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('UPDATE "findings_finding"') and not crossed:
            crossed.append(finding)
            other = Finding.objects.select_related("unit__region").get(pk=finding.pk)
            asking.decide_extension(other, by=at.city_officer, seen=seen(other), until=None, reason="不同意")
        return execute(sql, params, many, context)

    with at_noon(1):
        finding = extended(finding, at)
        later = finding.due_on + timedelta(days=7)
        with connection.execute_wrapper(meanwhile), pytest.raises(StaleState, match="已经处理过"):
            asking.decide_extension(finding, by=at.officer, seen=seen(finding), until=later, reason="")
    assert crossed


def test_who_works_for_the_school_and_the_office_neither_decides_nor_judges_what_is_their_own(
    at, finding
) -> None:
    Grant.objects.create(user=at.head, role=Role.COUNTY_OFFICE, region=at.county, starts_on=MONDAY.date())
    both = User.objects.get(pk=at.head.pk)
    with at_noon(1):
        finding = extended(finding, at)
        with pytest.raises(Forbidden, match="自己提出的申请"):
            asking.decide_extension(finding, by=both, seen=seen(finding), until=None, reason="否")
        photo = factories.picture(both, 90).sha256
        finding = services.report(
            finding, by=both, seen=seen(finding), text="已整改", before=[], after=[photo]
        )
        for passed in (True, False):
            with pytest.raises(Forbidden, match="核查人不能是报告整改的人"):
                services.verify(
                    finding, by=both, seen=seen(finding), passed=passed, method="material", facts="属实"
                )
    assert Finding.objects.get(pk=finding.pk).state == State.REPORTED


def test_an_objection_stops_the_days_and_when_it_fails_the_rest_of_them_runs(at, finding) -> None:
    with at_noon(2):  # Wednesday; three working days are left
        finding = asking.object_to(finding, by=at.head, seen=seen(finding), text="公示栏在西门")
        assert (finding.state, finding.paused_on) == (State.OBJECTED, clock.today())
    assert told(at.officer)[-1] == "finding.object"
    with at_noon(14):  # Monday 21 September
        finding = asking.reject(finding, by=at.officer, seen=seen(finding), reason="西门公示栏为空白")
        assert (finding.state, finding.paused_on) == (State.RECTIFYING, None)
        assert finding.due_on == datetime(2026, 9, 24).date()  # noqa: DTZ001 - a day
    assert told(at.head)[-1] == "finding.reject"


def test_grave_danger_is_put_right_whatever_is_objected(at) -> None:
    with at_noon(0):
        finding = received(at, severity="CRITICAL", days=3, day_unit="natural")
        due = finding.due_on
        finding = asking.object_to(finding, by=at.head, seen=seen(finding), text="不属实")
        assert finding.paused_on is None
        finding = asking.reject(finding, by=at.officer, seen=seen(finding), reason="属实")
        assert finding.due_on == due


def test_an_objection_that_holds_withdraws_the_problem_or_puts_it_right(at) -> None:
    with at_noon(0):
        one, other = received(at), received(at)
        one = asking.object_to(one, by=at.head, seen=seen(one), text="不属实")
        one = asking.uphold(one, by=at.officer, seen=seen(one), reason="核实无误")
        assert one.state == State.WITHDRAWN
        assert not Finding.objects.open().filter(pk=one.pk).exists()
        other = asking.object_to(other, by=at.head, seen=seen(other), text="程度不当")
        unchanged = {"wording": other.wording, "severity": other.severity, "requirement": other.requirement}
        with pytest.raises(Invalid):
            asking.amend(other, by=at.officer, seen=seen(other), reason="r", **unchanged)
        other = asking.amend(
            other, by=at.officer, seen=seen(other), reason="部分成立", **(unchanged | {"severity": "MAJOR"})
        )
        assert (other.state, other.severity, other.days) == (State.RECEIVED, "MAJOR", 15)
    event = Event.objects.get(kind="finding.amend")
    assert event.after["changed"] == {"severity": ["MINOR", "MAJOR"]}
    assert event.note == "部分成立"


def test_whoever_raised_a_problem_does_not_decide_the_objection(at) -> None:
    with at_noon(0):
        finding = received(at)
        Finding.objects.filter(pk=finding.pk).update(inspector=at.officer)
        finding.refresh_from_db()
        finding = asking.object_to(finding, by=at.head, seen=seen(finding), text="不属实")
        for decide in (asking.reject, asking.uphold):
            with pytest.raises(Forbidden, match="其他人员"):
                decide(finding, by=at.officer, seen=seen(finding), reason="r")
        assert (
            asking.reject(finding, by=at.city_officer, seen=seen(finding), reason="r").state == "RECTIFYING"
        )


def test_a_late_objection_is_told_what_else_can_be_done_and_the_office_may_let_it(at, finding) -> None:
    with at_noon(10):
        with pytest.raises(Invalid, match="申请延期"):
            asking.object_to(finding, by=at.head, seen=seen(finding), text="不属实")
        finding = asking.allow_late(finding, by=at.officer, seen=seen(finding), reason="疫情停课")
    with at_noon(12):
        assert asking.object_to(finding, by=at.head, seen=seen(finding), text="不属实").state == "OBJECTED"


def test_the_owner_is_another_unit_and_the_problem_begins_anew_there(at, finding) -> None:
    other = factories.unit(of=at.county, kind=Kind.DEPARTMENT, name="区教育局基建科")
    clerk = factories.person(Role.UNIT, of=other)
    with at_noon(1):
        finding = asking.disown(
            finding, by=at.head, seen=seen(finding), text="产权属局里", owner="区教育局基建科"
        )
        with pytest.raises(Invalid):
            handling.reassign(finding, by=at.officer, seen=seen(finding), unit=at.unit, note="r")
        finding = handling.reassign(finding, by=at.officer, seen=seen(finding), unit=other, note="属实")
    assert (finding.unit, finding.state, finding.received_at) == (other, State.NOTIFIED, None)
    assert not Finding.objects.visible_to(at.head).filter(pk=finding.pk).exists()
    assert told(clerk) == ["finding.reassign"]
    with at_noon(2):
        assert services.receive(finding, by=clerk, seen=seen(finding)).state == State.RECEIVED


def test_the_owner_is_a_department_which_answers_itself_by_its_own_deadline(at, finding, signed_in) -> None:
    other = factories.unit(of=at.county, kind=Kind.DEPARTMENT, name="区消防大队")
    clerk = factories.person(Role.UNIT, of=other)
    with at_noon(1):
        finding = asking.disown(finding, by=at.head, seen=seen(finding), text="消防审批", owner="区消防大队")
        finding = handling.refer(finding, by=at.officer, seen=seen(finding), department="", unit=other)
    assert (finding.department, str(finding.answer_by)) == ("区消防大队", "2026-09-21")
    assert Finding.objects.visible_to(at.head).filter(pk=finding.pk).exists(), (
        "the school sees what became of it"
    )
    assert told(clerk) == ["finding.refer"]
    with at_noon(20):
        reminding.remind()
        reminding.remind()
        assert told(clerk) == ["finding.refer", "finding.unanswered"]
        page = signed_in(clerk).get(f"/findings/{finding.pk}/").content.decode()
        assert "记录办理结果" in page
        with pytest.raises(Forbidden):
            handling.answer(finding, by=at.head, seen=seen(finding), note="x")
        finding = handling.answer(finding, by=clerk, seen=seen(finding), note="已审批")
        assert finding.state == State.VERIFIED
        with pytest.raises(Invalid, match="退回部门"):
            services.refuse(finding, by=at.officer, seen=seen(finding), note="没有附件")
        finding = handling.send_back(finding, by=at.officer, seen=seen(finding), note="没有附件")
        assert (finding.state, finding.answer_by > clock.today()) == (State.REFERRED, True)
        assert told(clerk)[-1] == "finding.send_back"
        finding = handling.answer(finding, by=clerk, seen=seen(finding), note="附上审批表")
        assert services.sign_off(finding, by=at.officer, seen=seen(finding)).state == State.STRUCK_OFF


def test_a_plan_in_steps_moves_the_deadline_and_its_steps_are_confirmed_one_by_one(at, finding) -> None:
    photo = Kept(photos=[factories.picture(at.head, 77).sha256])
    with at_noon(1):
        days = [clock.today() + timedelta(days=30), clock.today() + timedelta(days=90)]
        steps = [Step("完成设计", days[0]), Step("完成施工", days[1])]
        finding = asking.propose(finding, by=at.head, seen=seen(finding), text="须立项", steps=steps)
        finding = asking.decide_plan(finding, by=at.officer, seen=seen(finding), agreed=True, reason="")
        assert finding.due_on == days[1]
        design, building = finding.milestones.all()
        with pytest.raises(NotReady, match="完成设计"):
            services.report(finding, by=at.head, seen=seen(finding), text="t", before=[], after=photo.photos)
        with pytest.raises(Invalid):
            stepping.report_step(design, by=at.head, text="设计图已审", kept=Kept())
        for step in (design, building):
            stepping.report_step(step, by=at.head, text="完成", kept=photo)
            with pytest.raises(Forbidden):
                stepping.verify_step(step, by=at.head, passed=True, partly=False, facts="好")
        stepping.verify_step(design, by=at.inspector, passed=True, partly=False, facts="好")
        stepping.verify_step(building, by=at.inspector, passed=False, partly=True, facts="外墙未完")
        building.refresh_from_db()
        assert (building.passed, building.is_partly, building.waits) == (False, True, False)
        stepping.report_step(building, by=at.head, text="外墙完成", kept=photo)
        with pytest.raises(StaleState):
            stepping.report_step(design, by=at.head, text="again", kept=photo)
        stepping.verify_step(
            Milestone.objects.get(pk=building.pk), by=at.inspector, passed=True, partly=False, facts="好"
        )
        finding = services.report(
            finding, by=at.head, seen=seen(finding), text="全部完成", before=[], after=photo.photos
        )
    assert finding.state == State.REPORTED
    kinds = list(
        Event.objects.filter(object_id=str(finding.pk), kind__startswith="finding.step")
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert kinds == [
        "finding.step_report", "finding.step_report", "finding.step_verify", "finding.step_part", "finding.step_report",
        "finding.step_verify",
    ]  # fmt: skip


def test_a_step_reported_without_a_word_is_asked_for_one(at, finding, signed_in) -> None:
    with at_noon(1):
        steps = [
            Step("设计", clock.today() + timedelta(days=9)),
            Step("施工", clock.today() + timedelta(days=20)),
        ]
        finding = asking.propose(finding, by=at.head, seen=seen(finding), text="须立项", steps=steps)
        finding = asking.decide_plan(finding, by=at.officer, seen=seen(finding), agreed=True, reason="")
    page = signed_in(at.head).post(
        reverse("findings:step", args=[finding.pk, finding.milestones.all()[0].pk]), {"text": ""}
    )
    assert page.status_code == 422
    assert "请填写这一项。" in page.content.decode()


def test_a_step_is_judged_once_by_somebody_else_and_only_while_the_unit_must_act(at, finding) -> None:
    Grant.objects.create(user=at.head, role=Role.COUNTY_OFFICE, region=at.county, starts_on=MONDAY.date())
    both = User.objects.get(pk=at.head.pk)
    photo = Kept(photos=[factories.picture(both, 78).sha256])
    with at_noon(1):
        steps = [
            Step("设计", clock.today() + timedelta(days=9)),
            Step("施工", clock.today() + timedelta(days=20)),
        ]
        finding = asking.propose(finding, by=both, seen=seen(finding), text="须立项", steps=steps)
        finding = asking.decide_plan(finding, by=at.officer, seen=seen(finding), agreed=True, reason="")
        step = finding.milestones.all()[0]
        stepping.report_step(step, by=both, text="完成", kept=photo)
        with pytest.raises(Forbidden, match="核查人不能是报告整改的人"):
            stepping.verify_step(step, by=both, passed=True, partly=False, facts="好")
        older = Milestone.objects.get(pk=step.pk)
        stepping.verify_step(step, by=at.inspector, passed=False, partly=False, facts="不全")
        with pytest.raises(StaleState):
            stepping.verify_step(older, by=at.officer, passed=True, partly=False, facts="好")
        handling.withdraw(finding, by=at.officer, seen=seen(finding), reason="重复")
        with pytest.raises(StaleState):
            stepping.report_step(Milestone.objects.get(pk=step.pk), by=both, text="又完成", kept=photo)


def test_what_the_office_pauses_does_not_run_and_the_page_says_why(at, finding, signed_in) -> None:
    with at_noon(2):
        finding = handling.pause(finding, by=at.officer, seen=seen(finding), reason="台风停课")
        page = signed_in(at.head).get(f"/findings/{finding.pk}/").content.decode()
        assert "台风停课" in page
        assert "暂停计时" in page
    with at_noon(30):
        assert not Finding.objects.all().overdue(clock.today()).exists()
        finding = handling.resume(finding, by=at.officer, seen=seen(finding))
        assert finding.due_on == datetime(2026, 10, 10).date()  # noqa: DTZ001 - 8, 9 October, and the make-up Saturday


def test_the_successor_verifies_and_is_told(at, finding) -> None:
    heir = factories.person(Role.INSPECTOR)
    with at_noon(1):
        Assignment.objects.filter(inspector=at.inspector).update(ends_on=clock.today())
        Assignment.objects.create(inspector=heir, unit=at.unit, starts_on=clock.today() + timedelta(days=1))
    with at_noon(2):
        photo = factories.picture(at.head, 31).sha256
        at.inspector.__dict__.pop("_grants", None)
        finding = services.report(finding, by=at.head, seen=seen(finding), text="t", before=[], after=[photo])
        assert told(heir) == ["finding.report"]
        assert "finding.report" not in told(at.inspector)
        with pytest.raises(Forbidden):
            services.verify(
                finding, by=at.inspector, seen=seen(finding), passed=True, method="material", facts="x"
            )
        finding = services.verify(
            finding, by=heir, seen=seen(finding), passed=True, method="material", facts="x"
        )
    assert finding.verified_by == heir


def test_what_a_department_will_not_do_goes_back_to_the_school_and_begins_anew(at, finding) -> None:
    with at_noon(1):
        finding = asking.disown(finding, by=at.head, seen=seen(finding), text="t", owner="基建科")
        finding = handling.refer(finding, by=at.officer, seen=seen(finding), department="基建科")
    with at_noon(3):
        finding = services.issue(finding, by=at.officer, seen=seen(finding), note="仍由学校整改")
        assert (finding.state, finding.received_at, finding.due_on) == (State.NOTIFIED, None, None)
        assert services.receive(finding, by=at.head, seen=seen(finding)).state == State.RECEIVED


def test_what_was_settled_on_the_spot_and_is_not_accepted_has_its_days_from_then(at) -> None:
    with at_noon(0):
        finding = factories.finding(at, disposition="SMALL")
        finding = services.refuse(finding, by=at.officer, seen=seen(finding), note="照片不清")
        assert (finding.state, str(finding.due_on)) == (State.RETURNED, "2026-09-14")
