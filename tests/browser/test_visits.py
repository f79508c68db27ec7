"""A visit with several checklists on the phone, and how its problems are handled."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.browser.conftest import SignIn, opened
from tests.browser.test_instruments import fill_all, start
from tests.browser.test_loop import finish, load_month, look, open_phone
from tests.intake.house import House, until


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county of its own: other stories count their visits."""
    yield from opened(tmp_path_factory.mktemp("visits"))


def test_two_checklists_and_a_problem_for_a_department_in_one_visit(
    playwright: Playwright, house: House, desktop: SignIn, phone_profile: Path
) -> None:
    phone = open_phone(playwright, phone_profile)
    page = phone.new_page()
    load_month(page, house)
    phone.set_offline(True)
    problem = page.get_by_role("dialog", name="问题")
    page.add_locator_handler(problem, lambda: problem.get_by_role("button", name="完成").click())
    start(page, "教师访谈", another=False)
    fill_all(page)

    page.get_by_role("link", name="检查").click()
    for name in ("推门听课", "自查"):
        page.get_by_role("button", name="加一张表").click()
        sheet = page.get_by_role("dialog", name="加一张表")
        sheet.get_by_role("button", name=re.compile("更换")).click()
        sheet.get_by_role("searchbox").fill(name)
        sheet.get_by_role("radio").first.click()
        look(page)
        sheet.get_by_role("button", name="加入本次督导").click()
        expect(
            page.get_by_role("navigation", name="本次督导的督导表").get_by_role("link", name=re.compile(name))
        ).to_be_visible()
    page.get_by_role("button", name="删除此表").click()  # nothing in it: it goes without a question
    tabs = page.get_by_role("navigation", name="本次督导的督导表").get_by_role("link")
    expect(tabs).to_have_count(2)
    tabs.last.click()
    fill_all(page)

    page.get_by_role("link", name="检查").click()
    tabs.last.click()
    page.get_by_role("navigation", name="检查项目分组").get_by_role("link").last.click()
    page.get_by_label(re.compile("与建议不同的理由")).fill("学生参与面广")
    page.get_by_role("link", name="问题").click()
    page.remove_locator_handler(problem)
    page.get_by_role("button", name="添加问题").click()
    problem.get_by_label("问题描述").fill("教学楼屋顶漏雨")
    problem.get_by_role("radio", name="较重").check()
    problem.get_by_label("类别").select_option("OTHER")
    problem.get_by_label("处置方式").select_option("COMPLEX")
    look(page)
    problem.get_by_role("button", name="完成").click()
    expect(problem.get_by_text("请填写转办的部门")).to_be_visible()
    problem.get_by_label("转办部门").fill("基建财务科")
    problem.get_by_role("button", name="完成").click()
    expect(page.get_by_text("协商转办有关部门：基建财务科")).to_be_visible()
    look(page)

    page.get_by_role("link", name="检查").click()
    tabs.last.click()
    page.get_by_role("button", name="删除此表").click()
    page.get_by_role("alertdialog").get_by_role(
        "button", name="取消"
    ).click()  # what has answers is asked about
    expect(tabs).to_have_count(2)
    page.close()
    page = phone.new_page()  # closed and opened again: both are there
    page.goto(f"{house.url}/field/")
    expect(page.get_by_role("navigation", name="本次督导的督导表").get_by_role("link")).to_have_count(2)
    page.get_by_role("link", name="完成").click()
    page.get_by_role("link", name="预览").click()
    for text in ("教师访谈", "推门听课"):
        expect(page.get_by_role("heading", name=re.compile(text))).to_be_visible()
    look(page)
    page.get_by_role("button", name="返回").click()
    page.get_by_role("link", name="完成").click()
    assert page.locator(".missing li").all_inner_texts() == [
        "被督导单位意见：请选择同意或不同意",
        "督学签字",
        "单位签字，或注明拒签理由",
    ]
    finish(page)
    phone.set_offline(False)
    until(lambda: house.read("SELECT count(*) FROM inspections_visit WHERE state = 'FILED'")[0][0] == 1, what="the visit to be filed")  # fmt: skip
    [visit] = house.read("SELECT id, flags FROM inspections_visit")
    assert "sheet" not in str(visit[1]).lower()
    assert house.read("SELECT count(*) FROM inspections_sheet")[0][0] == 2
    phone.close()

    county = desktop("county")
    county.goto(f"{house.url}/visits/{UUID(str(visit[0]))}/")
    for text in ("推门听课", "教师访谈"):
        expect(county.get_by_role("heading", name=re.compile(text))).to_be_visible()
    county.get_by_role("link", name=re.compile("屋顶漏雨")).click()
    expect(county.get_by_label("转办部门")).to_have_value("基建财务科")
    county.get_by_role("button", name="转办有关部门").click()
    expect(county.get_by_text("转办中").first).to_be_visible()


def test_the_red_button_off_line_stands_on_every_page_of_the_county_and_is_answered(
    playwright: Playwright, house: House, desktop: SignIn, phone_profile: Path
) -> None:
    phone = open_phone(playwright, phone_profile)
    page = phone.new_page()
    load_month(page, house)
    phone.set_offline(True)
    page.get_by_role("button", name="重大隐患").click()
    form = page.get_by_role("dialog", name="重大隐患上报")
    form.get_by_role("button", name="立即上报").click()
    expect(form.get_by_text("请写明发生了什么")).to_be_visible()
    expect(form.get_by_text("请选择学校")).to_be_visible()
    expect(form.get_by_label("学校")).to_have_css("border-color", "rgb(180, 35, 24)")
    form.get_by_label("学校").select_option(index=1)
    form.get_by_label("发生了什么").fill("燃气泄漏，食堂已停火")
    look(page)
    page.close()
    page = phone.new_page()  # closed and opened again: what was typed is there
    page.goto(f"{house.url}/field/")
    page.get_by_role("button", name="重大隐患").click()
    expect(form_of(page).get_by_label("发生了什么")).to_have_value("燃气泄漏，食堂已停火")
    form_of(page).get_by_role("button", name="立即上报").click()
    page.get_by_role("alertdialog").get_by_role("button", name="立即上报").click()
    expect(page.get_by_text("一有信号立即上报，请同时打电话")).to_be_visible()
    look(page)
    phone.set_offline(False)
    expect(page.get_by_text("等待知悉")).to_be_visible()

    county = desktop("county")
    banner = county.get_by_role("alert").filter(has_text="燃气泄漏")
    expect(banner.locator("time")).to_have_text(re.compile(r"^\d+:\d\d$"))
    county.goto(f"{house.url}/findings/")
    expect(banner).to_be_visible()
    banner.get_by_role("link", name="查看并处理").click()
    county.get_by_label("由谁处理").fill("李主任")
    county.get_by_role("button", name="已知悉，开始处理").click()
    expect(banner).to_have_count(0)
    expect(page.get_by_text("已知悉，处理人：李主任")).to_be_visible()
    county.get_by_label("处理结果").fill("燃气公司已修复")
    county.get_by_role("button", name="处理完毕").click()
    expect(county.get_by_text("已办结。")).to_be_visible()
    expect(page.get_by_text("已处理：燃气公司已修复")).to_be_visible()
    look(page)
    phone.close()


def form_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="重大隐患上报")
