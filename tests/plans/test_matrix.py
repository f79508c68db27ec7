"""The plan as a matrix: a term, a school year, a month; of a region, a zone, an inspector; on the page and in Excel."""

import io
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from openpyxl import load_workbook

from dudao.inspectors import services as inspectors
from dudao.inspectors.models import Engagement
from dudao.kernel import clock
from dudao.people.models import Assignment
from dudao.people.roles import Role
from dudao.places.models import Kind
from dudao.plans import services
from dudao.plans.models import PlanItem
from dudao.plans.periods import Period, stretch
from dudao.rules.models import Mark, Rule, Term
from dudao.rules.terms import keep_term
from tests import factories

NOW = datetime(2026, 10, 20, 4, tzinfo=UTC)
MONTHS = ["2026-09", "2026-10", "2026-11", "2026-12", "2027-01"]


@pytest.fixture(autouse=True)
def _in_october():
    with clock.set_to(NOW):
        yield


def publish(at) -> None:
    """The county's calendar: the autumn term ends, and spring begins, within a month."""
    keep_term(at.county, 2026, Term.AUTUMN, starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 23), source="校历", by=at.officer)  # fmt: skip
    keep_term(at.county, 2026, Term.SPRING, starts_on=date(2027, 1, 27), ends_on=date(2027, 7, 5), source="校历", by=at.officer)  # fmt: skip


def look(client, query: str) -> BeautifulSoup:
    answer = client.get(f"{reverse('plans:list')}?{query}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.content.decode(), "html.parser")


def heads(page: BeautifulSoup) -> list[str]:
    return [head.a.get_text() for head in page.select(".plan-matrix thead th")[1:]]


def row_of(page: BeautifulSoup, name: str) -> list[str]:
    row = next(row for row in page.select(".plan-matrix tbody tr") if name in row.th.get_text())
    return [cell.get_text(" ", strip=True) for cell in row("td")]


def sums(page: BeautifulSoup) -> dict[str, list[int]]:
    rows = page.select(".plan-matrix tfoot tr")
    return {row.th.get_text(): [int(cell.get_text()) for cell in row("td")] for row in rows}


def test_a_term_shows_what_is_planned_done_overdue_and_missing_against_what_the_law_asks(
    at, signed_in
) -> None:
    publish(at)
    for month in (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)):
        services.draw_up(at.county, month, by=at.officer)
    factories.unit(of=at.county, name="无人小学")
    item = PlanItem.objects.select_related("unit__region", "inspector").get(month=date(2026, 11, 1))
    services.plan_day(item, date(2026, 11, 12), note="", by=at.inspector)
    factories.visit(at)
    page = look(signed_in(at.officer), "period=term&from=2026-10-01")
    assert heads(page) == MONTHS
    assert row_of(page, at.unit.name) == ["已过计划日期", "已督导", "待督导 11-12", "未列入", "未列入"]
    assert row_of(page, "无人小学") == ["未列入"] * 5
    told = sums(page)
    assert told["应督导（校次）"] == [2] * 5
    assert told["已列入计划（项）"] == [1, 1, 1, 0, 0]
    assert told["已定日期（项）"] == [0, 0, 1, 0, 0]
    assert told["已完成（校次）"] == [0, 1, 0, 0, 0]
    assert told["未列入计划（所）"] == [1, 1, 1, 2, 2]
    assert page.select_one(f'a[href="{reverse("plans:item", args=[item.pk])}"]'), "a cell opens its item"


def test_where_a_county_asks_for_two_visits_a_month_one_is_half_of_it(at, signed_in) -> None:
    Rule.objects.create(
        key="visit.per_month", name="n", name_en="n", region=at.county, value=2, starts_on=date(2026, 10, 1),
        source="s", mark=Mark.DESIGN,
    )  # fmt: skip
    factories.visit(at)
    told = sums(look(signed_in(at.officer), "period=year&from=2026-10-01"))
    assert told["应督导（校次）"][:3] == [1, 2, 2]
    assert told["已完成（校次）"][:3] == [0, 1, 0]


def test_a_month_cut_by_a_term_s_edge_stands_in_both_and_says_from_and_until_when(at, signed_in) -> None:
    publish(at)
    client = signed_in(at.officer)
    autumn, spring = look(client, "period=term&from=2026-10"), look(client, "period=term&from=2027-03")
    last, first = autumn.select(".plan-matrix thead th")[-1], spring.select(".plan-matrix thead th")[1]
    assert "至 01-23 止" in last.get_text()
    assert "自 01-27 起" in first.get_text()
    assert last.a.get_text() == first.a.get_text() == "2027-01"
    follow = autumn.select_one('a[rel="next"]')["href"].removeprefix("?")
    assert heads(look(client, follow)) == heads(spring), "one turns from term to term"


def test_a_term_nobody_has_set_says_so_and_leads_to_where_it_is_set(at, signed_in) -> None:
    page = look(signed_in(at.officer), "period=term")
    assert "还没有登记" in page.get_text()
    assert page.select_one(f'a[href="{reverse("office:terms")}?region={at.county.code}"]')
    theirs = look(signed_in(at.inspector), "period=term")
    assert "请督导办登记" in theirs.get_text()
    publish(at)
    assert "还没有登记" not in look(signed_in(at.officer), "period=term").get_text()


