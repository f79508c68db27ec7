"""Every list of the office behaves the same: filters, order, columns, paging, fragment, Excel, and a growth of nothing."""

import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.http import HttpRequest, QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from dudao.findings.models import Finding
from dudao.findings.states import State
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.notify import services as notify
from dudao.rules.models import WordKind
from dudao.rules.queries import labels
from dudao.ui.lists import Listing, declared, exported, reading
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

PLAIN = (
    "alarms",
    "applications",
    "documents",
    "drafts",
    "findings",
)  # lists whose every column is a path of fields


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


@pytest.mark.parametrize("order", ["due", "-due"])
def test_problems_without_a_deadline_stand_behind_those_with_one(at, order) -> None:
    """On every database: PostgreSQL and SQLite disagree about where nothing belongs."""
    for days in (30, 5, 12):
        row = Finding.objects.filter(pk=factories.finding(at).pk)
        row.update(state=State.RECEIVED, due_on=clock.today() + timedelta(days=days))
    factories.finding(at, severity="SERIOUS")  # the office has yet to issue it
    request = HttpRequest()
    request.user, request.GET = at.officer, QueryDict(f"sort={order}")
    found = [one.runs_out_on for one in reading.View(LISTS["findings"], request).rows]
    assert found[-1] is None
    assert found[:-1] == sorted(found[:-1], reverse=order.startswith("-"))
    assert len(set(found)) == 4


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


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_cells_are_the_same_read_as_plain_values_and_from_records(
    client_of, at, monkeypatch, name, language
) -> None:
    listing = LISTS[name]
    client_of(listing)
    request = HttpRequest()
    request.user = getattr(at, READER.get(name, "officer"))
    with translation.override(language):
        view = reading.View(listing, request)
        assert exported.plain_reads(listing, view.rows.model)
        plain = list(map(list, exported.rows_of(view)))
        monkeypatch.setattr(exported, "plain_reads", lambda *_: [])
        assert list(map(list, exported.rows_of(reading.View(listing, request)))) == plain


def test_the_ledger_is_exported_without_building_records(at, monkeypatch) -> None:
    finding = factories.finding(at, category="CANTEEN", severity="MAJOR")
    monkeypatch.setattr(Finding, "from_db", None)
    request = HttpRequest()
    request.user = at.officer
    (cells,) = exported.rows_of(reading.View(LISTS["findings"], request))
    named = dict(zip([one.key for one in LISTS["findings"].columns], cells, strict=True))
    assert named["number"] == finding.number
    assert (named["severity"], named["state"]) == (
        finding.get_severity_display(),
        finding.get_state_display(),
    )
    assert named["category"] == labels(WordKind.CATEGORY)["CANTEEN"] != "CANTEEN"
    assert (named["region"], named["inspector"]) == (at.unit.region.name, at.inspector.name)


@pytest.mark.parametrize("name", LISTS)
def test_paper_has_the_shown_columns_of_every_filtered_row(client_of, name) -> None:
    listing = LISTS[name]
    client = client_of(listing)
    page = shown(client, listing)
    paper = shown(client, listing, "?print=1")
    assert len(paper.select("tbody tr")) == len(cells(page))
    assert paper.select_one("nav, aside, main > form") is None
    on_paper = [head.get_text(" ", strip=True) for head in paper.select("thead th")][1:]
    assert not on_paper or on_paper == heads(page)[len(heads(page)) - len(on_paper) :]


def test_paper_says_what_where_and_how_it_is_narrowed_and_holds_all_pages(client_of, at) -> None:
    ledger = LISTS["findings"]
    client = client_of(ledger)
    for _more in range(ledger.page_size):
        factories.finding(at, severity="MINOR")
    paper = shown(client, ledger, "?severity=MINOR&q=公示&sort=-number&page=2&print=1")
    assert len(paper.select("tbody tr")) == 2 + ledger.page_size
    assert paper.h1.get_text(strip=True) == str(ledger.title)
    about = paper.select_one(".paper-about").get_text(" ", strip=True)
    for part in (
        "一般",
        "搜索“公示”",
        "排序：编号 ↓",
        at.county.office or at.county.name,
        str(clock.today()),
    ):
        assert part in about
    assert "这里只打印" not in paper.get_text()
    assert "print" not in paper.select_one("a.btn")["href"]


def test_paper_that_does_not_hold_all_says_so_and_leads_to_the_file(client_of, monkeypatch) -> None:
    monkeypatch.setattr(reading, "MOST_PRINTED", 2)
    paper = shown(client_of(LISTS["findings"]), LISTS["findings"], "?print=1&state=")
    assert len(paper.select("tbody tr")) == 2
    assert "这里只打印前 2 条" in paper.get_text()
    assert "export=xlsx" in paper.select_one("strong + a")["href"]


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


