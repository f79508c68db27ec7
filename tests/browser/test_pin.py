"""An office that asks for a PIN over the phone's store: chosen once, asked for at every opening, got over when forgotten."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests import factories
from tests.browser.conftest import PASSWORD, opened, sign_in
from tests.browser.test_loop import finish, look, make_visit, open_phone
from tests.intake.house import House, until

PIN, CHANGED, ANOTHER = "246813", "314159", "975310"
NARRATIVE = "巡视校园，秩序良好。"
ON_DISK = """async () => {
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open("dudao-field");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const texts = [];
  for (const name of database.objectStoreNames) {
    const rows = await new Promise((resolve, reject) => {
      const asked = database.transaction(name).objectStore(name).getAll();
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    for (const row of rows) texts.push(JSON.stringify(row) + (row.blob ? (await row.blob.text()).slice(0, 20) : ""));
  }
  database.close();
  return texts.join("\\n");
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county that asks for a PIN of six digits, and lets it be tried three times."""
    yield from opened(tmp_path_factory.mktemp("pin"), "--pin")


def choose(page: Page, pin: str) -> None:
    expect(page.get_by_role("heading", name="设置口令")).to_be_visible()
    page.get_by_label(re.compile("新口令")).fill(pin)
    page.get_by_label("再输一遍").fill(pin)
    page.get_by_role("button", name="保存口令").click()


def unlock(page: Page, pin: str) -> None:
    page.get_by_label("口令", exact=True).fill(pin)
    page.get_by_role("button", name="打开", exact=True).click()


def change(page: Page) -> None:
    """Another PIN, for who knows the one in force."""
    page.get_by_role("button", name="更换口令").click()
    page.get_by_label("现在的口令").fill("111222")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("还可以再试 2 次")).to_be_visible()
    look(page)
    page.get_by_label("现在的口令").fill(PIN)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label(re.compile("新口令")).fill(CHANGED)
    page.get_by_label("再输一遍").fill(CHANGED)
    look(page)
    page.get_by_role("button", name="保存口令").click()
    expect(page.get_by_text("口令已更换")).to_be_visible()


def test_a_visit_is_made_and_sent_under_a_pin_that_is_forgotten_in_the_end(
    playwright: Playwright, house: House, phone_profile: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "board.jpg"
    photo.write_bytes(factories.jpeg(90, (1600, 1200)))
    phone = open_phone(playwright, phone_profile)
    page = phone.new_page()
    sign_in(page, house, "inspector", to="/field/")
    page.get_by_role("button", name="载入本月").click()
    expect(page.get_by_role("heading", name="设置口令")).to_be_visible()
    look(page)
    for bad, said in (("123", "至少 6 位数字"), ("123456", "太容易猜到")):
        page.get_by_label(re.compile("新口令")).fill(bad)
        page.get_by_role("button", name="保存口令").click()
        expect(page.get_by_text(said).last).to_be_visible()
    page.get_by_label(re.compile("新口令")).fill(PIN)
    page.get_by_role("button", name="保存口令").click()
    expect(page.get_by_text("两次输入的不一样")).to_be_visible()
    look(page)
    choose(page, PIN)
    expect(page.get_by_text("任务更新于")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    phone.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="请输入口令")).to_be_visible()
    look(page)
    unlock(page, PIN)
    make_visit(page, photo)
    page.reload()
    kept = page.evaluate(ON_DISK)
    assert '"sealed"' in kept
    school = house.read("SELECT name FROM places_unit")[0][0]
    for secret in (NARRATIVE, school, "board.jpg", "JFIF", '"token"'):
        assert secret not in kept, secret
    unlock(page, "111222")
    expect(page.get_by_text("还可以再试 2 次")).to_be_visible()
    look(page)
    unlock(page, PIN)
    expect(page.get_by_text("内容已锁定")).to_have_count(0)
    finish(page)
    expect(page.get_by_text("待上报").first).to_be_visible()
    phone.close()

    phone = open_phone(playwright, phone_profile)
    page = phone.new_page()
    page.goto(f"{house.url}/field/")
    unlock(page, PIN)
    until(lambda: house.read("SELECT count(*) FROM inspections_visit WHERE state = 'FILED'")[0][0] == 1, what="the visit to be filed")  # fmt: skip
    assert house.read("SELECT narrative FROM inspections_visit")[0][0].startswith(NARRATIVE)
    assert house.read("SELECT count(*) FROM intake_evidencefile")[0][0] == 4
    page.goto(f"{house.url}/field/#/me")
    expect(page.get_by_text("已用口令加密")).to_be_visible()
    look(page)
    change(page)
    page.get_by_role("button", name="立即锁定").click()

    expect(page.get_by_role("heading", name="请输入口令")).to_be_visible()
    unlock(page, CHANGED)
    expect(page.get_by_text("已用口令加密")).to_be_visible()
    page.get_by_role("button", name="立即锁定").click()
    for left in ("2", "1"):
        unlock(page, PIN)  # the old one opens nothing any more
        expect(page.get_by_text(f"还可以再试 {left} 次")).to_be_visible()
    unlock(page, "111222")
    expect(page.get_by_text("本机内容一项都没有丢失")).to_be_visible()
    look(page)
    page.get_by_role("button", name="重新登录").click()
    page.get_by_label("账号").fill("inspector")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    choose(page, ANOTHER)
    expect(page.get_by_role("heading", name="设置口令")).to_have_count(0)
    page.goto(f"{house.url}/field/#/me")
    expect(page.get_by_text("已用口令加密")).to_be_visible()
    page.reload()
    unlock(page, ANOTHER)
    page.goto(f"{house.url}/field/#/outbox")
    expect(page.get_by_text("已上报").first).to_be_visible()
    phone.close()
