"""Page, browser and server are killed again and again while one visit is made and sent: no keystroke is lost, nothing doubled.

`DUDAO_KILLS=500 pytest tests/browser/test_kills.py` is the whole measure.

A keystroke counts as kept once it is on the disk, which the test reads there; one that was still on its way when the
kill came may be missing, and none before it.
"""

import contextlib
import os
import random
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, TimeoutError, expect

from tests import factories
from tests.browser.conftest import opened
from tests.browser.test_loop import answer_all, finish, load_month, open_phone
from tests.intake.house import House, until

pytestmark = pytest.mark.one_database  # it is about the phone; tests/intake/test_kill.py is about the server

ALL_KILLS = int(os.environ.get("DUDAO_KILLS", "100"))  # the whole measure is 500: some five minutes
KILLED_WHILE_TYPING = ALL_KILLS * 60 // 100
KILLED_WHILE_ANSWERING = ALL_KILLS * 26 // 100
KILLED_AFTER_A_PHOTO = ALL_KILLS * 6 // 100
KILLED_WHILE_SENDING = ALL_KILLS - KILLED_WHILE_TYPING - KILLED_WHILE_ANSWERING - KILLED_AFTER_A_PHOTO
SERVER_EVERY = 5  # kills while sending: the server goes too
BROWSER_EVERY = 20  # kills: then the whole browser goes, not the page alone
STORED = """async (store) => {
  const database = await new Promise((good, bad) => {
    const request = indexedDB.open("dudao-field");
    request.onsuccess = () => good(request.result);
    request.onerror = () => bad(request.error);
  });
  try {
    const request = database.transaction(store).objectStore(store).getAll();
    return await new Promise((good, bad) => {
      request.onsuccess = () => good(JSON.parse(JSON.stringify(request.result)));
      request.onerror = () => bad(request.error);
    });
  } finally { database.close(); }
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county of its own: what arrives is counted."""
    yield from opened(tmp_path_factory.mktemp("kills"))


class Fragile:
    """A phone whose page or browser dies at any moment and is opened again where the person was."""

    def __init__(self, playwright: Playwright, profile: Path, chance: random.Random) -> None:
        self._playwright = playwright
        self._profile = profile
        self.chance = chance
        self.context: BrowserContext = open_phone(playwright, profile)
        self.offline = False
        self.kills = 0
        self.open()

    def open(self, address: str = "about:blank") -> None:
        self._crashed = False
        self.page: Page = self.context.new_page()
        self.page.on("crash", self._note_crash)
        self.page.goto(address)

    def _note_crash(self, _page: Page) -> None:
        self._crashed = True

    def go_offline(self, off: bool) -> None:
        self.offline = off
        self.context.set_offline(off)

    def kill(self) -> None:
        """At some moment of the next hundredth of a second."""
        address = self.page.url
        self.page.wait_for_timeout(self.chance.random() * 10)
        self.kills += 1
        if self.kills % BROWSER_EVERY == 0:
            self._kill_browser()
        else:
            self._kill_page()
        self.open(address)

    def _kill_page(self) -> None:
        """The renderer of the app is the largest; should it be another's, the next one is tried."""
        renderers = [pid for pid in self._processes() if b"--type=renderer" in _command(pid)]
        for pid in sorted(renderers, key=_memory, reverse=True):
            with contextlib.suppress(TimeoutError), self.page.expect_event("crash", timeout=3000):
                _kill(pid)
            if self._crashed:
                break
        assert self._crashed
        self.page.close()

    def _kill_browser(self) -> None:
        with self.context.expect_event("close"):
            _kill(self._processes()[0])
        self.context = open_phone(self._playwright, self._profile)
        self.context.set_offline(self.offline)

    def _processes(self) -> list[int]:
        """The browser of this profile and everything below it."""
        mark = f"--user-data-dir={self._profile}".encode()
        every = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
        found = [pid for pid in every if mark in _command(pid) and b"--type=" not in _command(pid)][:1]
        for pid in found:
            for listed in Path(f"/proc/{pid}/task").glob("*/children"):
                found.extend(int(child) for child in listed.read_text().split())
        return found

    def stored(self) -> dict[str, Any]:
        """The one visit as it lies on the disk."""
        rows = self.page.evaluate(STORED, "visits")
        assert len(rows) == 1, "one visit, neither lost nor doubled"
        visit: dict[str, Any] = rows[0]
        return visit

    def photos(self) -> list[str]:
        """The hashes of the photos on the disk."""
        return [row["sha256"] for row in self.page.evaluate(STORED, "evidence") if row["role"] == "photo"]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # gone meanwhile
        return b""


