"""An office writes a checklist in the browser and sees the phone beside it; a visit can be filled in with it afterwards."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, opened, sign_in
from tests.browser.looking import faults
from tests.intake.house import House

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county of its own: it gets instruments of its own."""
    yield from opened(tmp_path_factory.mktemp("editor"))


@pytest.fixture
def office(browser: Browser, house: House) -> Iterator[OpenPage]:
    """Somebody of the county office at her desk; the content policy stays in force unless it must be looked at by axe."""
    contexts = []
    failed: list[str] = []

    def open_page(size: dict[str, int] = DESKTOP, *, looked_at: bool = False) -> Page:
        context = browser.new_context(viewport=size, locale="zh-CN", bypass_csp=looked_at)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: failed.append(str(error)))
        return sign_in(page, house, "county", to="/instruments/")

    yield open_page
    for context in contexts:
        context.close()
    assert failed == [], "a script of the page failed"


def begin(page: Page, title: str, *, source: str = "") -> None:
    page.get_by_role("link", name="新建量表").click()
    page.get_by_label("名称", exact=True).fill(title)
    if source:
        page.get_by_label("从哪里开始").select_option(label=source)
    page.get_by_role("button", name="开始编写").click()
    expect(page.get_by_role("heading", name="编写量表")).to_be_visible()


def outline(page: Page) -> Locator:
    return page.get_by_role("navigation", name="目录")


def add(page: Page, kind: str, question: str) -> None:
    outline(page).get_by_role("button", name="添加题目").click()
    outline(page).get_by_role("button", name=kind, exact=True).click()
    page.get_by_label("题目", exact=True).fill(question)


