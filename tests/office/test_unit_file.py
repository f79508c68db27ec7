"""One school's file: what each may see of it on one page, from every room, and nothing more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.findings import services as findings
from dudao.findings.services import Seen
from dudao.journal import followers as reading
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.plans import services as plans
from tests import factories


@pytest.fixture
def school(at):
    """A school with problems, an alarm and a plan; another of a name that holds its own."""
    with clock.set_to(clock.now() - timedelta(days=40)):
        late = factories.finding(at)
        findings.receive(late, by=at.head, seen=Seen(late.state, late.round))
    factories.finding(at, severity="SERIOUS", wording="尚在督导室的问题。")
    factories.alarm(at, what="围墙开裂")
    plans.add(at.unit, at.inspector, clock.today().replace(day=1), planned_on=None, note="", by=at.officer)
    at.namesake = factories.unit(of=at.county, name=f"城东{at.unit.name}")
    factories.finding(replace(at, unit=at.namesake))
    while journal.seal() + reading.run():
        pass
    return at


def page(client, unit) -> BeautifulSoup:
    return BeautifulSoup(client.get(reverse("office:unit", args=[unit.pk])).content.decode(), "html.parser")


def test_the_office_sees_it_whole(school, signed_in) -> None:
    told = page(signed_in(school.officer), school.unit).get_text()
    for what in (
        "未建立作业校内公示制度",
        "尚在督导室的问题",
        "围墙开裂",
        "督导计划",
        "近一年",
        "督导记录",
        school.inspector.name,
    ):
        assert what in told, what


def test_the_school_sees_its_own_without_what_it_was_not_told(school, signed_in) -> None:
    told = page(signed_in(school.head), school.unit).get_text()
    assert "未建立作业校内公示制度" in told
    for what in ("尚在督导室的问题", "围墙开裂", "近一年"):
        assert what not in told, what


def test_problems_by_state_lead_to_those_of_this_school_alone(school, signed_in) -> None:
    client = signed_in(school.officer)
    links = page(client, school.unit).select("main a[href*='unit=']")
    assert len(links) == 2
    for link in links:
        rows = BeautifulSoup(client.get(link["href"]).content.decode(), "html.parser").select(
            ".list tbody tr"
        )
        assert len(rows) == int(link.strong.get_text()) == 1


def test_a_school_of_others_is_no_filter(school, signed_in) -> None:
    other = factories.place()
    listed = BeautifulSoup(
        signed_in(school.officer).get(f"/findings/?unit={other.unit.pk}").content.decode(), "html.parser"
    )
    assert listed.select_one(".list .alert-warning")
    assert other.unit.name not in listed.get_text()


def test_a_file_costs_the_same_for_three_problems_and_for_nine(
    school, signed_in, django_assert_max_num_queries
) -> None:
    client = signed_in(school.officer)
    page(client, school.unit)
    with django_assert_max_num_queries(60) as few:
        page(client, school.unit)
    for _more in range(6):
        factories.finding(school)
    with django_assert_max_num_queries(60) as many:
        page(client, school.unit)
    assert len(few) == len(many)
