"""Coverage as matrices: who was where in which month, what is missing, and that a gap leads to where it is closed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.insight import queries
from dudao.inspectors import services as inspectors
from dudao.journal import followers as reading
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.people.models import Assignment
from dudao.places.models import Level, Region, Unit
from dudao.plans import services as plans
from dudao.rules.models import Rule, Term, TermDates
from dudao.rules.teaching import visits_asked
from tests import factories


def catch_up() -> None:
    while journal.seal() + reading.run():
        pass


@pytest.fixture
def term(at):
    """Two schools of one inspector and one of nobody's; one visited this month."""
    other, bare = factories.unit(of=at.county, name="东街小学"), factories.unit(of=at.county, name="西街小学")
    Assignment.objects.create(inspector=at.inspector, unit=other, starts_on=factories.SINCE)
    plans.set_month(
        at.county, clock.today().replace(day=1), by=at.officer, themes=["T2"], instruments=[], subject=""
    )
    factories.visit(at)
    catch_up()
    at.other, at.bare = other, bare
    return at


def rows(client, code: str, by: str) -> dict[str, list[BeautifulSoup]]:
    answer = client.get(reverse("insight:coverage", args=[code]), {"by": by})
    assert answer.status_code == 200
    page = BeautifulSoup(answer.content.decode(), "html.parser")
    return {row.th.find(string=True).strip(): row("td") for row in page.select("table.cover-grid tbody tr")}


def test_inspectors_by_month_with_the_schools_that_are_nobody_s_first(term, signed_in) -> None:
    found = rows(signed_in(term.officer), term.county.code, "inspectors")
    assert list(found) == ["无人负责", term.inspector.name]
    last = found[term.inspector.name][-1]
    assert "1/2" in last.text
    assert "grid-part" in last["class"]
    assert last.a["href"].startswith(reverse("plans:list"))
    assert "应督导 2 所，已督导 1 所" in last.text
    assert found["无人负责"][-1].a["href"].startswith(reverse("inspectors:zones", args=[term.county.code]))


def test_an_inspector_who_came_later_owes_nothing_for_the_months_before(term, signed_in) -> None:
    Assignment.objects.filter(inspector=term.inspector).update(starts_on=clock.today().replace(day=1))
    first, *_between, last = rows(signed_in(term.officer), term.county.code, "inspectors")[
        term.inspector.name
    ]
    assert "grid-none" in first["class"]
    assert "grid-part" in last["class"]


def test_a_city_sees_its_counties_by_month_and_drills_down(term, signed_in) -> None:
    cell = rows(signed_in(term.city_officer), term.city.code, "counties")[term.county.name][-1]
    assert "1/3" in cell.text
    assert signed_in(term.city_officer).get(cell.a["href"]).status_code == 200


def test_themes_are_covered_by_a_visit_of_their_month_and_a_gap_fills_the_plan_s_form(
    term, signed_in
) -> None:
    client = signed_in(term.officer)
    found = rows(client, term.county.code, "themes")
    tones = [cell["class"][-1] for cell in found[term.unit.name]]
    assert tones.count("grid-full") == 1
    assert tones[1] == "grid-full"
    gap = found["东街小学"]
    assert gap[1]["class"][-1] == "grid-part"
    form = BeautifulSoup(client.get(gap[0].a["href"]).content.decode(), "html.parser")
    assert form.select_one("[name=unit]")["value"] == "东街小学"


def test_zones_by_month(term, signed_in) -> None:
    zone = inspectors.open_zone(term.county, name="第一责任区", lead=None, on=clock.today(), by=term.officer)
    inspectors.put_in_zone([term.unit, term.other], zone, on=clock.today(), by=term.officer)
    assert "1/2" in rows(signed_in(term.officer), term.county.code, "zones")["第一责任区"][-1].text


