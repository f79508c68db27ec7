"""A checklist with a matrix, repeats, video, sound and a file: filled in without network, sent, and read at the office and on paper."""

import base64
import io
import re
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect
from pypdf import PdfReader, PdfWriter

from tests.browser.conftest import SignIn, opened
from tests.browser.test_instruments import start
from tests.browser.test_loop import finish, load_month, look, open_phone
from tests.intake.house import House, until

RECORD = """async () => {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(), {mimeType: "video/webm"});
  const pieces = [];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  recorder.start();
  for (let step = 0; step < 8; step += 1) {
    pen.fillStyle = `hsl(${step * 40} 60% 50%)`;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  await new Promise((resolve) => { recorder.onstop = resolve; recorder.stop(); });
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county whose office has published a checklist of its own."""
    yield from opened(tmp_path_factory.mktemp("campus"), "--campus")


def film(page: Page, folder: Path) -> Path:
    """Half a second of moving colour, recorded by the browser."""
    path = folder / "校门口.webm"
    path.write_bytes(base64.b64decode(page.evaluate(RECORD)))
    return path


def recording(folder: Path) -> Path:
    path = folder / "门卫访谈.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes(range(128, 168)) * 400)
    return path


def rules(folder: Path) -> Path:
    path = folder / "门卫制度.pdf"
    writer = PdfWriter()
    writer.add_blank_page(210, 297)
    writer.write(path)
    return path


def item(page: Page, label: str) -> Locator:
    return page.get_by_role("article", name=label, exact=True)


def onward(page: Page) -> None:
    look(page)
    page.get_by_role("button", name=re.compile("下一组|去看问题")).click()


def fill_rooms(page: Page) -> None:
    expect(page.get_by_text("一、办学条件", exact=True)).to_be_visible()
    room = item(page, "抽查教室的情况")
    room.get_by_role("radiogroup", name="课桌椅高度相配").get_by_role("radio", name="好").check()
    room.get_by_role("radiogroup", name="照明无眩光").get_by_role("radio", name="差").check()
    lab = item(page, "实验室管理")
    lab.get_by_role("checkbox", name="不适用").check()
    lab.get_by_label("不适用的理由（必填）").fill("小学不设实验室")
    item(page, "教室日常维护").get_by_role("radio", name="4", exact=True).check()
    expect(page.get_by_text("本部分得分：80%（8/10 分）")).to_be_visible()
    onward(page)


def entry(page: Page, number: int) -> Locator:
    return page.get_by_role("region", name=f"班级 {number}", exact=True)


def fill_classes(page: Page) -> None:
    add = page.get_by_role("button", name="添加班级")
    for number, (name, size) in enumerate(
        (("一（1）班", "44"), ("多余的班", "40"), ("六（2）班", "58")), start=1
    ):
        add.click()
        one = entry(page, number)
        one.get_by_role("textbox", name="班级名称").fill(name)
        one.get_by_role("textbox", name="在班人数").fill(size)
        expect(one.get_by_role("article", name="超过 45 人是否经批准")).to_have_count(
            1 if size == "58" else 0
        )
    entry(page, 3).get_by_role("radio", name="不适用").check()
    entry(page, 3).get_by_label("不适用的理由（必填）").fill("本学期合并而成")
    entry(page, 2).get_by_role("button", name="删除 班级 2").click()
    look(page)
    page.get_by_role("alertdialog").get_by_role("button", name="删除").click()
    expect(entry(page, 3)).to_have_count(0)
    expect(entry(page, 2).get_by_label("不适用的理由（必填）")).to_have_value("本学期合并而成")
    expect(page.get_by_text("建议：102 人")).to_be_visible()
    item(page, "抽查班级合计人数").get_by_role("textbox").fill("102")
    onward(page)


