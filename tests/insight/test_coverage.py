"""Coverage as matrices: who was where in which month, what is missing, and that a gap leads to where it is closed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.inspectors import services as inspectors
from dudao.journal import followers as reading
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.people.models import Assignment
from dudao.places.models import Unit
from dudao.plans import services as plans
from dudao.rules.models import Rule
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
