"""Search: by name, initials, number and text; only what one may see; any text is harmless."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.inspectors import services as inspectors
from dudao.office import searching
from dudao.people import accounts
from tests import factories


@pytest.fixture
def known(at):
    """A school with an inspector and a problem, and another county's of the same name."""
    at.unit = factories.unit(of=at.county, name="银杏路小学")
    inspectors.register(at.inspector, at.county, by=None, engagement="PART_TIME")
    at.found = factories.finding(at, wording="操场围栏松动，存在安全隐患。")
    elsewhere = factories.place()
    elsewhere.unit = factories.unit(of=elsewhere.county, name="银杏路中学")
    factories.finding(elsewhere, wording="操场围栏缺失。")
    return at


def groups(client, text: str) -> dict[str, list[str]]:
    answer = client.get(reverse("office:search"), {"q": text})
    assert answer.status_code == 200, text
    page = BeautifulSoup(answer.content.decode(), "html.parser")
    return {
        card["id"]: [one.get_text(" ", strip=True) for one in card.select("a.list-group-item")]
        for card in page.select("[data-dudao-results] .card")
    }


@pytest.mark.parametrize("text", ["银杏", "yxl", "YXL"])
def test_a_school_is_found_by_name_and_initials_within_one_s_reach(known, signed_in, text) -> None:
    found = groups(signed_in(known.officer), text)
    assert [one.split()[0] for one in found["unit"]] == ["银杏路小学"]


def test_a_problem_is_found_by_number_text_and_school(known, signed_in) -> None:
    client = signed_in(known.officer)
    for text in (known.found.number, known.found.number[-9:], "围栏", "银杏路小学"):
        (one,) = groups(client, text)["finding"]
        assert known.found.number in one, text


def test_an_inspector_is_found_and_leads_to_the_registry(known, signed_in) -> None:
    client = signed_in(known.officer)
    assert known.inspector.name in groups(client, known.inspector.name)["inspector"][0]
    assert "inspector" not in groups(signed_in(known.head), known.inspector.name)


def test_an_inspector_is_found_by_pinyin_initials_wherever_people_are_looked_for(known, signed_in) -> None:
    accounts.change_account(known.inspector, by=known.officer, name="欧阳立新")
    client = signed_in(known.officer)
    assert "欧阳立新" in groups(client, "OYLX")["inspector"][0]
    for page in ("inspectors:list", "inspections:list", "people:accounts"):
        answer = client.get(reverse(page), {"q": "oylx", "month": ""})
        assert "欧阳立新" in answer.content.decode(), page
    assert "欧阳立新" not in client.get(reverse("inspectors:list"), {"q": "csy"}).content.decode()
    assert known.found.number in client.get(reverse("findings:ledger"), {"q": "oylx"}).content.decode()


def test_a_document_is_found_by_its_title(known, signed_in) -> None:
    assert groups(signed_in(known.officer), "问题清单")["document"]


def test_a_school_does_not_find_what_the_office_still_holds(known, signed_in) -> None:
    known.unit = known.found.unit
    head = factories.person("UNIT", of=known.unit)
    held = factories.finding(known, severity="SERIOUS", wording="围栏伤人。")
    assert held.number in str(groups(signed_in(known.officer), "围栏伤人"))
    assert "finding" not in groups(signed_in(head), "围栏伤人")


@pytest.mark.parametrize(
    "text", ["%", "_", "%%", "\\", "'", '"', "😀", "<b>", "\x00", "a" * 5000, "' OR 1=1 --", "𬭎"]
)
def test_any_text_is_harmless_and_matches_only_itself(known, signed_in, text) -> None:
    found = groups(signed_in(known.officer), text)
    assert "unit" not in found
    assert "finding" not in found


def test_what_is_more_than_shown_is_counted_and_leads_to_the_list(known, signed_in) -> None:
    for _one in range(searching.SHOWN + 2):
        factories.finding(known, wording="门卫脱岗。")
    client = signed_in(known.officer)
    page = BeautifulSoup(client.get(reverse("office:search"), {"q": "门卫"}).content.decode(), "html.parser")
    card = page.select_one("#finding")
    assert len(card.select("a.list-group-item")) == searching.SHOWN
    assert card.h2.get_text(" ", strip=True).endswith("10")
    rows = BeautifulSoup(client.get(card.select_one("a.ms-auto")["href"]).content.decode(), "html.parser")
    assert len(rows.select(".list tbody tr")) == 10


def test_a_search_costs_the_same_for_two_and_for_eight(
    known, signed_in, django_assert_max_num_queries
) -> None:
    client = signed_in(known.officer)
    client.get(reverse("office:search"), {"q": "银杏"})
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("office:search"), {"q": "银杏"})
    for number in range(5):
        factories.unit(of=known.county, name=f"银杏{number}小学")
    with django_assert_max_num_queries(40) as many:
        client.get(reverse("office:search"), {"q": "银杏"})
    assert len(few) == len(many)
