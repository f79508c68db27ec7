"""The loop, whole: a visit without network, closed and opened, sent once; report, receipt, rectification, struck off."""

import io
import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, Playwright, expect
from pypdf import PdfReader

from tests import factories
from tests.browser.conftest import CHROMIUM, OPTIONS, PHONE, SignIn, sign_in
from tests.browser.looking import faults
from tests.intake.house import House, until


def open_phone(playwright: Playwright, profile: Path) -> BrowserContext:
    return playwright.chromium.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, args=OPTIONS, viewport=PHONE, locale="zh-CN", has_touch=True,
        geolocation={"latitude": 27.83, "longitude": 113.09}, permissions=["geolocation"], bypass_csp=True,
    )  # fmt: skip


def look(page: Page) -> None:
    """What the person sees now is accessible and fits a phone."""
    assert faults(page, page.url) == []


def load_month(page: Page, house: House) -> None:
    sign_in(page, house, "inspector", to="/field/")
    page.get_by_role("button", name="载入本月").click()
    expect(page.get_by_text("任务更新于")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    look(page)
    for tab in ("学校", "问题", "我的", "今日"):
        page.get_by_role("navigation", name="主导航").get_by_role("link", name=tab).click()
        look(page)


def answer_all(page: Page) -> None:
    """Answer every item of every section: yes, or a good number; no homework board."""
    while True:
        while answer_what_shows(page):  # an answer may bring further items
            pass
        onward = page.get_by_role("button", name=re.compile("下一组|去看问题"))
        last = onward.inner_text().strip() == "去看问题"
        onward.click()
        if last:
            return


def answer_what_shows(page: Page) -> int:
    """Answer the choices that are still open, then the numbers; returns how many."""
    count = 0
    for group in page.locator("[role=radiogroup]:not(:has(input:checked))").all():
        count += 1
        name = group.get_attribute("aria-label") or ""
        if "公示制度" in name:
            group.get_by_role("radio", name="否").check()
            close_problem(page)
        elif group.get_by_role("radio", name="是", exact=True).count():
            group.get_by_role("radio", name="是", exact=True).check()
        else:
            group.get_by_role("radio", name="小学", exact=True).check()
        break  # the list may have changed
    for field in page.locator("article input[inputmode=numeric]").all():
        if not field.input_value():
            item = field.locator("xpath=ancestor::article").get_attribute("aria-label") or ""
            good = {"三至六": "45", "天数": "5", "时长": "120", "体育课": "4"}
            field.fill(next((value for key, value in good.items() if key in item), "6"))
            count += 1
    return count


def close_problem(page: Page) -> None:
    """The sheet that a "no" opens, with everything filled in."""
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_label("问题描述")).to_have_value(re.compile("公示"))
    sheet.get_by_role("button", name="完成").click()


def sign(page: Page, who: str) -> None:
    page.get_by_role("button", name=f"签字：{who}").click()
    pad = page.get_by_label(f"手写签字区：{who}")
    expect(pad).to_be_visible()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 8):
        rise = 15 + 5 * len(who) if step % 2 else 0  # no two hands alike
        page.mouse.move(
            box["x"] + 40 + 20 * step, box["y"] + 40 + rise + (9 if "督学" in who else 0), steps=3
        )
    page.mouse.up()
    page.get_by_role("button", name="确认签字").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def make_visit(page: Page, photo: Path) -> None:
    """From the first tap to the last, without network."""
    page.get_by_role("button", name=re.compile("开始督导")).first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("checkbox", name="校园巡视").check()
    look(page)
    sheet.get_by_role("button", name="开始", exact=True).click()
    page.get_by_role("button", name="进入督导").click()
    expect(page.get_by_role("radiogroup").first).to_be_visible()
    answer_all(page)
    page.get_by_role("link", name="检查").click()
    page.get_by_role("link", name=re.compile("作业管理")).click()
    board = page.locator('article[aria-label*="公示制度"]')
    board.locator("input[type=file]").last.set_input_files([str(photo)])
    expect(board.get_by_role("button", name=re.compile("放大"))).to_be_visible()
    look(page)
    cover_a_face(page, board)
    page.get_by_role("link", name="纪实").click()
    look(page)
    page.get_by_label("督导纪实").fill("巡视校园，秩序良好。㛃𬭎 <b>&😀")
    page.get_by_label("亮点").fill("课后服务丰富")
    page.get_by_role("link", name="完成").click()


def cover_a_face(page: Page, item: Locator) -> None:
    """A box drawn, another tapped and taken away; the copy is shown, and both are at the item."""
    item.get_by_role("button", name=re.compile("放大")).click()
    page.get_by_role("button", name="遮挡人脸").click()
    editor = page.get_by_role("dialog", name="遮挡人脸")
    expect(editor.get_by_text("原图作为证据保存")).to_be_visible()
    expect(editor.get_by_role("button", name="保存")).to_be_disabled()
    frame = editor.locator(".mask-frame")
    expect(frame.locator("img")).to_have_js_property("complete", True)
    box = frame.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 140, steps=4)
    page.mouse.up()
    frame.click(position={"x": box["width"] - 60, "y": box["height"] - 60})
    expect(editor.get_by_role("button", name=re.compile("处遮挡"))).to_have_count(2)
    editor.get_by_role("button", name="删除此处").click()
    look(page)
    editor.get_by_role("button", name="保存").click()
    expect(page.get_by_text(re.compile("遮挡副本 · "))).to_be_visible()
    look(page)
    page.get_by_role("dialog", name="查看照片").get_by_role("button", name="关闭").click()
    expect(item.get_by_role("button", name=re.compile("放大"))).to_have_count(2)


