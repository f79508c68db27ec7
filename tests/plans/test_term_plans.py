"""An inspector writes her plan of a term: opened before it begins, days proposed and set, handed in, confirmed or returned."""

from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.inspectors import services as inspectors
from dudao.inspectors.models import Engagement
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, NotReady
from dudao.notify.models import Message
from dudao.people.models import Assignment
from dudao.people.roles import Role
from dudao.places.models import Kind
from dudao.plans import term_plans
from dudao.plans.models import PlanItem, TermPlan
from dudao.plans.states import State
from dudao.rules.models import Term
from dudao.rules.terms import SchoolTerm, keep_term
from tests import factories

AUTUMN = SchoolTerm(2026, Term.AUTUMN)


@pytest.fixture(autouse=True)
def _in_august():
    with clock.set_to(datetime(2026, 8, 20, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def term(at):
    """The county has published the autumn term, and its inspector is appointed there."""
    keep_term(at.county, 2026, Term.AUTUMN, starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 13), source="校历", by=at.officer)  # fmt: skip
    inspectors.register(at.inspector, at.county, by=at.officer, engagement=Engagement.PART_TIME)


def plan_of(at) -> TermPlan:
    term_plans.open_all(at.county, AUTUMN, by=at.officer)
    return TermPlan.objects.select_related("inspector", "region").get(inspector=at.inspector)


def page_of(client, plan: TermPlan, query: str = "") -> BeautifulSoup:
    answer = client.get(reverse("plans:term", args=[plan.pk]) + query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content.decode(), "html.parser")


def typed(page: BeautifulSoup) -> dict[str, str]:
    """What the form of a page would send."""
    fields = page.select("form[action$='/keep/'] input[type=date]")
    return {one["name"]: one.get("value", "") for one in fields}


def send(client, plan: TermPlan, **data: str):
    return client.post(
        reverse("plans:term-keep", args=[plan.pk]), {"seen": plan.state, "focus": "作业公示", **data}
    )


def submit(client, plan: TermPlan) -> TermPlan:
    days = typed(page_of(client, plan, "?spread=1"))
    assert send(client, plan, do="submit", **days).status_code == 302
    plan.refresh_from_db()
    return plan


def test_three_weeks_before_a_term_every_inspector_gets_it_once_with_an_item_a_school_and_month(
    at, term
) -> None:
    with clock.set_to(datetime(2026, 8, 1, 4, tzinfo=UTC)):
        assert term_plans.open_coming() == 0, "too early"
    centre = factories.unit(of=at.county, kind=Kind.TRAINING)
    Assignment.objects.create(inspector=at.inspector, unit=centre, starts_on=factories.SINCE)
    assert term_plans.open_coming() == 1
    assert term_plans.open_coming() == 0
    months = PlanItem.objects.values_list("unit", "month")
    assert list(months) == [(at.unit.pk, date(2026, month, 1)) for month in (9, 10, 11)]
    assert Message.objects.filter(recipient=at.inspector, kind="plan.term_open").count() == 1
    second = factories.unit(of=at.county)
    Assignment.objects.create(inspector=at.inspector, unit=second, starts_on=factories.SINCE)
    term_plans.open_plan(at.inspector, AUTUMN, at.county, by=at.inspector)
    assert PlanItem.objects.count() == 6, "opened again it gains what has become due"
    assert TermPlan.objects.count() == 1


def test_a_running_term_gets_no_items_for_months_that_are_over(at, term) -> None:
    with clock.set_to(datetime(2026, 10, 20, 4, tzinfo=UTC)):
        plan_of(at)
    assert set(PlanItem.objects.values_list("month", flat=True)) == {date(2026, 10, 1), date(2026, 11, 1)}


def test_a_term_without_published_dates_cannot_be_planned_and_the_page_leads_to_where_it_is_set(
    at, signed_in
) -> None:
    with pytest.raises(NotReady):
        term_plans.open_plan(at.inspector, AUTUMN, at.county, by=at.inspector)
    page = signed_in(at.officer).get(reverse("plans:terms")).content.decode()
    assert f"{reverse('office:terms')}?region={at.county.code}" in page


def test_she_opens_her_plan_has_days_proposed_keeps_them_and_hands_it_in(at, term, signed_in) -> None:
    other = factories.unit(of=at.county)
    Assignment.objects.create(inspector=at.inspector, unit=other, starts_on=factories.SINCE)
    client = signed_in(at.inspector)
    opened = client.post(reverse("plans:terms-open", args=[2026, "AUTUMN"]))
    plan = TermPlan.objects.get()
    assert opened.url == reverse("plans:term", args=[plan.pk])
    assert set(typed(page_of(client, plan)).values()) == {""}
    asked = send(client, plan, do="spread", **typed(page_of(client, plan)))
    page = page_of(client, plan, asked.url.split("term/")[1].split("/")[1].split("#")[0])
    proposed = typed(page)
    assert "6 个日期是建议" in page.get_text()
    assert not PlanItem.objects.exclude(planned_on=None).exists(), "a proposal changes nothing"
    days = sorted(date.fromisoformat(day) for day in proposed.values())
    assert len(set(days)) == 6
    assert all(day.weekday() < 5 for day in days)
    assert not [day for day in days if date(2026, 10, 1) <= day <= date(2026, 10, 7)], "National Day"
    assert days[-1] <= date(2026, 11, 13), "within the term"
    done = send(client, plan, do="submit", **proposed)
    assert done.status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.focus) == (State.SUBMITTED, "作业公示")
    assert sorted(PlanItem.objects.values_list("planned_on", flat=True)) == days
    assert Message.objects.filter(recipient=at.officer, kind="plan.term_submit").exists()
    reader = signed_in(at.officer)
    assert "提交了 2026—2027 学年 秋季学期 的计划" in reader.get(reverse("notify:list")).content.decode()
    reader.cookies["dudao_language"] = "en"
    assert "School year 2026–2027 Autumn term" in reader.get(reverse("notify:list")).content.decode()
    assert {"plan.term_open", "plan.term_keep", "plan.day", "plan.term_submit"} <= set(Event.objects.values_list("kind", flat=True))  # fmt: skip