def test_months_without_a_published_holiday_list_say_that_working_days_are_provisional(at, signed_in) -> None:
    client = signed_in(at.officer)
    far = look(client, "period=year&from=2031-09-01")
    assert "2031-09、2031-10" in far.select_one(".alert-info").get_text()
    assert not look(client, "period=month&from=2026-10-01").select(".alert-info")


def test_the_head_row_tells_what_each_month_is_about(at, signed_in) -> None:
    services.set_month(
        at.city, date(2026, 11, 1), themes=["T6"], instruments=[], subject="冬季安全", by=at.city_officer
    )
    page = look(signed_in(at.inspector), "period=year")
    november = next(head for head in page.select(".plan-matrix thead th") if "2026-11" in head.get_text())
    assert "冬季安全" in november.get_text()
    assert "校园及周边安全" in november.get_text()


def test_it_is_narrowed_to_a_zone_and_to_an_inspector(at, signed_in) -> None:
    other, mine = factories.unit(of=at.county, name="乙校"), at.unit.name
    colleague = factories.person(Role.INSPECTOR, name="乙督学")
    one = inspectors.register(at.inspector, at.county, by=at.officer, engagement=Engagement.PART_TIME)
    Assignment.objects.create(inspector=colleague, unit=other, starts_on=factories.SINCE)
    zone = inspectors.open_zone(at.county, name="东片", lead=None, on=date(2026, 9, 1), by=at.officer)
    inspectors.arrange([other], zone=zone, inspector=None, on=clock.today(), by=at.officer)
    services.draw_up(at.county, date(2026, 10, 1), by=at.officer)
    client = signed_in(at.officer)

    def names(query: str) -> list[str]:
        page = look(client, f"period=month&{query}")
        return [row.th.find(string=True) for row in page.select(".plan-matrix tbody tr")]

    assert sorted(names("")) == sorted([mine, "乙校"])
    assert names(f"zone={zone.pk}") == ["乙校"]
    assert names(f"inspector={one.pk}") == [mine]
    inspector = look(signed_in(colleague), "period=month")
    assert [row.th.find(string=True) for row in inspector.select(".plan-matrix tbody tr")] == ["乙校"]


def test_what_is_no_compulsory_school_is_shown_once_it_is_planned_and_asked_for_by_nobody(
    at, signed_in
) -> None:
    centre = factories.unit(of=at.county, kind=Kind.TRAINING, name="某培训中心")
    client = signed_in(at.officer)
    assert "某培训中心" not in look(client, "period=month").get_text()
    PlanItem.objects.create(
        unit=centre, inspector=at.inspector, month=date(2026, 10, 1), month_after=date(2026, 11, 1)
    )
    page = look(client, "period=month")
    assert row_of(page, "某培训中心") == ["未定日期"]
    assert sums(page)["应督导（校次）"] == [1]


def test_excel_says_the_same(at, signed_in) -> None:
    services.draw_up(at.county, date(2026, 10, 1), by=at.officer)
    answer = signed_in(at.officer).get(
        reverse("plans:list"), {"period": "month", "from": "2026-10", "export": "xlsx"}
    )
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.rows]
    assert rows[0] == ["学校", "所属区县", "责任督学", "2026-10"]
    assert rows[1] == [at.unit.name, at.county.name, at.inspector.name, "未定日期"]
    assert rows[2][0] == "应督导（校次）"
    assert rows[2][3] == 1


def test_what_the_address_says_wrongly_is_told_and_another_place_stays_out_of_sight(at, signed_in) -> None:
    elsewhere = factories.place()
    zone = inspectors.open_zone(
        elsewhere.county, name="西片", lead=None, on=clock.today(), by=elsewhere.officer
    )
    client = signed_in(at.officer)
    for query in ("period=week", "period=term&from=gestern", f"period=year&zone={zone.pk}", f"period=year&region={elsewhere.county.code}", "period=year&inspector=1"):  # fmt: skip
        page = look(client, query)
        assert "无法识别" in page.get_text(), query
        assert elsewhere.unit.name not in page.get_text()
        assert at.unit.name in page.get_text()


def test_it_costs_the_same_for_one_school_and_for_many(at, signed_in, django_assert_max_num_queries) -> None:
    client = signed_in(at.officer)
    look(client, "period=year")
    with django_assert_max_num_queries(40) as few:
        look(client, "period=year")
    for _more in range(8):
        school = factories.unit(of=at.county)
        Assignment.objects.create(inspector=at.inspector, unit=school, starts_on=factories.SINCE)
    services.draw_up(at.county, date(2026, 10, 1), by=at.officer)
    with django_assert_max_num_queries(40) as many:
        look(client, "period=year")
    assert len(many) == len(few)


@pytest.mark.parametrize(("period", "months"), [(Period.MONTH, 1), (Period.YEAR, 12)])
def test_a_month_is_one_and_a_school_year_has_twelve(at, period, months) -> None:
    found = stretch(period, date(2027, 2, 14), at.county)
    assert len(found.months) == months
    assert stretch(period, found.next_on, at.county).starts_on == found.next_on