def _memory(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_kills_at_every_step_lose_no_keystroke_and_double_nothing(
    playwright: Playwright, house: House, phone_profile: Path, tmp_path: Path
) -> None:
    phone = Fragile(playwright, phone_profile, random.Random(20261126))
    load_month(phone.page, house)
    phone.go_offline(True)
    phone.page.get_by_role("button", name=re.compile("开始督导")).first.click()
    sheet = phone.page.get_by_role("dialog")
    sheet.get_by_role("checkbox", name="校园巡视").check()
    sheet.get_by_role("button", name="开始", exact=True).click()
    phone.page.get_by_role("button", name="进入督导").click()
    expect(phone.page.get_by_role("radiogroup").first).to_be_visible()
    _answer(phone)
    _photograph(phone, tmp_path)
    phone.page.get_by_role("link", name="检查").click()
    answer_all(phone.page)
    _prove_the_problem(phone, tmp_path)
    phone.page.get_by_role("link", name="纪实").click()
    typed = _type(phone)
    photos = phone.photos()
    phone.page.get_by_role("link", name="完成").click()
    finish(phone.page)
    expect(phone.page.get_by_text("待上报").first).to_be_visible()
    _send(phone, house)

    assert phone.kills == ALL_KILLS
    until(
        lambda: _counted(house, "inspections_visit WHERE state = 'FILED'") == 1, what="the visit to be filed"
    )
    assert _counted(house, "intake_entry WHERE kind = 'visit'") == 1
    assert house.read("SELECT narrative FROM inspections_visit") == [(typed.strip(),)]
    assert _counted(house, "inspections_visitfile") == len(photos) + 2, "and two signatures"
    sent = {row[0] for row in house.read("SELECT sha256 FROM inspections_visitfile WHERE role = 'photo'")}
    assert sent == set(photos)
    phone.context.close()


def _answer(phone: Fragile) -> None:
    """The first answer, changed again and again."""
    kept = None
    for _kill in range(KILLED_WHILE_ANSWERING):
        choices = phone.page.get_by_role("radiogroup").first.get_by_role("radio")
        expect(choices.first).to_be_visible()
        number = phone.chance.randrange(choices.count())
        choices.nth(number).check()
        chosen = choices.nth(number).get_attribute("value")
        if phone.chance.random() < 0.5:
            until(
                lambda chosen=chosen: phone.stored()["sheets"][0]["answers"].get("stage") == chosen,
                what="the answer on the disk",
            )
            kept = chosen
        phone.kill()
        found = phone.stored()["sheets"][0]["answers"].get("stage")
        assert found in {kept, chosen}
        kept = found
        expect(phone.page.get_by_role("radiogroup").first).to_be_visible()
        if found is not None:
            expect(phone.page.get_by_role("radiogroup").first.locator("input:checked")).to_have_value(found)


def _photograph(phone: Fragile, folder: Path) -> None:
    """Photos at one item after the other."""
    kept: list[str] = []
    for number in range(KILLED_AFTER_A_PHOTO):
        path = folder / f"{number}.jpg"
        path.write_bytes(factories.jpeg(20 + 5 * number, (1600, 1200)))
        cameras = phone.page.locator("article:has(input[type=file])")
        expect(cameras.first).to_be_visible()
        cameras.nth(number % cameras.count()).locator("input[type=file]").last.set_input_files(str(path))
        if phone.chance.random() < 0.5:
            until(lambda kept=kept: len(phone.photos()) == len(kept) + 1, what="the photo on the disk")
            kept = phone.photos()
        phone.kill()
        found = phone.photos()
        assert set(kept) <= set(found)
        assert len(found) <= len(kept) + 1
        assert len(found) == len(set(found))
        kept = found


def _prove_the_problem(phone: Fragile, folder: Path) -> None:
    """The photo that the item answered with no demands."""
    path = folder / "board.jpg"
    path.write_bytes(factories.jpeg(250, (1600, 1200)))
    phone.page.get_by_role("link", name="检查").click()
    phone.page.get_by_role("link", name=re.compile("作业管理")).click()
    board = phone.page.locator('article[aria-label*="公示制度"]')
    board.locator("input[type=file]").last.set_input_files(str(path))
    expect(board.get_by_role("button", name=re.compile("放大")).first).to_be_visible()


def _type(phone: Fragile) -> str:
    """The narrative, some letters at a time."""
    typed = kept = ""
    for _kill in range(KILLED_WHILE_TYPING):
        field = phone.page.get_by_label("督导纪实")
        expect(field).to_have_value(typed)
        field.press("Control+End")
        letters = "".join(phone.chance.choices("abcdefgh 123", k=phone.chance.randint(1, 4)))
        field.press_sequentially(letters)
        typed += letters
        if phone.chance.random() < 0.5:
            until(lambda typed=typed: phone.stored()["narrative"] == typed, what="the text on the disk")
            kept = typed
        phone.kill()
        found = phone.stored()["narrative"]
        assert found.startswith(kept), "what was on the disk is there"
        assert typed.startswith(found), "nothing is there that was not typed"
        typed = kept = found
    return typed


def _send(phone: Fragile, house: House) -> None:
    """The network is back, now and then without the server."""
    phone.go_offline(False)
    for kill in range(KILLED_WHILE_SENDING):
        if kill % SERVER_EVERY == 0:
            house.kill()
            house.start()
        phone.kill()


def _counted(house: House, rows: str) -> int:
    return int(house.read(f"SELECT count(*) FROM {rows}")[0][0])