def finish(page: Page) -> None:
    page.get_by_role("radio", name="同意", exact=True).check()
    page.get_by_label("签字人姓名").fill("王主任")
    sign(page, "督学签字")
    sign(page, "单位签字")
    look(page)
    page.get_by_role("button", name="完成并上报").click()
    page.get_by_role("alertdialog").get_by_role("button", name="完成并上报").click()
    # "Waiting" is said of the check-in already; the screen changes when the visit itself lies in the outbox.
    page.wait_for_url("**/field/#/outbox")


def test_a_visit_without_network_becomes_a_problem_struck_off(
    playwright: Playwright, house: House, desktop: SignIn, phone_profile: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "board.jpg"
    photo.write_bytes(factories.jpeg(90, (1600, 1200)))

    phone = open_phone(playwright, phone_profile)
    page = phone.new_page()
    load_month(page, house)
    phone.set_offline(True)
    page.reload()  # as WeChat's browser does, and the app must come up without network
    make_visit(page, photo)
    page.reload()
    expect(page.get_by_text("内容已锁定")).to_have_count(0)
    finish(page)
    expect(page.get_by_text("待上报").first).to_be_visible()
    look(page)
    phone.close()

    phone = open_phone(playwright, phone_profile)  # the browser was closed; she opens it again, with network
    page = phone.new_page()
    page.goto(f"{house.url}/field/")
    until(lambda: house.read("SELECT count(*) FROM inspections_visit WHERE state = 'FILED'")[0][0] == 1, what="the visit to be filed")  # fmt: skip
    expect(page.get_by_text(re.compile("已上报|已保存")).first).to_be_visible()
    assert house.read("SELECT count(*) FROM intake_entry WHERE kind = 'visit'")[0][0] == 1
    assert house.read("SELECT count(*) FROM inspections_visitfile")[0][0] == 4
    assert house.read("SELECT count(*) FROM intake_evidencefile")[0][0] == 4

    county = desktop("county")
    county.goto(f"{house.url}/visits/live/")
    county.get_by_role("link", name=re.compile("小学")).first.click()
    expect(county.get_by_text("㛃𬭎 <b>&😀")).to_be_visible()
    expect(county.get_by_role("heading", name="现场照片 2")).to_be_visible()
    expect(county.get_by_text("遮挡副本")).to_be_visible()
    until(lambda: house.read("SELECT count(*) FROM documents_document WHERE state = 'READY'")[0][0] == 2, what="both documents")  # fmt: skip
    county.reload()
    links = [link.get_attribute("href") for link in county.get_by_role("link", name="PDF").all()]
    assert len(links) == 2
    body = county.context.request.get(house.url + str(links[-1])).body()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    assert "督导" in text
    code = house.read("SELECT code FROM documents_document ORDER BY number LIMIT 1")[0][0]
    public = county.context.browser.new_context(locale="zh-CN").new_page()
    public.goto(f"{house.url}/v/{code}/")
    expect(public.get_by_text("核验通过")).to_be_visible()

    school = desktop("school")
    school.get_by_role("link", name=re.compile("公示")).first.click()
    school.get_by_role("button", name="确认签收").click()
    expect(school.get_by_text(re.compile("还剩 5 个工作日")).first).to_be_visible()
    address = school.url
    school.get_by_text("报告整改", exact=True).first.click()
    form = school.locator("form[action$='/report/']")
    form.get_by_label("整改情况").fill("已建立公示栏")
    school.context.clear_cookies()  # the session is lost in the middle of typing
    school.goto(f"{house.url}/")
    expect(school.get_by_label("密码")).to_be_visible()
    sign_in(school, house, "school", to=re.sub(r"^https?://[^/]+", "", address))
    if not form.is_visible():
        school.get_by_text("报告整改", exact=True).first.click()
    expect(form.get_by_label("整改情况")).to_have_value("已建立公示栏")
    form.get_by_role("button", name="报告整改").click()
    expect(school.get_by_text("请至少上传 1 张整改后的照片。")).to_be_visible()
    expect(form.get_by_label("整改情况")).to_have_value("已建立公示栏")  # nothing typed is lost
    form.get_by_label("整改后照片").set_input_files(str(photo))
    form.get_by_role("button", name="报告整改").click()
    expect(school.get_by_text("待核查").first).to_be_visible()

    inspector = desktop("inspector")
    inspector.goto(address)
    inspector.get_by_label("核查情况").first.fill("现场查看，属实")
    inspector.get_by_role("button", name="核查通过").click()
    expect(inspector.get_by_text("待销号").first).to_be_visible()

    county.goto(address)
    county.get_by_role("button", name="同意销号").click()
    expect(county.get_by_text("已销号").first).to_be_visible()
    for step in ("现场发现并记录", "下发学校", "学校签收", "学校报告整改", "核查通过", "销号"):
        expect(county.get_by_text(step, exact=True).first).to_be_visible()
    phone.close()
