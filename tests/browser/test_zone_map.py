"""The map of zones under a hand: a click and a drag choose what the list beside it would."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.intake.house import House


def test_a_school_is_chosen_on_the_map_and_put_into_a_zone(desktop: SignIn, house: House) -> None:
    page = desktop("county")
    page.goto(f"{house.url}/zones/")
    page.get_by_role("link", name="新增责任区").click()
    page.get_by_label("责任区名称").fill("地图责任区")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="地图").click()
    spot, box = page.locator("[data-spot]"), page.locator('input[name="chosen"]')
    spot.click()
    expect(box).to_be_checked()
    expect(spot).to_have_attribute("aria-checked", "true")
    expect(page.locator("[data-about]:visible")).to_contain_text("未划入责任区")
    spot.press("Enter")
    expect(box).not_to_be_checked()
    box.check()
    expect(spot).to_have_attribute("aria-checked", "true")
    box.uncheck()
    _frame(page)
    expect(box).to_be_checked()
    page.get_by_label("划入责任区", exact=True).select_option(label="地图责任区")
    page.get_by_role("button", name="安排", exact=True).click()
    expect(page.get_by_text("已安排 1 所学校")).to_be_visible()
    expect(page.locator(".zone-map .zone-1")).to_have_count(1)


def test_the_map_is_seen_closer_and_whole_again(desktop: SignIn, house: House) -> None:
    page = desktop("county")
    page.goto(f"{house.url}/zones/")
    page.get_by_role("link", name="地图").click()
    drawing = page.locator("svg.zone-map")
    whole = drawing.get_attribute("viewBox")
    page.get_by_role("button", name="放大").click()
    assert drawing.get_attribute("viewBox") != whole
    size = page.locator("[data-spot] circle").first.bounding_box()
    page.get_by_role("button", name="全图").click()
    assert drawing.get_attribute("viewBox") == whole
    again = page.locator("[data-spot] circle").first.bounding_box()
    assert size is not None
    assert again is not None
    assert abs(size["width"] - again["width"]) < 2, "a school is as large on every scale"


def _frame(page: Page) -> None:
    """A frame around the whole map."""
    area = page.locator("svg.zone-map").bounding_box()
    assert area is not None
    page.keyboard.down("Shift")
    page.mouse.move(area["x"] + 3, area["y"] + 3)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] - 3, area["y"] + area["height"] - 3, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
