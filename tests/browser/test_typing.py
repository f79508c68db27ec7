"""What was typed is never lost, and what is clicked twice is done once."""

from uuid import UUID

from playwright.sync_api import Browser, expect

from tests.browser.conftest import DESKTOP, sign_in
from tests.intake.house import House


def test_a_changed_text_comes_back_with_a_word_and_can_be_done_without(
    browser: Browser, furnished: House
) -> None:
    ((pk, address),) = furnished.read("SELECT id, address FROM places_unit WHERE is_open AND kind = 'PRIMARY' ORDER BY code LIMIT 1")  # fmt: skip
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    page = sign_in(context.new_page(), furnished, "county", to=f"/units/{UUID(str(pk))}/edit/")
    field, word = page.get_by_label("地址"), page.get_by_text("已恢复您上次填写")
    expect(word).to_have_count(0)
    field.fill("泰山路 8 号")
    page.goto(f"{furnished.url}/")
    page.goto(f"{furnished.url}/units/{UUID(str(pk))}/edit/")
    expect(word).to_be_visible()
    expect(field).to_have_value("泰山路 8 号")
    page.get_by_role("button", name="恢复原来的内容").click()
    expect(word).to_have_count(0)
    expect(field).to_have_value(address)
    page.reload()
    expect(word).to_have_count(0)
    expect(field).to_have_value(address)
    context.close()


def test_too_long_a_text_is_refused_and_not_cut(browser: Browser, furnished: House) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    page = sign_in(context.new_page(), furnished, "county", to="/units/new/")
    page.get_by_label("名称").fill("学" * 101)
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_label("名称")).to_have_value("学" * 101)
    expect(page.get_by_text("100", exact=False).first).to_be_visible()
    context.close()


def test_a_double_click_does_it_once(browser: Browser, furnished: House) -> None:
    ((before,),) = furnished.read("SELECT count(*) FROM instruments_draft")
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    page = sign_in(context.new_page(), furnished, "county", to="/instruments/new/")
    page.locator("main form input[type=text]").first.fill("连点两次的量表")
    page.locator("main form button[type=submit]").last.dblclick()
    page.wait_for_url(lambda url: "/new/" not in url)
    assert furnished.read("SELECT count(*) FROM instruments_draft") == [(before + 1,)]
    context.close()


def test_what_was_found_goes_along_when_the_outcome_changes(browser: Browser, furnished: House) -> None:
    ((pk,),) = furnished.read("SELECT id FROM findings_finding WHERE state = 'REPORTED' ORDER BY number LIMIT 1")  # fmt: skip
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    page = sign_in(context.new_page(), furnished, "county", to=f"/findings/{UUID(str(pk))}/")
    first, other = page.locator("form[action$='/verify/']"), page.locator("form[action$='/return/']")
    first.locator("[name=facts]").fill("第三间教室的插座仍未更换。")
    photo = {"name": "socket.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 a photo"}
    first.locator("[name=photos]").set_input_files(photo)
    page.get_by_text("退回整改").locator("visible=true").first.click()
    expect(other.locator("[name=facts]")).to_have_value("第三间教室的插座仍未更换。")
    assert other.locator("[name=photos]").evaluate("field => field.files.length") == 1
    context.close()
