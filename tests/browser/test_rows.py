"""Rows that a form has more or fewer of: the steps of a plan, added, removed, and given back as a draft."""

from uuid import UUID

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.intake.house import House


def typed(page: Page) -> list[tuple[str, str]]:
    """Name and text of each row's field for words."""
    fields = page.locator("[data-rows-one] input[type=text]").all()
    return [(str(field.get_attribute("name")), field.input_value()) for field in fields]


def address_of(key: object) -> str:
    """The page of a problem, by its key as the database gives it."""
    return f"/findings/{UUID(str(key))}/"


def unfold(page: Page, move: str = "propose") -> None:
    for folded in page.locator(f"form[action$='/{move}/']").locator("xpath=ancestor::details").all():
        if folded.get_attribute("open") is None:
            folded.locator("> summary").click()


def test_steps_of_a_plan_are_added_removed_and_kept_as_a_draft(browser: Browser, furnished: House) -> None:
    ((pk,),) = furnished.read("SELECT id FROM findings_finding WHERE state = 'RECEIVED' AND NOT asks_extension ORDER BY number LIMIT 1")  # fmt: skip
    address = address_of(pk)
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    page = sign_in(context.new_page(), furnished, "school", to=address)
    unfold(page)
    for n in range(3):
        page.locator("[data-rows-one] input[type=text]").nth(n).fill(f"节点{n}")
    page.get_by_role("button", name="再加一行").click()
    page.locator("[data-rows-one] input[type=text]").nth(3).fill("节点3")
    page.locator("[data-rows-one] input[type=date]").nth(3).fill("2027-01-04")
    page.get_by_role("button", name="删除这一行").nth(1).click()
    wanted = [("steps-0-title", "节点0"), ("steps-1-title", "节点2"), ("steps-2-title", "节点3")]
    assert typed(page) == wanted
    page.get_by_role("button", name="再加一行").click()
    page.locator("[data-rows-one] input[type=text]").nth(3).fill("节点4")
    page.reload()
    unfold(page)
    assert typed(page) == [*wanted, ("steps-3-title", "节点4")]
    assert page.locator("[data-rows-one] input[type=date]").nth(2).input_value() == "2027-01-04"
    context.close()


def test_what_is_typed_beside_a_list_is_kept_too(browser: Browser, furnished: House) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    page = sign_in(context.new_page(), furnished, "school", to="/findings/?state=RECEIVED")

    def open_beside() -> None:
        page.locator(".list tbody a[href]").last.click()
        expect(page.locator("#beside h1")).to_be_visible()
        unfold(page)

    open_beside()
    expect(page.get_by_role("button", name="删除这一行").first).to_be_visible()
    page.locator("[data-rows-one] input[type=text]").first.fill("完成设计")
    page.reload()
    open_beside()
    assert ("steps-0-title", "完成设计") in typed(page)
    context.close()
