"""A visit is found by its school and by everybody who took part, and its row names them all."""

import csv
import io
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from openpyxl import load_workbook

from dudao.inspections.models import Visit
from dudao.people.roles import Role
from tests import factories
from tests.inspections.together import Team, hand_in, team


@pytest.fixture
def us(at: factories.Place) -> Team:
    """A joint visit of all three, and one that a colleague made alone."""
    made = team(at, names=("欧阳立新", "司马青"))
    for who in (made.lead, *made.members):
        hand_in(made, who)
    factories.finding(replace(at, inspector=factories.person(Role.INSPECTOR, name="诸葛明")))
    return made


def rows(client, **query: str) -> list[str]:
    """What the column of inspectors says of each visit the list shows."""
    answer = client.get(reverse("inspections:list"), query)
    page = BeautifulSoup(answer.content.decode(), "html.parser")
    heads = [head.get_text(" ", strip=True) for head in page.select(".list thead th")]
    return [row("td")[heads.index("督学")].get_text(" ", strip=True) for row in page.select(".list tbody tr")]


def together_in_words(us: Team) -> str:
    return "、".join(one.name for one in (us.lead, *us.members))


@pytest.mark.parametrize("text", ["欧阳立新", "阳立", "oylx", "YL", "司马青", "青"])
def test_by_anybody_who_took_part_and_the_lead_is_named_first(us, signed_in, text) -> None:
    assert rows(signed_in(us.at.officer), q=text) == [together_in_words(us)]


def test_once_where_a_text_stands_in_several_names_and_in_every_order(us, signed_in) -> None:
    client = signed_in(us.at.officer)
    for one in us.members:
        one.name = f"林{one.name}"
        one.save(update_fields=["name"])
    for sort in ("started", "-started", "inspector", "-unit"):
        assert rows(client, q="林", sort=sort) == [together_in_words(us)], sort
        assert rows(client, q=us.at.unit.name, sort=sort) == rows(client, sort=sort), sort


def test_who_has_not_handed_in_is_not_in_it(at, signed_in) -> None:
    us = team(at, names=("欧阳立新", "司马青"))
    hand_in(us, us.lead)
    hand_in(us, us.members[0])
    client = signed_in(at.officer)
    assert rows(client, q="司马青") == []
    assert rows(client, q="欧阳立新") == [f"{us.lead.name}、欧阳立新"]


def test_who_only_supplemented_it_is_found_and_named_as_such(at, signed_in) -> None:
    us = team(at, names=("欧阳立新",))
    hand_in(us, us.lead, without="不等了")
    hand_in(us, us.members[0])
    assert rows(signed_in(at.officer), q="oylx") == [f"{us.lead.name}、欧阳立新（补充）"]


def test_nobody_finds_more_than_they_may_see(us, signed_in) -> None:
    elsewhere = factories.place()
    assert rows(signed_in(elsewhere.officer), q="欧阳立新") == []


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_files_name_all_of_them(us, signed_in, suffix) -> None:
    answer = signed_in(us.at.officer).get(reverse("inspections:list"), {"q": "oylx", "export": suffix})
    if suffix == "csv":
        cells = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        cells = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert len(cells) == 2
    assert together_in_words(us) in cells[1]


def test_the_search_of_the_office_finds_it_too_and_leads_to_all(us, signed_in, monkeypatch) -> None:
    monkeypatch.setattr("dudao.office.searching.SHOWN", 1)
    client = signed_in(us.at.officer)
    answer = client.get(reverse("office:search"), {"q": "欧阳"})
    page = BeautifulSoup(answer.content.decode(), "html.parser")
    (found,) = page.select("#visit a.list-group-item")
    visit = Visit.objects.get(inspector=us.lead)
    assert found["href"] == reverse("inspections:show", args=[visit.pk])
    assert together_in_words(us) in found.get_text(" ", strip=True)
    answer = client.get(reverse("office:search"), {"q": us.at.unit.name})
    card = BeautifulSoup(answer.content.decode(), "html.parser").select_one("#visit")
    assert card.h2.get_text(" ", strip=True).endswith("2")
    assert len(rows(client, q=us.at.unit.name)) == 2
    assert card.select_one("a.ms-auto")["href"].startswith(reverse("inspections:list"))


def test_the_list_costs_the_same_for_one_joint_visit_and_for_four(
    us, signed_in, django_assert_max_num_queries
) -> None:
    client = signed_in(us.at.officer)
    rows(client, q="欧阳")
    with django_assert_max_num_queries(25) as few:
        assert len(rows(client, q="欧阳")) == 1
    for _more in range(3):
        us.at.unit = factories.unit(of=us.at.county)
        more = team(us.at, names=("欧阳立新", "司马青"))
        for who in (more.lead, *more.members):
            hand_in(more, who)
    with django_assert_max_num_queries(25) as many:
        assert len(rows(client, q="欧阳")) == 4
    assert len(many) == len(few)