@pytest.mark.parametrize("name", LISTS)
def test_what_nobody_wrote_is_found_nowhere(client_of, name) -> None:
    listing = LISTS[name]
    client = client_of(listing)
    for search in (one for one in listing.filters if isinstance(one, Search)):
        for text in ("没有这样的字", "龘"):
            assert not cells(shown(client, listing, f"?{search.key}={text}"))


def test_a_text_that_stands_in_several_columns_is_found_once_and_in_order(client_of, at) -> None:
    ledger = LISTS["findings"]
    client = client_of(ledger)
    factories.finding(at, wording=f"{at.unit.name}校门口积水")
    elsewhere = factories.unit(of=at.county, name="银杏路幼儿园")
    Finding.objects.filter(severity="MAJOR").update(unit=elsewhere)
    for column in (one for one in ledger.columns if one.sort):
        for sort in (column.key, f"-{column.key}"):
            rows = cells(shown(client, ledger, f"?state=&sort={sort}"))
            page = shown(client, ledger, f"?state=&sort={sort}&q={at.unit.name}")
            assert "共 3 个问题" in page.get_text()
            found = cells(page)
            assert found == [row for row in rows if "银杏路" not in str(row)]
            assert len(found) == len(rows) - 1 == 3


def test_what_few_ask_for_is_folded_and_stands_open_while_it_narrows(client_of) -> None:
    ledger = LISTS["findings"]
    client = client_of(ledger)
    folded = shown(client, ledger).select_one(".filters details")
    assert not folded.has_attr("open")
    names = {one["name"] for one in folded.select("[name]")}
    assert {"disposition", "found", "struck_off", "due_from", "due_until"} <= names
    assert not {"state", "severity", "category", "overdue"} & names
    assert shown(client, ledger, "?found=2001-01").select_one(".filters details").has_attr("open")


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


@pytest.fixture
def many(client_of, at, monkeypatch) -> Client:
    """A ledger with one row more than is counted, on two pages."""
    for number in range(23):
        factories.finding(at, wording=f"灭火器过期{number}")
    monkeypatch.setattr(reading, "MOST_COUNTED", 22)
    monkeypatch.setattr(reading, "MOST_FOUND", 22)
    return client_of(LISTS["findings"])


@pytest.mark.parametrize("query", ["?state=", "?q=灭火器"])
def test_more_rows_than_are_counted_say_so_and_pages_end_there(many, query) -> None:
    first = shown(many, LISTS["findings"], query)
    assert "超过 22 条" in first.get_text()
    assert "可翻看前 22 条" in first.get_text(" ", strip=True)
    second = shown(many, LISTS["findings"], f"{query}&page=99")
    assert [len(cells(first)), len(cells(second))] == [20, 2]
    assert not {row[1] for row in cells(first)} & {row[1] for row in cells(second)}


def test_a_print_of_more_than_is_counted_says_that_there_is_more(many) -> None:
    assert "这里只打印前" in shown(many, LISTS["findings"], "?q=灭火器&print=1").get_text()


def test_rows_are_counted_without_being_sorted_and_a_search_that_fills_no_page_is_one(
    many, django_assert_max_num_queries
) -> None:
    def asked(query: str) -> list[str]:
        with django_assert_max_num_queries(30) as told:
            shown(many, LISTS["findings"], query)
        return [one["sql"] for one in told if 'FROM "findings_finding"' in one["sql"]]

    [count] = [sql for sql in asked("?state=") if "COUNT(" in sql]
    assert "ORDER BY" not in count
    [count] = [sql for sql in asked("?q=灭火器") if "COUNT(" in sql]
    assert "ORDER BY" not in count
    rare = asked("?q=灭火器过期22")
    assert not [sql for sql in rare if "COUNT(" in sql]
    assert len([sql for sql in rare if "灭火器" in sql and "ORDER BY" in sql and '"id" IN' not in sql]) == 1


def test_a_whole_number_is_that_problem_alone(client_of, at, django_assert_max_num_queries) -> None:
    """Of the pieces of a number every other is full, so it is looked for by its index; a part of it still finds all."""
    for number in ("430211-2026-1001", "430211-2026-10010"):
        Finding.objects.filter(pk=factories.finding(at).pk).update(number=number)
    client, listing = client_of(LISTS["findings"]), LISTS["findings"]
    with django_assert_max_num_queries(30) as told:
        assert [row[1] for row in cells(shown(client, listing, "?q=430211-2026-1001"))] == [
            "430211-2026-1001"
        ]
    assert not [one for one in told if "STRPOS" in one["sql"] or "LIKE '%430211" in one["sql"]]
    assert len(cells(shown(client, listing, "?q=2026-1001"))) == 2