@pytest.mark.parametrize(("by", "name"), [("inspectors", ""), ("zones", "第一责任区")])
def test_a_gap_of_a_month_that_is_over_leads_to_the_schools_not_to_a_plan(term, signed_in, by, name) -> None:
    with clock.set_to(clock.now() - timedelta(days=100)):
        zone = inspectors.open_zone(
            term.county, name="第一责任区", lead=None, on=clock.today(), by=term.officer
        )
        inspectors.put_in_zone([term.unit, term.other], zone, on=clock.today(), by=term.officer)
    before, now = rows(signed_in(term.officer), term.county.code, by)[name or term.inspector.name][-2:]
    assert now.a["href"].startswith(reverse("plans:list"))
    assert before.a["href"].startswith(reverse("insight:coverage", args=[term.county.code]) + "?month=")


def test_the_burden_on_a_school_is_measured_against_the_rule(term, signed_in) -> None:
    client = signed_in(term.officer)
    assert rows(client, term.county.code, "burden")[term.unit.name][-1]["class"][-1] == "grid-full"
    Rule.objects.filter(key="burden.visits").update(value=1)
    factories.visit(term)
    catch_up()
    over = rows(client, term.county.code, "burden")[term.unit.name][-1]
    assert over["class"][-1] == "grid-over"
    assert "2 次督导" in over.text
    listed = BeautifulSoup(client.get(over.a["href"]).content.decode(), "html.parser")
    assert len(listed.select(".list tbody tr")) == 2


def test_law_and_local_rule_are_both_told_with_their_source(term, signed_in) -> None:
    client = signed_in(term.officer)
    page = client.get(
        reverse("insight:coverage", args=[term.county.code]), {"by": "inspectors"}
    ).content.decode()
    assert "教育督导条例" in page
    assert "每校每月不少于 1 次" in page
    plain = BeautifulSoup(
        client.get(reverse("insight:coverage", args=[term.county.code])).content.decode(), "html.parser"
    )
    assert "法定 2" in plain.thead.text
    assert plain.find("a", string="待督导")["href"].startswith(reverse("plans:add"))


def test_a_month_that_is_over_says_who_was_not_visited_and_asks_for_no_plan(term, signed_in) -> None:
    page = signed_in(term.officer).get(
        reverse("insight:coverage", args=[term.county.code]), {"month": f"{factories.SINCE:%Y-%m}"}
    )
    told = page.content.decode()
    assert "未督导" in told
    assert "待督导" not in told


@pytest.mark.parametrize("by", ["inspectors", "themes", "burden", "zones", "nonsense"])
def test_a_region_without_anything_says_so(at, signed_in, by) -> None:
    empty = factories.region(parent=at.city)
    answer = signed_in(at.city_officer).get(reverse("insight:coverage", args=[empty.code]), {"by": by})
    assert answer.status_code == 200
    assert "没有" in answer.content.decode()


@pytest.mark.parametrize("by", ["inspectors", "themes", "burden", "zones"])
def test_a_matrix_costs_the_same_for_three_schools_and_for_nine(
    term, signed_in, django_assert_max_num_queries, by
) -> None:
    client = signed_in(term.officer)
    url = reverse("insight:coverage", args=[term.county.code]) + f"?by={by}"
    client.get(url)
    with django_assert_max_num_queries(60) as few:
        client.get(url)
    for _more in range(6):
        unit = factories.unit(of=term.county)
        Assignment.objects.create(
            inspector=term.inspector, unit=unit, starts_on=clock.today() - timedelta(days=1)
        )
    with django_assert_max_num_queries(60) as many:
        client.get(url)
    assert len(many) == len(few)


def test_the_map_shows_where_problems_are_and_opens_those_of_the_school(term, signed_in) -> None:
    Unit.objects.filter(pk=term.other.pk).update(lng=None, lat=None)
    factories.finding(replace(term, unit=term.other))
    with clock.set_to(clock.now() - timedelta(days=30)):
        factories.finding(term)
    catch_up()
    client = signed_in(term.officer)
    page = BeautifulSoup(
        client.get(reverse("insight:coverage", args=[term.county.code]), {"by": "map"}).content.decode(),
        "html.parser",
    )
    (spot,) = page.select("svg a")
    assert "spot-late" in str(spot)
    assert spot["aria-label"] == f"{term.unit.name} · 未销号 2 · 已逾期 1"
    assert (
        len(BeautifulSoup(client.get(spot["href"]).content.decode(), "html.parser").select(".list tbody tr"))
        == 2
    )
    assert [one.span.get_text() for one in page.select(".zone-schools a")] == [term.unit.name, "东街小学"]