def test_what_is_not_complete_is_kept_and_not_handed_in(at, term, signed_in) -> None:
    plan, client = plan_of(at), signed_in(at.inspector)
    first, *_rest = typed(page_of(client, plan))
    answer = send(client, plan, do="submit", **{first: "2026-09-08"})
    assert answer.status_code == 422
    assert "还有 2 项没有定日期" in answer.content.decode()
    assert PlanItem.objects.filter(planned_on=date(2026, 9, 8)).exists(), "what was typed is kept"
    answer = send(client, plan, do="submit", **(typed(page_of(client, plan, "?spread=1")) | {"focus": " "}))
    assert "请先写一句本学期重点" in answer.content.decode()
    answer = send(client, plan, **{first: "2026-12-08"})
    assert answer.status_code == 422
    assert "日期要在 2026-09 之内" in answer.content.decode()
    plan.refresh_from_db()
    assert plan.state == State.DRAFT


def test_days_of_rest_and_crowded_days_are_allowed_and_said(at, term, signed_in) -> None:
    for _more in range(2):
        Assignment.objects.create(inspector=at.inspector, unit=factories.unit(of=at.county), starts_on=factories.SINCE)  # fmt: skip
    plan, client = plan_of(at), signed_in(at.inspector)
    september = PlanItem.objects.filter(month=date(2026, 9, 1))
    days = {f"day-{item.pk}": "2026-09-12" for item in september}
    address = reverse("plans:term-keep", args=[plan.pk])
    told = client.post(address, {"seen": plan.state, "focus": "x", **days}, follow=True).content.decode()
    assert "2026-09-12 不是工作日" in told
    assert "2026-09-12 一天安排了两所以上学校" in told
    assert september.filter(planned_on=date(2026, 9, 12)).count() == 3