def phone(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def settled(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()


def look(page: Page) -> None:
    assert faults(page, page.url) == []


def test_a_checklist_is_written_tried_on_the_phone_beside_and_published(office: OpenPage) -> None:
    page = office()
    begin(page, "食堂突击检查表")
    add(page, "是否题", "食堂是否公示当日菜谱")
    page.get_by_text("问题规则", exact=True).click()
    page.get_by_role("button", name="答“否”时列出问题").click()
    page.get_by_label("问题表述").fill("食堂未公示当日菜谱。")
    add(page, "单选题", "未公示的原因")
    page.get_by_label("选项 1").fill("没有公示栏")
    page.get_by_label("选项 2").fill("没有更新")
    page.get_by_text("何时出现", exact=True).click()
    page.get_by_label("何时出现").select_option(label="满足条件时出现")
    page.get_by_label("哪道题").focus()
    page.get_by_label("哪道题").select_option(label="1 食堂是否公示当日菜谱")
    page.get_by_label("值", exact=True).select_option(label="否")
    settled(page)
    expect(page.get_by_text("“食堂是否公示当日菜谱”是“否”").last).to_be_visible()
    frame = phone(page)
    expect(frame.get_by_role("heading", name=re.compile("食堂是否公示当日菜谱"))).to_be_visible()
    expect(frame.get_by_role("heading", name=re.compile("未公示的原因"))).to_have_count(0)
    frame.get_by_role("radio", name="否").check()
    expect(frame.get_by_role("heading", name=re.compile("未公示的原因"))).to_be_visible()
    frame.get_by_role("button", name=re.compile("问题|下一")).last.click()
    expect(frame.get_by_text("食堂未公示当日菜谱。")).to_be_visible()
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布第 1 版")).to_be_visible()
    expect(page.get_by_text("仅当：“食堂是否公示当日菜谱”是“否”")).to_be_visible()


def test_what_is_missing_is_found_by_a_click_and_an_undo_brings_back_what_was_deleted(
    office: OpenPage,
) -> None:
    page = office()
    begin(page, "宿舍检查表")
    add(page, "多选题", "宿舍有哪些隐患")
    page.get_by_label("选项 1").fill("私拉电线")
    settled(page)
    expect(page.get_by_role("button", name="发布", exact=True)).to_be_disabled()
    outline(page).get_by_role("button", name="量表信息").click()
    page.get_by_role("button", name="1 处待改").click()
    page.get_by_role("button", name=re.compile("有选项还没有文字")).click()
    page.get_by_label("选项 2").fill("堵塞通道")
    expect(page.get_by_role("button", name="发布", exact=True)).to_be_enabled()
    page.get_by_role("button", name="删除这道题").click()
    expect(outline(page).get_by_role("button", name=re.compile("宿舍有哪些隐患"))).to_have_count(0)
    settled(page)
    page.get_by_role("button", name="撤销").click()
    expect(outline(page).get_by_role("button", name=re.compile("宿舍有哪些隐患"))).to_be_visible()


def test_items_are_dragged_to_their_place(office: OpenPage) -> None:
    page = office()
    begin(page, "拖动")
    for question in ("甲题", "乙题", "丙题"):
        add(page, "文字", question)
    settled(page)
    grips = outline(page).locator(".outline-item .grip")
    grips.nth(2).drag_to(grips.nth(0), target_position={"x": 3, "y": 2})
    expect(outline(page).locator(".outline-item")).to_have_text(
        [re.compile("丙题"), re.compile("甲题"), re.compile("乙题")]
    )
    settled(page)
    page.reload()
    expect(outline(page).locator(".outline-item").first).to_have_text(re.compile("丙题"))


def test_without_network_nothing_is_lost_and_saving_goes_on_by_itself(office: OpenPage) -> None:
    page = office()
    begin(page, "断网也不丢")
    page.context.set_offline(True)
    add(page, "文字", "断网时写的题")
    expect(page.get_by_role("status").filter(has_text="改动已存在本机浏览器")).to_be_visible()
    page.context.set_offline(False)
    settled(page)
    page.reload()
    expect(outline(page).get_by_role("button", name=re.compile("断网时写的题"))).to_be_visible()


def test_two_authors_see_what_differs_and_choose(office: OpenPage) -> None:
    first, second = office(), office()
    begin(first, "两人同写")
    add(first, "文字", "原来的题")
    settled(first)
    second.goto(first.url)
    first.get_by_label("题目", exact=True).fill("第一人改的题")
    settled(first)
    outline(second).get_by_role("button", name=re.compile("原来的题")).click()
    second.get_by_label("填写提示").fill("第二人写的提示")
    dialog = second.get_by_role("dialog")
    expect(dialog).to_contain_text("第一人改的题")
    dialog.get_by_role("button", name="改用对方的").click()
    expect(outline(second).get_by_role("button", name=re.compile("第一人改的题"))).to_be_visible()
    settled(second)


@pytest.mark.one_database
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_editor_is_accessible_and_fits(office: OpenPage, size) -> None:
    page = office(size, looked_at=True)
    begin(page, "各种题型", source="推门听课记录表")
    look(page)
    tabs = page.get_by_role("tablist")
    for index in (1, 4, 8):
        if tabs.is_visible():
            tabs.get_by_role("tab", name="目录").click()
        outline(page).locator(".outline-item > .outline-row .outline-line").nth(index).click()
        page.get_by_role("button", name="英文").click()
        look(page)
    if tabs.is_visible():
        tabs.get_by_role("tab", name="手机预览").click()
        look(page)


def test_the_kept_copy_of_this_browser_is_taken_up_again(office: OpenPage) -> None:
    page = office()
    begin(page, "关了窗口")
    page.context.set_offline(True)
    add(page, "文字", "还没送到服务器")
    expect(page.get_by_role("status").filter(has_text="改动已存在本机浏览器")).to_be_visible()
    address = page.url
    again = page.context.new_page()
    page.close(run_before_unload=False)
    again.context.set_offline(False)
    again.goto(address)
    expect(again.get_by_text("已恢复上次没能保存到服务器的改动")).to_be_visible()
    expect(
        again.get_by_role("navigation", name="目录").get_by_role("button", name=re.compile("还没送到服务器"))
    ).to_be_visible()
