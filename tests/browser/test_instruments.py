"""Checklists on the phone: found by name, every kind of answer filled in by touch, read again at the office and in the report."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect
from pypdf import PdfReader

from tests.browser.conftest import SignIn, opened
from tests.browser.test_loop import finish, load_month, look, open_phone
from tests.intake.house import House, until


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county of its own: the loop counts its visits."""
    yield from opened(tmp_path_factory.mktemp("sheets"))


def start(page: Page, name: str, *, another: bool) -> None:
    """From the school's page to the first group of the checklist whose name has `name`."""
    tabs = page.get_by_role("navigation", name="主导航")
    while not tabs.is_visible():
        page.get_by_role("button", name="返回").click()
    tabs.get_by_role("link", name="学校").click()
    page.get_by_role("link", name=re.compile("小学")).first.click()
    sheet = page.get_by_role("dialog", name="开始督导")
    page.get_by_role("main").get_by_role("button", name="另开一次" if another else "开始督导").click()
    if another:
        page.get_by_role("alertdialog").get_by_role("button", name="另开一次").click()
    expect(sheet.get_by_role("button", name=re.compile("“双减”工作督导检查表（学校）"))).to_be_visible()
    sheet.get_by_role("button", name=re.compile("更换")).click()
    expect(sheet.get_by_text("八大主题", exact=True)).to_be_visible()
    look(page)
    sheet.get_by_role("searchbox").fill("没有这张表")
    expect(sheet.get_by_text("没有名称含")).to_be_visible()
    sheet.get_by_role("searchbox").fill(name)
    sheet.get_by_role("radio").first.click()
    expect(sheet.get_by_role("searchbox")).to_have_count(0)
    sheet.get_by_role("checkbox", name="校园巡视").check()
    sheet.get_by_role("button", name="开始", exact=True).click()
    certificate(page)


def certificate(page: Page) -> None:
    """The certificate is held up at the gate; then the first group of the checklist is there."""
    expect(page.get_by_role("heading", name="教育督导 · 到校亮证")).to_be_visible()
    look(page)
    page.get_by_role("button", name="进入督导").click()
    expect(page.get_by_role("article").first).to_be_visible()


def fill(item: Locator) -> None:
    """Answer one item well, whatever its kind."""
    groups = item.get_by_role("radiogroup")
    if groups.count():
        radios = groups.first.get_by_role("radio")
        if not groups.first.locator("input:checked").count():
            (radios.nth(8) if radios.count() > 8 else radios.first).check()
    elif item.get_by_role("group").count() and item.get_by_role("checkbox").count():
        for box in item.get_by_role("checkbox").all()[:3]:
            box.check()
    elif item.locator("input[type=date]").count():
        item.get_by_role("button", name="今天").click()
    elif item.locator("input[inputmode=decimal]").count():
        field = item.locator("input[inputmode=decimal]")
        field.press_sequentially("40.05")  # "40.0" on the way must not shrink to "40"
        expect(field).to_have_value("40.05")
    elif item.locator("input[inputmode=numeric]").count():
        write(item.locator("input[inputmode=numeric]"), "6")
    elif item.locator("textarea").count():
        write(item.locator("textarea").first, "做法扎实")


def write(field: Locator, text: str) -> None:
    """The problem raised by the field before may open between the tap and the keys, and takes them; then once more."""
    field.fill(text)
    while field.input_value() != text:
        field.fill(text)


def fill_group(page: Page) -> None:
    done: set[str] = set()
    while True:
        left = [one for one in page.get_by_role("article").all() if one.get_attribute("id") not in done]
        if not left:
            return
        done.add(str(left[0].get_attribute("id")))
        fill(left[0])


def fill_all(page: Page) -> None:
    while True:
        fill_group(page)
        look(page)
        onward = page.get_by_role("button", name=re.compile("下一组|去看问题"))
        last = onward.inner_text().strip() == "去看问题"
        onward.click()
        if last:
            return


def test_every_kind_of_answer_is_filled_by_touch_and_read_again(
    playwright: Playwright, house: House, desktop: SignIn, phone_profile: Path
) -> None:
    phone = open_phone(playwright, phone_profile)
    page = phone.new_page()
    load_month(page, house)
    problem = page.get_by_role("dialog", name="问题")
    page.add_locator_handler(problem, lambda: problem.get_by_role("button", name="完成").click())

    start(page, "教师访谈", another=False)  # decimals and scales; left unfinished
    fill_all(page)

    start(
        page, "自查", another=True
    )  # dates, several choices, weighted scores, a grade that follows from them
    fill_all(page)
    page.get_by_role("link", name="检查").click()
    page.get_by_role("link", name=re.compile("八个方面")).click()
    expect(page.get_by_text("本部分得分：80%（88/110 分）")).to_be_visible()
    page.get_by_role("link", name=re.compile("自评结论")).click()
    grade = page.locator("article").filter(has_text="自评等级")
    expect(grade.get_by_text("建议：良好")).to_be_visible()
    grade.get_by_role("button", name="采用建议：良好").click()
    expect(grade.get_by_role("radio", name=re.compile("良好"))).to_be_checked()
    expect(grade.get_by_role("button", name="采用建议：良好")).to_have_count(0)
    grade.get_by_role("radio", name=re.compile("优秀")).check()
    reason = grade.get_by_label("与建议不同的理由（必填）")
    reason.fill("市级示范校复评优秀")
    look(page)

    page.get_by_role("link", name="完成").click()
    finish(page)
    until(lambda: house.read("SELECT count(*) FROM inspections_visit WHERE state = 'FILED'")[0][0] >= 1, what="the visit to be filed")  # fmt: skip
    [visit] = house.read("SELECT v.id, v.flags FROM inspections_visit v JOIN inspections_sheet s ON s.visit_id = v.id JOIN instruments_version i ON i.hash = s.version_id JOIN instruments_instrument k ON k.id = i.instrument_id WHERE k.key = 'school-self-check'")  # fmt: skip
    assert "sheet" not in str(visit[1]).lower()  # the server finds nothing missing or wrong
    phone.close()

    county = desktop("county")
    county.goto(f"{house.url}/visits/{UUID(str(visit[0]))}/")
    expect(county.get_by_text("80%（88/110 分）").first).to_be_visible()
    expect(county.get_by_text("巡查、查阅资料、听课")).to_be_visible()
    expect(county.get_by_text("市级示范校复评优秀")).to_be_visible()
    until(lambda: house.read("SELECT count(*) FROM documents_document WHERE state <> 'READY'")[0][0] == 0, what="the report")  # fmt: skip
    county.reload()
    link = county.get_by_role("link", name="PDF").first.get_attribute("href")
    body = county.context.request.get(f"{house.url}{link}").body()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    assert "得分情况" in text
    assert "80%" in text