def take_evidence(page: Page, folder: Path) -> None:
    for label, path, facts in (
        ("放学时段校门口视频", film(page, folder), "KB"),
        ("门卫访谈录音", recording(folder), "16 KB · 0:02"),
        ("门卫制度文件", rules(folder), "KB"),
    ):
        at = item(page, label)
        at.get_by_label("选择文件").set_input_files([str(path)])
        expect(at.get_by_text(path.name)).to_contain_text(facts)
    empty = folder / "空.pdf"
    empty.touch()
    item(page, "门卫制度文件").get_by_label("选择文件").set_input_files([str(empty)])
    expect(page.get_by_text("“空.pdf”是空文件，没有添加。")).to_be_visible()
    at = item(page, "放学时段校门口视频")
    at.get_by_role("button", name="打开 校门口.webm").click()
    expect(page.locator("video")).to_have_js_property("videoWidth", 300)
    look(page)
    item(page, "放学秩序").get_by_role("radio", name="9", exact=True).check()
    onward(page)


def test_a_visit_with_every_kind_of_evidence_is_made_without_network_and_read_by_the_office(
    playwright: Playwright, house: House, desktop: SignIn, phone_profile: Path, tmp_path: Path
) -> None:
    phone = open_phone(playwright, phone_profile)
    page = phone.new_page()
    load_month(page, house)
    phone.set_offline(True)
    problem = page.get_by_role("dialog", name="问题")
    page.add_locator_handler(problem, lambda: problem.get_by_role("button", name="完成").click())
    start(page, "校园条件", another=False)
    fill_rooms(page)
    fill_classes(page)
    take_evidence(page, tmp_path)

    page.get_by_role("link", name="完成").click()
    page.get_by_role("link", name="抽查教室的情况 · 通风良好：请回答").click()
    expect(page.locator("[id='item-room[air]']")).to_be_in_viewport()
    page.get_by_role("radiogroup", name="通风良好").get_by_role("radio", name="一般").check()
    look(page)
    page.get_by_role("link", name="完成").click()
    page.get_by_role("link", name="预览记录与问题清单").click()
    expect(page.get_by_role("row", name=re.compile("在班人数 58 人"))).to_be_visible()
    expect(page.get_by_role("row", name="照明无眩光 差")).to_be_visible()
    look(page)
    page.go_back()
    finish(page)
    phone.set_offline(False)
    until(lambda: house.read("SELECT count(*) FROM inspections_visit WHERE state = 'FILED'")[0][0] == 1, what="the visit to be filed")  # fmt: skip
    assert house.read("SELECT flags FROM inspections_visit")[0][0] in ("[]", [])
    phone.close()
    read_at_the_office(desktop("county"), house)


def read_at_the_office(page: Page, house: House) -> None:
    page.goto(f"{house.url}/visits/live/")
    page.get_by_role("link", name=re.compile("小学")).first.click()
    expect(page.locator("video")).to_have_js_property("videoWidth", 300)
    expect(page.locator("audio")).to_have_js_property("duration", 2)
    for text in (
        "一、办学条件 ›",
        "照明无眩光",
        "班级 2",
        "本学期合并而成",
        "小学不设实验室",
        "85%（17/20 分）",
    ):
        expect(page.get_by_text(text).first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="门卫制度.pdf").click()
    assert download.value.suggested_filename == "门卫制度.pdf"
    assert faults_of_layout(page) == 0
    until(lambda: house.read("SELECT count(*) FROM documents_document WHERE state = 'READY'")[0][0] == 2, what="both documents")  # fmt: skip
    page.reload()
    link = page.get_by_role("link", name=re.compile("PDF")).last.get_attribute("href")
    body = page.context.request.get(f"{house.url}{link}").body()
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(body)).pages)
    film = house.read("SELECT sha256 FROM inspections_visitfile WHERE role = 'video'")[0][0]
    for part in (
        "照明无眩光",
        "班级 2",
        "58 人",
        "本学期合并而成",
        "音像资料与文件",
        "校门口.webm",
        film[:12],
        "合计",
    ):
        assert part in text, part


def faults_of_layout(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