def test_the_office_sees_who_is_late_reminds_once_confirms_many_and_returns_with_a_reason(
    at, term, signed_in
) -> None:
    slow = factories.person(Role.INSPECTOR, name="慢一点")
    inspectors.register(slow, at.county, by=at.officer, engagement=Engagement.PART_TIME)
    Assignment.objects.create(inspector=slow, unit=factories.unit(of=at.county), starts_on=factories.SINCE)
    office = signed_in(at.officer)
    assert "2 位督学还没有学期计划" in office.get(reverse("plans:terms")).content.decode()
    office.post(reverse("plans:terms-open", args=[2026, "AUTUMN"]))
    assert "还没有学期计划" not in office.get(reverse("plans:terms")).content.decode()
    plan = submit(signed_in(at.inspector), TermPlan.objects.get(inspector=at.inspector))
    late = BeautifulSoup(
        office.get(reverse("plans:terms"), {"state": "open"}).content.decode(), "html.parser"
    )
    assert [row.select_one("a").get_text() for row in late.select(".list tbody tr")] == ["慢一点"]
    both = {"chosen": [str(pk) for pk in TermPlan.objects.values_list("pk", flat=True)]}
    for _twice in range(2):
        office.post(reverse("plans:terms-remind"), both)
    reminded = Message.objects.filter(kind="plan.term_remind")
    assert [message.recipient for message in reminded] == [slow]
    assert Event.objects.filter(kind="plan.term_remind").count() == 1
    told = office.post(reverse("plans:terms-confirm"), both, follow=True).content.decode()
    assert "已确认 1 份计划" in told
    plan.refresh_from_db()
    assert (plan.state, plan.decided_by) == (State.CONFIRMED, at.officer)
    back = reverse("plans:term-move", args=[plan.pk, "return"])
    assert office.post(back, {"seen": "CONFIRMED", "reason": ""}).status_code == 422
    assert office.post(back, {"seen": "SUBMITTED", "reason": "听课太少"}).status_code == 409, (
        "an older picture"
    )
    office.post(back, {"seen": "CONFIRMED", "reason": "听课太少"})
    theirs = page_of(signed_in(at.inspector), plan)
    assert "听课太少" in theirs.get_text()
    assert Message.objects.filter(recipient=at.inspector, kind="plan.term_return").exists()
    plan.refresh_from_db()
    assert submit(signed_in(at.inspector), plan).state == State.SUBMITTED, "mended and handed in again"


def test_once_handed_in_the_inspector_writes_no_more_and_nobody_else_ever(at, term, signed_in) -> None:
    plan = plan_of(at)
    with pytest.raises(Forbidden):
        term_plans.keep(plan, focus="x", days={}, seen=plan.state, by=at.officer)
    client = signed_in(at.inspector)
    plan = submit(client, plan)
    assert not page_of(client, plan).select("form[action$='/keep/'] input")
    assert send(client, plan).status_code == 409
    with pytest.raises(Forbidden):
        term_plans.move(plan, "confirm", seen=plan.state, by=at.inspector)
    stranger = factories.place()
    assert signed_in(stranger.officer).get(reverse("plans:term", args=[plan.pk])).status_code == 404
    assert signed_in(stranger.officer).post(reverse("plans:terms-confirm"), {"chosen": [str(plan.pk), "x"]}).status_code == 302  # fmt: skip
    plan.refresh_from_db()
    assert plan.state == State.SUBMITTED


def test_only_the_office_is_offered_what_only_it_may_do_with_many(at, term, signed_in) -> None:
    plan_of(at)
    page = reverse("plans:terms")
    assert "确认所选计划" in signed_in(at.officer).get(page).content.decode()
    assert "确认所选计划" not in signed_in(at.inspector).get(page).content.decode()
    assert "确认所选计划" not in signed_in(at.auditor).get(page).content.decode()
