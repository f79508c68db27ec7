"""A region at one glance: every number is that of the list it opens, and nobody looks beyond their region."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.findings import services as findings
from dudao.findings.services import Seen
from dudao.journal import followers as reading
from dudao.journal import services as journal
from dudao.kernel import clock
from tests import factories


@pytest.fixture
def burning(at):
    """A late problem, a grave danger, one due soon, and one in another city."""
    with clock.set_to(clock.now() - timedelta(days=60)):
        late = factories.finding(at)
        findings.receive(late, by=at.head, seen=Seen(late.state, late.round))
    factories.finding(at, severity="CRITICAL")
    factories.finding(at)
    factories.finding(factories.place())
    while journal.seal() + reading.run():
        pass
    return at


def page(client, url: str) -> BeautifulSoup:
    answer = client.get(url)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content.decode(), "html.parser")


@pytest.mark.parametrize("who", ["officer", "city_officer", "auditor"])
def test_every_figure_is_the_number_of_rows_it_opens(burning, signed_in, who) -> None:
    client = signed_in(getattr(burning, who))
    checked = 0
    for card in page(client, reverse("insight:glance")).select("a.card-link"):
        number = card.select_one(".h1").get_text(strip=True)
        if number.isdigit() and urlsplit(card["href"]).path in (
            reverse("findings:ledger"),
            reverse("inspections:list"),
        ):
            status = page(client, card["href"]).select_one(".list [role=status]").get_text()
            assert int(re.search(r"\d+", status).group()) == int(number), card
            checked += 1
    assert checked == 6


def test_bars_and_burning_schools_lead_to_their_rows(burning, signed_in) -> None:
    client = signed_in(burning.officer)
    found = page(client, reverse("insight:glance"))
    for bar in found.select(".trend a"):
        rows = page(client, bar["href"]).select(".list tbody tr")
        assert len(rows) == int(bar.select_one(".trend-number").get_text())
    school = found.find("a", string=None, href=re.compile("unit="))
    assert "重大隐患 1" in school.get_text()
    assert "逾期 1" in school.get_text()
    assert len(page(client, school["href"]).select(".list tbody tr")) == 3


def test_a_city_goes_down_to_its_counties_and_no_further(burning, signed_in) -> None:
    client = signed_in(burning.city_officer)
    links = [one["href"] for one in page(client, reverse("insight:glance")).select("tbody th a")]
    assert links == [reverse("insight:glance-of", args=[burning.county.code])]
    assert burning.city.name in page(client, links[0]).select_one(".page-pretitle").get_text()
    other = factories.place()
    assert client.get(reverse("insight:glance-of", args=[other.county.code])).status_code == 404


def test_a_quiet_region_says_that_nothing_burns(at, signed_in) -> None:
    assert "没有逾期的问题" in page(signed_in(at.officer), reverse("insight:glance")).get_text()


def test_a_glance_costs_the_same_for_three_problems_and_for_twelve(
    burning, signed_in, django_assert_max_num_queries
) -> None:
    client = signed_in(burning.officer)
    client.get(reverse("insight:glance"))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("insight:glance"))
    for _more in range(9):
        factories.finding(burning)
    while journal.seal() + reading.run():
        pass
    with django_assert_max_num_queries(40) as many:
        client.get(reverse("insight:glance"))
    assert len(few) == len(many)
