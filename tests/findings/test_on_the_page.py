"""What a problem's own page says and does: urging, the plan in rows, outcomes in its history, what comes next."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.findings import asking, handling, stepping
from dudao.findings.asking import Kept, Step
from dudao.findings.models import Finding, Milestone
from dudao.kernel import clock
from dudao.people.roles import Role
from tests import factories
from tests.findings.walking import received, seen, struck_off, told

MONDAY = datetime(2026, 9, 7, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_monday():
    with clock.set_to(MONDAY):
        yield


def page_of(client, finding: Finding) -> BeautifulSoup:
    return BeautifulSoup(client.get(reverse("findings:show", args=[finding.pk])).content, "html.parser")


def sent(client, finding: Finding, name: str, **data: object) -> BeautifulSoup:
    what = {"seen_state": finding.state, "seen_round": finding.round} | data
    answer = client.post(reverse("findings:move", args=[finding.pk, name]), what, follow=True)
    return BeautifulSoup(answer.content, "html.parser")


def rows_of(page: BeautifulSoup) -> list[list[str]]:
    rows = page.select("form[action$='/propose/'] [data-rows-one]")
    return [[field.get("value", "") for field in row.select("input")] for row in rows]


def planned(at, finding: Finding, *days: int) -> Finding:
    steps = [Step(f"节点{n}", clock.today() + timedelta(days=day)) for n, day in enumerate(days, start=1)]
    return asking.propose(finding, by=at.head, seen=seen(finding), text="须立项", steps=steps)


def test_a_unit_that_does_not_confirm_receipt_is_urged_from_the_page_once_a_day(at, signed_in) -> None:
    finding = factories.finding(at)
    office, url = signed_in(at.officer), reverse("findings:urge", args=[finding.pk])
    assert page_of(office, finding).select_one(f"form[action='{url}']")
    said = office.post(url, follow=True).content.decode()
    assert "学校签收" in said
    assert "finding.remind" in told(at.head)
    page = page_of(office, finding)
    assert not page.select_one(f"form[action='{url}']")
    assert "今天已催办" in page.get_text()
    assert "今天已经催办过" in office.post(url, follow=True).content.decode()
    assert not page_of(signed_in(at.head), finding).select_one(f"form[action='{url}']")


def test_who_need_not_act_is_not_urged_and_that_is_no_fault(at, signed_in) -> None:
    paused = received(at)
    paused = handling.pause(paused, by=at.officer, seen=seen(paused), reason="待立项")
    office = signed_in(at.officer)
    chosen = [str(paused.pk), str(struck_off(at).pk)]
    page = BeautifulSoup(office.post("/findings/remind/", {"chosen": chosen}).content, "html.parser")
    assert "计时已暂停，不需要催办" in page.get_text()
    assert len(page.select(".list-group-item .bg-secondary-lt")) == 2
    assert not page.select(".bg-red-lt")
    assert not page_of(office, paused).select_one("form[action$='/urge/']")


def test_a_paused_deadline_is_not_shown_as_if_it_held(at, signed_in) -> None:
    finding = received(at)
    assert "暂停计时" not in page_of(signed_in(at.head), finding).select_one("dl").get_text()
    handling.pause(finding, by=at.officer, seen=seen(finding), reason="待立项")
    for who in (at.head, at.officer):
        assert (
            "暂停计时，恢复后按剩余天数重算" in page_of(signed_in(who), finding).select_one("dl").get_text()
        )


@pytest.mark.parametrize(("agreed", "outcome"), [(True, "同意"), (False, "不同意")])
def test_the_history_names_what_was_decided(at, signed_in, agreed, outcome) -> None:
    finding = planned(at, received(at), 10, 20)
    asking.decide_plan(finding, by=at.officer, seen=seen(finding), agreed=agreed, reason="见附件")
    titles = [
        one.get_text(strip=True) for one in page_of(signed_in(at.head), finding).select("li .fw-medium")
    ]
    assert f"处理分步整改计划：{outcome}" in titles


def test_a_plan_is_typed_in_rows_and_what_is_amiss_is_told_by_its_row(at, signed_in) -> None:
    finding, school = received(at), signed_in(at.head)
    assert rows_of(page_of(school, finding)) == [["", ""]] * 3
    typed = {
        "text": "须立项",
        "steps-0-day": "2026-10-15",
        "steps-0-title": "完成设计",
        "steps-2-title": "完成施工",
    }
    page = sent(school, finding, "propose", **typed)
    assert "第 2 行：请填写日期" in page.get_text()
    assert rows_of(page)[:2] == [["2026-10-15", "完成设计"], ["", "完成施工"]]
    page = sent(school, finding, "propose", **typed | {"steps-2-day": "2026-12-21"})
    assert "最后期限为 2026-12-21。接下来：督导室处理分步整改计划" in page.get_text()
    assert finding.petitions.get().planned == [
        (date(2026, 10, 15), "完成设计"),
        (date(2026, 12, 21), "完成施工"),
    ]


def test_without_javascript_the_page_comes_back_with_one_more_row(at, signed_in) -> None:
    finding, school = received(at), signed_in(at.head)
    typed = {f"steps-{n}-title": f"节点{n}" for n in range(3)} | {"text": "须立项", "another_row": "1"}
    page = sent(school, finding, "propose", **typed)
    assert [title for _day, title in rows_of(page)] == ["节点0", "节点1", "节点2", ""]
    assert page.select_one("form[action$='/propose/'] textarea").get_text(strip=True) == "须立项"
    assert "请填写" not in page.select_one("form[action$='/propose/']").get_text()
    assert not finding.petitions.exists()


def test_a_plan_that_ends_on_a_day_of_rest_ends_on_the_next_that_is_worked(at) -> None:
    finding = planned(at, received(at), 6, 14)  # Sunday 13 September, Monday 21 September
    first, _last = finding.petitions.get().planned
    assert first[0].isoweekday() == 7, "only the last is the deadline"
    sunday = received(at)
    days = (date(2026, 10, 15) - clock.today()).days, (date(2026, 12, 20) - clock.today()).days
    sunday = planned(at, sunday, *days)
    assert sunday.petitions.get().planned[-1][0] == date(2026, 12, 21)
    sunday = asking.decide_plan(sunday, by=at.officer, seen=seen(sunday), agreed=True, reason="")
    assert sunday.due_on == date(2026, 12, 21)


def test_after_a_step_one_is_told_what_happened_and_what_comes_next(at, signed_in) -> None:
    finding = factories.finding(at)
    said = sent(signed_in(at.head), finding, "receive").select_one(".alert-success").get_text(strip=True)
    assert said == "已完成：确认签收。接下来：学校填写整改措施，在期限内报告整改。"
    finding.refresh_from_db()
    finding = planned(at, finding, 10, 21)
    finding = asking.decide_plan(finding, by=at.officer, seen=seen(finding), agreed=True, reason="")
    first, second = finding.milestones.all()
    stepping.report_step(first, by=at.head, text="完成", kept=Kept([factories.picture(at.head).sha256]))
    url = reverse("findings:step", args=[finding.pk, first.pk])
    judged = signed_in(at.inspector).post(url, {"outcome": "pass", "facts": "属实"}, follow=True)
    assert "“节点1”核查通过。接下来：节点2（2026-09-28 前）。" in judged.content.decode()
    assert Milestone.objects.get(pk=second.pk).standing == "open"


def test_what_a_unit_asks_waits_on_the_workbench_of_who_decides_and_is_found_in_the_ledger(
    at, signed_in
) -> None:
    planned(at, received(at), 10, 21)
    late = received(at)
    asking.ask_extension(
        late, by=at.head, seen=seen(late), text="待到货", wished_on=late.due_on + timedelta(days=9)
    )
    quiet = received(at)
    for who, n in ((at.officer, 2), (at.inspector, 1)):  # a plan is the office's to decide
        home = BeautifulSoup(signed_in(who).get("/").content, "html.parser")
        (card,) = home.select("a[href*='asked=1']")
        assert card.get_text(" ", strip=True).split() == ["申请待批", str(n)]
    listed = signed_in(at.officer).get(card["href"]).content.decode()
    assert late.number in listed
    assert quiet.number not in listed
    assert "asked=1" not in signed_in(at.head).get("/").content.decode()


def test_a_step_that_waits_is_counted_on_the_workbench_and_found_in_the_ledger(at, signed_in) -> None:
    finding = planned(at, received(at), 10, 21)
    finding = asking.decide_plan(finding, by=at.officer, seen=seen(finding), agreed=True, reason="")
    client = signed_in(at.inspector)
    assert "节点待核查" not in client.get("/").content.decode()
    step = finding.milestones.all()[0]
    stepping.report_step(step, by=at.head, text="完成", kept=Kept([factories.picture(at.head).sha256]))
    (card,) = BeautifulSoup(client.get("/").content, "html.parser").select("a[href*='step=1']")
    assert card.get_text(" ", strip=True).split() == ["节点待核查", "1"]
    quiet = received(at)
    listed = client.get(card["href"]).content.decode()
    assert finding.number in listed
    assert quiet.number not in listed
    step.refresh_from_db()
    stepping.verify_step(step, by=at.inspector, passed=True, partly=False, facts="属实")
    assert "节点待核查" not in client.get("/").content.decode()


def test_staff_see_first_what_was_handed_to_them_and_nothing_only_the_head_can_do(at, signed_in) -> None:
    staff = factories.person(Role.UNIT_STAFF, of=at.unit)
    unconfirmed, soon = factories.finding(at, wording="待签收的"), received(at, wording="先到期的")
    own = received(at, wording="交办的", days=30)
    handling.hand(own, by=at.head, seen=seen(own), to=staff)
    home = BeautifulSoup(signed_in(staff).get("/").content, "html.parser")
    listed = [one["href"] for one in home.select("a.list-group-item[href^='/findings/']")]
    assert listed == [reverse("findings:show", args=[one.pk]) for one in (own, soon)]
    assert "交给您办理" in home.get_text()
    head = signed_in(at.head).get("/").content.decode()
    assert str(unconfirmed.pk) in head
    assert "交给您办理" not in head


def test_measures_without_a_person_in_charge_name_none(at, signed_in) -> None:
    """As problems of an older system come in."""
    finding = received(at)
    Finding.objects.filter(pk=finding.pk).update(measures="更换围栏", state="RECTIFYING")
    page = page_of(signed_in(at.officer), finding).get_text()
    assert "更换围栏" in page
    assert "责任人：" not in page


def test_a_last_day_is_named_instead_of_counted(at, signed_in) -> None:
    finding = received(at)
    Finding.objects.filter(pk=finding.pk).update(due_on=clock.today())
    page = page_of(signed_in(at.officer), finding).get_text()
    assert "2026-09-07 周一 到期" in page
    assert "还剩 0" not in page
