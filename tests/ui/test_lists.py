"""Every list of the office behaves the same: filters, order, columns, paging, fragment, Excel, and a growth of nothing."""

import io

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.notify import services as notify
from dudao.ui.lists import Listing, declared
from dudao.ui.lists.filters import Month, Search
from dudao.urls import urlpatterns
from tests import factories

assert urlpatterns, "lists are declared with their pages"
LISTS = {one.name: one for one in declared()}
READER = {
    "journal": "auditor",
    "jobs": "administrator",
    "integrity": "administrator",
    "deliveries": "administrator",
    "messages": "head",
}


@pytest.fixture
def client_of(at: factories.Place):
    """A client of somebody who may open the list, with a few rows in nearly every list."""
    for severity in ("MINOR", "MAJOR", "MINOR"):
        factories.finding(at, severity=severity)
    for number in range(3):
        notify.send_once(
            "finding.settle", key=f"t:{number}", to=[at.head], url="/", params={"unit": f"第{number}小学", "wording": "="}
        )  # fmt: skip
    journal.seal()

    def sign_in(listing: Listing) -> Client:
        client = Client()
        who = getattr(at, READER.get(listing.name, "officer"))
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def shown(client: Client, listing: Listing, query: str = "", **more: str) -> BeautifulSoup:
    answer = client.get(reverse(listing.url_name) + query, **more)
    assert answer.status_code == 200, query
    return BeautifulSoup(answer.content.decode(), "html.parser")


def cells(page: BeautifulSoup) -> list[list[str]]:
    return [[cell.get_text(" ", strip=True) for cell in row("td")] for row in page.select(".list tbody tr")]


def heads(page: BeautifulSoup) -> list[str]:
    return [head.get_text(" ", strip=True) for head in page.select(".list thead th")]


@pytest.mark.parametrize("name", LISTS)
def test_each_order_shows_the_same_rows_and_the_other_way_round(client_of, name) -> None:
    listing = LISTS[name]
    client = client_of(listing)
    usual = sorted(map(str, cells(shown(client, listing))))
    for column in (one for one in listing.columns if one.sort):
        rising = shown(client, listing, f"?sort={column.key}")
        falling = shown(client, listing, f"?sort=-{column.key}")
        assert sorted(map(str, cells(rising))) == usual == sorted(map(str, cells(falling)))


@pytest.mark.parametrize("name", LISTS)
def test_the_fragment_is_the_page_s_own_part(client_of, name) -> None:
    listing = LISTS[name]
    client = client_of(listing)
    whole = shown(client, listing)
    part = shown(client, listing, headers={"hx-request": "true"})
    assert part.find("html") is None
    assert part.select_one(".list")["id"] == listing.name
    assert cells(part) == cells(whole)
    assert heads(part) == heads(whole)


@pytest.mark.parametrize("name", LISTS)
def test_what_an_address_asks_and_nobody_understands_is_named_and_ignored(client_of, name) -> None:
    listing = LISTS[name]
    client = client_of(listing)
    wild = "&".join(
        f"{one.key}=%00%27%3Cb%3E&{one.key}_from=x&{one.key}_until=9999-99-99"
        for one in listing.filters
        if not isinstance(one, Search)  # any text may be searched for
    )
    page = shown(client, listing, f"?{wild}&sort=nonsense&columns=nonsense&page=-7")
    assert page.select_one(".list .alert-warning")
    assert len(heads(page)) == len(heads(shown(client, listing)))
    assert "<b>" not in page.select_one(".list .alert-warning").decode_contents()


@pytest.mark.parametrize("name", LISTS)
def test_excel_has_every_column_of_every_filtered_row(client_of, name) -> None:
    listing = LISTS[name]
    client = client_of(listing)
    count = len(cells(shown(client, listing)))
    answer = client.get(reverse(listing.url_name), {"export": "xlsx"})
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="{listing.name}-{clock.today()}.xlsx"'
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[1]] == [str(one.label) for one in listing.columns if one.is_exported]
    assert sheet.max_row - 1 == count


@pytest.mark.parametrize("name", LISTS)
def test_chosen_columns_are_shown_kept_and_given_back(client_of, name) -> None:
    listing = LISTS[name]
    client = client_of(listing)
    usual = shown(client, listing)
    last = listing.columns[-1]
    only = shown(client, listing, f"?columns={last.key}")
    assert not cells(only) or heads(only)[-1] == str(last.label)
    assert heads(shown(client, listing)) == heads(only), "the browser remembers"
    shown(client, listing, "?columns=")
    assert heads(shown(client, listing)) == heads(usual)


def test_the_ledger_is_narrowed_by_each_of_its_filters(client_of) -> None:
    ledger = LISTS["findings"]
    client = client_of(ledger)
    assert len(cells(shown(client, ledger, "?severity=MAJOR"))) == 1
    assert len(cells(shown(client, ledger, "?severity=MAJOR&state=STRUCK_OFF"))) == 0
    assert len(cells(shown(client, ledger, "?q=公示"))) == 3
    nothing = shown(client, ledger, "?q=没有这样的字")
    assert nothing.select_one(".list a.btn-primary")["href"] == f"{reverse(ledger.url_name)}?state="
    assert len(cells(shown(client, ledger, "?state="))) == 3


def test_a_month_is_that_month_of_the_deployment_s_zone(client_of) -> None:
    visits = LISTS["visits"]
    assert any(isinstance(one, Month) for one in visits.filters)
    client = client_of(visits)
    today = timezone.localdate()
    assert len(cells(shown(client, visits, f"?month={today:%Y-%m}"))) == 3
    assert len(cells(shown(client, visits, "?month=2001-01"))) == 0


def test_chosen_messages_are_marked_read_and_only_those(client_of, at) -> None:
    messages = LISTS["messages"]
    client = client_of(messages)
    chosen = [box["value"] for box in shown(client, messages).select("input[name=chosen]")][:2]
    client.post(reverse("notify:read-chosen"), {"chosen": [*chosen, "x", "9" * 30]})
    unread = shown(client, messages, "?unread=1").select("input[name=chosen]")
    assert not {box["value"] for box in unread} & set(chosen)
    assert unread


@pytest.mark.parametrize("name", ["findings", "visits", "units", "messages", "documents"])
def test_a_list_costs_the_same_for_three_rows_and_for_nine(
    client_of, at, name, django_assert_max_num_queries
) -> None:
    listing = LISTS[name]
    client = client_of(listing)
    shown(client, listing)
    with django_assert_max_num_queries(20) as few:
        shown(client, listing)
    for _more in range(6):
        factories.finding(at)
        factories.unit(of=at.county)
    with django_assert_max_num_queries(20) as many:
        shown(client, listing)
    assert len(many) == len(few)
