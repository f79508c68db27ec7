"""The plan's list under a hand: all rows are ticked at once and get a day, a click anywhere in a row opens its item."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SignIn, opened
from tests.intake.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county in which nobody has been visited yet: what is done gets no day."""
    yield from opened(tmp_path_factory.mktemp("plans"))


def test_all_rows_are_ticked_get_a_day_and_a_row_opens_its_item(desktop: SignIn, house: House) -> None:
    page = desktop("county")
    page.goto(f"{house.url}/plans/")
    page.get_by_role("button", name="按责任关系生成计划").click()
    expect(page.locator(".list tbody tr").first).to_be_visible()
    page.get_by_label("选择本页全部").check()
    for box in page.locator('input[name="chosen"]').all():
        expect(box).to_be_checked()
    page.get_by_role("button", name="定日期或改期").click()
    month = page.locator(".list-group-item .text-secondary").first.inner_text()[:7]
    page.get_by_label("计划日期").fill(f"{month}-28")
    page.get_by_role("button", name="保存").click()
    row = page.locator(".list tbody tr").first
    expect(row).to_contain_text(f"{month}-28")
    row.locator("td").last.click()
    page.wait_for_url(re.compile(r"/plans/item/[0-9a-f-]{36}/$"))