def test_a_province_goes_down_to_its_cities_before_it_lists_inspectors(term, signed_in) -> None:
    address, query = reverse("insight:coverage", args=[term.city.code]), {"by": "inspectors"}
    client = signed_in(term.city_officer)
    assert term.inspector.name in client.get(address, query).content.decode()
    Region.objects.filter(pk=term.city.pk).update(level=Level.PROVINCE)
    page = client.get(address, query).content.decode()
    assert "by=inspectors" not in page
    assert term.inspector.name not in page


@pytest.fixture
def usual(at):
    """A county with the usual rule of holidays."""
    Rule.objects.filter(key="visit.teaching_days").update(value=12)
    return at


@pytest.mark.parametrize(
    ("day", "asked"),
    [("2026-01-31", 1), ("2026-02-28", 0), ("2026-03-31", 1), ("2026-06-30", 1), ("2026-07-31", 0), ("2026-08-31", 0), ("2026-09-30", 1)],
)  # fmt: skip
def test_months_of_holidays_ask_for_no_visit(usual, day, asked) -> None:
    month = date.fromisoformat(day).replace(day=1)
    assert visits_asked([usual.county], [month]) == {(usual.county.pk, month): asked}


def test_the_county_s_own_calendar_says_which_months_have_school(usual) -> None:
    july, august = date(2026, 7, 1), date(2026, 8, 1)
    TermDates.objects.create(
        region=usual.city, year=2025, term=Term.SPRING, starts_on=date(2026, 3, 2), ends_on=date(2026, 7, 20), source="校历"
    )  # fmt: skip
    TermDates.objects.create(
        region=usual.county, year=2026, term=Term.AUTUMN, starts_on=date(2026, 8, 10), ends_on=date(2027, 1, 20), source="校历"
    )  # fmt: skip
    there = visits_asked([usual.county, usual.city], [july, august])
    assert (there[usual.county.pk, july], there[usual.county.pk, august]) == (1, 1)
    assert (there[usual.city.pk, july], there[usual.city.pk, august]) == (1, 0)


def test_how_much_teaching_a_month_needs_is_a_rule_of_the_place(usual) -> None:
    july = date(2026, 7, 1)
    Rule.objects.create(
        key="visit.teaching_days", region=usual.county, value=0, starts_on=date(2026, 7, 1), source="区教育局"
    )
    assert visits_asked([usual.county, usual.city], [july]) == {
        (usual.county.pk, july): 1,
        (usual.city.pk, july): 0,
    }


def test_nobody_owes_a_visit_in_august_and_every_page_agrees(usual, signed_in) -> None:
    with clock.set_to(datetime(2026, 8, 20, 3, tzinfo=UTC)):
        client, august = signed_in(usual.officer), date(2026, 8, 1)
        for region in (usual.county, usual.city):
            assert (queries.coverage(region, august).needed, queries.coverage(region, august).rate) == (
                0,
                None,
            )
        page = BeautifulSoup(
            client.get(reverse("insight:coverage", args=[usual.county.code])).content.decode(), "html.parser"
        )
        assert "本月没有督导次数要求" in page.get_text()
        assert page.find("a", string="待督导") is None
        last = rows(client, usual.county.code, "inspectors")[usual.inspector.name][-1]
        assert "grid-none" in last["class"]
        above = rows(signed_in(usual.city_officer), usual.city.code, "counties")[usual.county.name]
        assert [cell["class"][-1] for cell in above] == ["grid-gap"] * 4 + ["grid-none"] * 2
        assert "本月没有督导次数要求" in client.get(reverse("insight:glance")).content.decode()
        assert "本月不要求" in signed_in(usual.inspector).get("/").content.decode()
        plan = client.get(reverse("plans:list"), {"period": "month", "from": "2026-08"}).content.decode()
        assert "未列入</" not in plan
