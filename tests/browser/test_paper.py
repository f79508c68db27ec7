"""A page printed by the browser's own command: its title and what it says, nothing that can only be clicked."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import sign_in
from tests.intake.house import House

pytestmark = pytest.mark.one_database

SHEET = {"width": 1047, "height": 718}  # CSS pixels: A4 on its side, 297 × 210 mm, less its margins
WITH_OWN_HEAD = ["/coverage/"]
PAGES = ["/", "/findings/", "/findings/?group=state", "/zones/", "/rules/", "/instruments/", *WITH_OWN_HEAD]


@pytest.mark.parametrize("address", PAGES)
def test_paper_carries_the_title_and_no_tools(browser: Browser, furnished: House, address: str) -> None:
    context = browser.new_context(viewport=SHEET, locale="zh-CN")
    page = sign_in(context.new_page(), furnished, "county", to=address)
    page.emulate_media(media="print")
    title = page.locator(".paper-title" if address in WITH_OWN_HEAD else "h1.page-title")
    expect(title).to_be_visible()
    for tool in ("nav", "main .btn", "main select", "main input[type=checkbox]", "main summary"):
        assert not [one for one in page.locator(tool).all() if one.is_visible()], tool
    for lane in page.locator(".lane").all():
        box = lane.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= SHEET["width"]
    context.close()
