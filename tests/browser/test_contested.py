"""A contested problem played whole: found on a visit, objected to, another's matter, struck off, looked at again, rebounded,
extended, and rectified at last."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, SignIn, opened, sign_in
from tests.browser.looking import faults
from tests.browser.test_loop import finish, load_month, make_visit, open_phone
from tests.intake.house import ROOT, House, until

LAST_HALF = """
import django; django.setup()
from datetime import timedelta
from dudao.findings.looking_back import last_half
from dudao.findings.models import Finding
Finding.objects.update(struck_off_at=last_half().span[0] + timedelta(days=30))
"""


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county with a department that has an account."""
    yield from opened(tmp_path_factory.mktemp("contested"), "--department")


@pytest.fixture
def desktop(browser: Browser, house: House) -> Iterator[SignIn]:
    """Sign somebody in; pages are looked at with axe, which the page's own policy would not let in."""
    contexts = []

    def open_page(username: str) -> Page:
        context = browser.new_context(viewport=DESKTOP, locale="zh-CN", bypass_csp=True)
        contexts.append(context)
        return sign_in(context.new_page(), house, username)

    yield open_page
    for context in contexts:
        context.close()


def look(page: Page) -> None:
    assert faults(page, page.url) == []


def open_first(page: Page, house: House, address: str) -> None:
    """From a list to the page of the one row there is."""
    page.goto(house.url + address)
    look(page)
    link = page.get_by_role("link", name=re.compile("公示")).first
    expect(link).to_be_visible()
    page.goto(house.url + str(link.get_attribute("href")))


def act(page: Page, name: str, **typed: str) -> None:
    """Unfold the form of a move, as a person does, fill it in and send it."""
    form = page.locator(f"form[action$='/{name}/']")
    for folded in form.locator("xpath=ancestor::details").all():
        if folded.get_attribute("open") is None:
            folded.locator("> summary").click()
    for field, text in typed.items():
        box = form.locator(f"[name={field}]")
        kind = box.evaluate("one => one.type")
        if kind == "file":
            box.set_input_files(text)
        elif kind.startswith("select"):
            box.select_option(label=text)
        else:
            box.fill(text)
    form.get_by_role("button").last.click()
    expect(page.get_by_text("已完成：").first).to_be_visible()


def test_a_contested_problem_from_the_visit_to_the_look_back(
    playwright: Playwright, house: House, desktop: SignIn, phone_profile: Path, tmp_path: Path
) -> None:
    photo, minutes = tmp_path / "board.jpg", tmp_path / "会议纪要.pdf"
    photo.write_bytes(factories.jpeg(90, (1600, 1200)))
    minutes.write_bytes(b"%PDF-1.7 minutes")

    phone = open_phone(playwright, phone_profile)
    page = phone.new_page()
    load_month(page, house)
    make_visit(page, photo)
    finish(page)
    until(lambda: house.read("SELECT count(*) FROM inspections_visit WHERE state = 'FILED'")[0][0] == 1, what="the visit to be filed")  # fmt: skip
    phone.close()

    school = desktop("school")
    school.set_viewport_size(PHONE)  # schools read it on a telephone
    open_first(school, house, "/findings/")
    expect(school.get_by_role("button", name="确认签收")).to_be_visible()
    address = school.url
    school.get_by_role("button", name="确认签收").click()
    expect(school.get_by_text("已签收").first).to_be_visible()
    look(school)
    act(school, "object", text="公示栏设在西门", papers=str(minutes))
    expect(school.get_by_text("异议待定").first).to_be_visible()
    expect(school.get_by_text("暂停计时").first).to_be_visible()
    look(school)

    county = desktop("county")
    county.goto(address)
    expect(county.get_by_role("link", name="会议纪要.pdf")).to_be_visible()
    look(county)
    act(county, "reject", note="西门公示栏为空白")
    expect(county.get_by_text("整改中").first).to_be_visible()

    school.reload()
    expect(school.get_by_text("西门公示栏为空白").first).to_be_visible()
    act(school, "disown", owner="区教育局基建科", text="公示栏由基建科统一安装")
    county.reload()
    act(county, "refer", unit="区教育局基建科", note="请基建科办理")
    expect(county.get_by_text("转办中").first).to_be_visible()
    school.reload()
    expect(school.get_by_text("转办中").first).to_be_visible()

    department = desktop("department")
    open_first(department, house, "/findings/")
    look(department)
    act(department, "answer", note="公示栏已统一安装")
    county.reload()
    act(county, "sign_off")
    expect(county.get_by_text("已销号").first).to_be_visible()

    subprocess.run([sys.executable, "-c", LAST_HALF], env=house.environment(), cwd=ROOT, check=True)
    county.goto(f"{house.url}/findings/look-backs/draw/")
    look(county)
    county.get_by_label("随机种子").fill("0412")
    county.get_by_role("button", name="抽取").click()
    expect(county.get_by_text("结果一致")).to_be_visible()
    look(county)

    inspector = desktop("inspector")
    open_first(inspector, house, "/findings/look-backs/")
    look(inspector)
    inspector.get_by_label("反弹").check()
    inspector.get_by_label("回访情况").fill("公示栏又空了")
    inspector.get_by_role("button", name="保存结果").click()
    expect(inspector.get_by_text("请上传现场照片")).to_be_visible()
    expect(inspector.get_by_label("回访情况")).to_have_value("公示栏又空了")
    inspector.get_by_label("照片").set_input_files(str(photo))
    inspector.get_by_role("button", name="保存结果").click()
    expect(inspector.get_by_text("公示栏又空了")).to_be_visible()
    inspector.goto(address)
    expect(inspector.get_by_text("待签收").first).to_be_visible()
    expect(inspector.get_by_text("第 2 轮").first).to_be_visible()

    school.goto(address)
    school.get_by_role("button", name="确认签收").click()
    expect(school.get_by_text("已签收").first).to_be_visible()
    act(school, "extend", wished_on="2099-01-01", text="需要采购")
    expect(school.get_by_text("延期待批").first).to_be_visible()
    look(school)
    county.goto(address)
    act(county, "decide_extension", decision="同意延期，但日期提前", until="2098-12-31", reason="先做一半")
    school.reload()
    expect(school.get_by_text("2098-12-31").first).to_be_visible()
    act(school, "report", text="已重新公示", after=str(photo))
    inspector.goto(address)
    act(inspector, "verify", facts="现场查看，属实")
    county.goto(address)
    act(county, "sign_off")
    for step in (
        "学校提出异议",
        "异议不成立",
        "部门已办理",
        "回头看：问题反弹，重新整改",
        "学校申请延期",
        "销号",
    ):
        expect(county.get_by_text(step, exact=True).first).to_be_visible()
    look(county)
