"""Two inspectors at one school, each with her own phone, off line: one visit comes of it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import SignIn, opened, sign_in
from tests.browser.test_instruments import certificate, fill_all
from tests.browser.test_loop import finish, look, open_phone, sign
from tests.intake.house import House, until


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county with two inspectors who have agreed to go together."""
    yield from opened(tmp_path_factory.mktemp("joint"), "--team")


def load(page: Page, house: House, who: str) -> None:
    sign_in(page, house, who, to="/field/")
    page.get_by_role("button", name="载入本月").click()
    expect(page.get_by_text("任务更新于")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def record(page: Page, instrument: str, question: str) -> None:
    """From today's school to everything answered; the colleagues are on the page where the visit is begun."""
    page.get_by_role("main").get_by_role("button", name="开始督导").first.click()
    sheet = page.get_by_role("dialog", name="开始督导")
    expect(sheet.get_by_role("checkbox", name=question)).to_be_checked()
    look(page)
    sheet.get_by_role("button", name="更换").click()
    sheet.get_by_role("searchbox").fill(instrument)
    sheet.get_by_role("radio").first.click()
    sheet.get_by_role("checkbox", name="校园巡视").check()
    sheet.get_by_role("button", name="开始", exact=True).click()
    certificate(page)
    problem = page.get_by_role("dialog", name="问题")
    page.add_locator_handler(problem, lambda: problem.get_by_role("button", name="完成").click())
    fill_all(page)
    page.remove_locator_handler(problem)
    page.get_by_role("link", name="完成").click()


def test_two_phones_off_line_make_one_visit(
    playwright: Playwright, house: House, desktop: SignIn, tmp_path: Path
) -> None:
    phones = [open_phone(playwright, tmp_path / name) for name in ("lead", "colleague")]
    lead, colleague = (phone.new_page() for phone in phones)
    load(lead, house, "inspector")
    load(colleague, house, "colleague")
    tabs = colleague.get_by_role("navigation", name="主导航")
    tabs.get_by_role("link", name="我的").click()
    expect(colleague.get_by_role("link", name="网页版工作台")).to_have_attribute("href", "/")
    look(colleague)
    tabs.get_by_role("link", name="今日").click()
    for phone in phones:
        phone.set_offline(True)
    record(lead, "教师访谈", "与王芳同行督导（由我牵头）")
    expect(lead.get_by_role("heading", name="同行督导")).to_be_visible()
    finish(lead)
    record(colleague, "教师访谈", "牵头）")
    expect(colleague.get_by_text("这里只需本人签字")).to_be_visible()
    expect(colleague.get_by_role("button", name="单位签字")).to_have_count(0)
    sign(colleague, "督学签字")
    look(colleague)
    colleague.get_by_role("button", name="完成并上报").click()
    colleague.get_by_role("alertdialog").get_by_role("button", name="完成并上报").click()
    expect(colleague.get_by_text("待上报").first).to_be_visible()

    phones[0].set_offline(False)
    until(lambda: house.read("SELECT count(*) FROM inspections_visit")[0][0] == 1, what="the lead's records")
    lead.get_by_role("button", name="返回").click()
    lead.get_by_role("navigation", name="主导航").get_by_role("link", name="今日").click()
    expect(lead.get_by_text("未上报：王芳")).to_be_visible()
    look(lead)
    [visit] = house.read("SELECT id, state FROM inspections_visit")
    assert visit[1] == "RECEIVING"
    county = desktop("county")
    county.goto(f"{house.url}/visits/{UUID(str(visit[0]))}/")
    expect(county.get_by_text("正在等待同行督学")).to_be_visible()

    phones[1].set_offline(False)
    until(lambda: house.read("SELECT count(*) FROM inspections_visit WHERE state = 'FILED'")[0][0] == 1, what="the visit to be filed")  # fmt: skip
    assert house.read("SELECT count(*) FROM inspections_visit")[0][0] == 1
    assert house.read("SELECT count(*) FROM inspections_sheet")[0][0] == 2
    county.reload()
    expect(county.get_by_role("heading", name="教师访谈")).to_have_count(2)
    expect(county.get_by_text("已并入").first).to_be_visible()
    assert house.read("SELECT count(*) FROM inspections_checkin")[0][0] == 2
    school = desktop("school")
    school.goto(f"{house.url}/messages/")
    expect(school.get_by_text("督学已到校")).to_have_count(2)
    for phone in phones:
        phone.close()
