"""The ledger in lanes: every row is in one lane, a lane's number is that of the list it opens."""

import pytest
from bs4 import BeautifulSoup

from dudao.findings.states import State
from dudao.ui.lists import reading
from tests import factories

LEDGER = "/findings/?state=&group="


def page(client, address: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).content.decode(), "html.parser")


@pytest.mark.parametrize("by", ["state", "severity", "category", "disposition", "region"])
def test_each_lane_opens_its_rows(at, signed_in, by) -> None:
    for severity in ("MINOR", "MINOR", "MAJOR", "SERIOUS", "CRITICAL"):
        factories.finding(at, severity=severity)
    factories.finding(factories.place())
    client = signed_in(at.officer)
    heads = page(client, LEDGER + by).select(".lane-head a")
    numbers = [int(one.span.get_text()) for one in heads]
    assert sum(numbers) == 5
    for head, number in zip(heads, numbers, strict=True):
        assert len(page(client, head["href"]).select(".list tbody tr")) == number, head


def test_lanes_stand_in_the_order_of_life(at, signed_in) -> None:
    factories.finding(at)
    factories.finding(at, severity="SERIOUS")
    labels = [
        one.find(string=True).strip()
        for one in page(signed_in(at.officer), LEDGER + "state").select(".lane-head a")
    ]
    assert labels == [State.RECORDED.label, State.NOTIFIED.label]


def test_too_many_rows_are_not_laid_out_and_the_table_stays(at, signed_in, monkeypatch) -> None:
    monkeypatch.setattr(reading, "MOST_COUNTED", 1)
    factories.finding(at)
    factories.finding(at)
    found = page(signed_in(at.officer), LEDGER + "state")
    assert not found.select(".lane")
    assert "请先用筛选缩小范围" in found.get_text()
    assert found.select(".list tbody tr")


def test_a_lane_shows_a_few_and_costs_the_same_for_many(at, signed_in, django_assert_max_num_queries) -> None:
    client = signed_in(at.officer)
    factories.finding(at)
    page(client, LEDGER + "state")
    with django_assert_max_num_queries(30) as few:
        page(client, LEDGER + "state")
    for _more in range(reading.CARDS + 2):
        factories.finding(at)
    with django_assert_max_num_queries(30) as many:
        found = page(client, LEDGER + "state")
    assert len(found.select(".lane-card")) == reading.CARDS
    assert len(few) == len(many)
