"""Working a list and the search without a mouse: what the keys do, and that what they open is accessible."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, sign_in
from tests.browser.looking import faults
from tests.intake.house import House

pytestmark = pytest.mark.one_database
LEDGER = "/findings/?state="


@pytest.fixture
def ledger(browser: Browser, furnished: House) -> Iterator[Page]:
    """The ledger of problems, open before an officer of the county."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", bypass_csp=True)
    yield sign_in(context.new_page(), furnished, "county", to=LEDGER)
    context.close()


def rows(page: Page) -> list[str]:
    """Where the link of each row leads."""
    first = "rows => rows.map(row => row.querySelector('td:not(.chooser) a[href]').getAttribute('href'))"
    return page.locator(".list tbody tr").evaluate_all(first)


def at(page: Page) -> str | None:
    """Where the link that has the focus leads."""
    return page.evaluate("document.activeElement.getAttribute('href')")


def test_j_and_k_walk_the_rows_and_stop_at_both_ends(ledger: Page) -> None:
    links = rows(ledger)
    assert len(links) > 2
    ledger.keyboard.press("j")
    assert at(ledger) == links[0]
    ledger.keyboard.press("j")
    assert at(ledger) == links[1]
    expect(ledger.locator("tr.is-open")).to_have_count(1)
    ledger.keyboard.press("k")
    ledger.keyboard.press("k")
    assert at(ledger) == links[0]
    for _row in links:
        ledger.keyboard.press("j")
    assert at(ledger) == links[-1]


def test_enter_opens_the_row_beside_the_list_j_goes_on_and_escape_gives_the_row_back(ledger: Page) -> None:
    links, address = rows(ledger), ledger.url
    beside = ledger.locator("#beside")
    whole = beside.get_by_role("link", name="打开整页")
    ledger.keyboard.press("j")
    ledger.keyboard.press("Enter")
    expect(beside).to_be_visible()
    expect(beside).to_be_focused()
    expect(whole).to_have_attribute("href", whole_address(ledger, links[0]))
    expect(beside.get_by_role("heading", level=1)).to_be_visible()
    ledger.keyboard.press("j")
    expect(whole).to_have_attribute("href", whole_address(ledger, links[1]))
    assert faults(ledger, "a problem beside its list") == []
    ledger.keyboard.press("Escape")
    expect(beside).to_be_hidden()
    assert at(ledger) == links[1]
    assert ledger.url == address


def whole_address(page: Page, path: str) -> str:
    """The whole address of a path of this house."""
    return page.evaluate("path => new URL(path, location.href).href", path)


def test_letters_typed_into_a_field_stay_there(ledger: Page) -> None:
    box = ledger.locator(".list .filter-search")
    box.click()
    ledger.keyboard.type("jk/")
    expect(box).to_have_value("jk/")
    expect(box).to_be_focused()
    expect(ledger.locator("#beside")).to_be_hidden()


def test_slash_goes_to_the_search_and_the_arrows_through_what_it_found(ledger: Page) -> None:
    ledger.keyboard.press("/")
    expect(ledger.locator('form[role="search"] input[name="q"]')).to_be_focused()
    ledger.keyboard.type("小学")
    ledger.keyboard.press("Enter")
    ledger.wait_for_url("**/search/?q=*")
    results = ledger.locator("[data-dudao-results] a.list-group-item")
    expect(results.first).to_be_visible()
    links = [one.get_attribute("href") for one in results.all()]
    assert len(links) > 1
    box = ledger.locator("[data-dudao-search]")
    ledger.keyboard.press("/")
    expect(box).to_be_focused()
    ledger.keyboard.press("ArrowDown")
    assert at(ledger) == links[0]
    ledger.keyboard.press("ArrowDown")
    assert at(ledger) == links[1]
    ledger.keyboard.press("ArrowUp")
    ledger.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    assert box.input_value() == "小学"
    ledger.keyboard.press("ArrowDown")
    ledger.keyboard.press("Enter")
    ledger.wait_for_url(f"**{links[0]}")
