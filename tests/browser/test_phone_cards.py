"""What a problem's card on the phone says where the state of the whole would mislead: a step that waits, days that are paused."""

from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect

from tests import factories
from tests.browser.conftest import DESKTOP, sign_in
from tests.browser.test_loop import load_month, open_phone
from tests.browser.test_rows import address_of, unfold
from tests.intake.house import House


def acting(browser: Browser, house: House, username: str, to: str) -> Page:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    return sign_in(context.new_page(), house, username, to=to)


def test_a_step_that_waits_and_days_that_are_paused_stand_on_the_card(
    playwright: Playwright, browser: Browser, furnished: House, phone_profile: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "design.jpg"
    photo.write_bytes(factories.jpeg(90, (800, 600)))
    ((planned, step),) = furnished.read(
        "SELECT finding_id, id FROM findings_milestone WHERE title = '完成设计'"
    )
    school = acting(browser, furnished, "school", f"{address_of(planned)}steps/{step}/")
    school.locator("[name=text]").fill("设计图已审")
    school.locator("[name=photos]").set_input_files(photo)
    school.get_by_role("button", name="提交").click()
    expect(school.get_by_text("接下来：督学核查")).to_be_visible()

    ((paused,),) = furnished.read("SELECT id FROM findings_finding WHERE state = 'RETURNED' LIMIT 1")
    county = acting(browser, furnished, "county", address_of(paused))
    unfold(county, "pause")
    county.locator("form[action$='/pause/'] [name=note]").fill("等待立项")
    county.locator("form[action$='/pause/'] button").last.click()
    expect(county.get_by_text("计时已暂停。")).to_be_visible()

    phone = open_phone(playwright, phone_profile)
    page = phone.new_page()
    load_month(page, furnished)
    page.goto(f"{furnished.url}/field/#/findings")
    card = page.locator(f"a.card[href$='{address_of(planned).split('/')[2]}']")
    expect(card).to_contain_text("有节点待核查")
    expect(page.locator("a.card").filter(has_text="暂停计时")).to_have_count(1)
    page.locator("a.card").filter(has_text="暂停计时").click()
    expect(page.get_by_text("暂停计时，恢复后按剩余天数重算")).to_be_visible()
    phone.close()
