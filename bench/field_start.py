"""Cold start of the phone app off line: a closed browser is opened, no network, the processor slowed down four times.

Seconds from asking for the page to the first school on the screen; printed as one JSON line (bar: under 2 s). Needs
Chromium (DUDAO_CHROMIUM names another one).
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, sync_playwright
from tests.browser.conftest import CHROMIUM, OPTIONS, PHONE, opened, sign_in
from tests.intake.house import House

STARTS = 7
SLOWER = 4


def open_phone(playwright: Playwright, profile: Path) -> BrowserContext:
    return playwright.chromium.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, args=OPTIONS, viewport=PHONE, locale="zh-CN"
    )


def load_once(playwright: Playwright, profile: Path, house: House) -> None:
    phone = open_phone(playwright, profile)
    page = sign_in(phone.new_page(), house, "inspector", to="/field/")
    page.get_by_role("button", name="载入本月").click()
    page.get_by_text("本月应督导").first.wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # so that the worker holds everything the page names
    page.get_by_text("本月应督导").first.wait_for()
    phone.close()


def one_start(playwright: Playwright, profile: Path, house: House) -> float:
    phone = open_phone(playwright, profile)
    phone.set_offline(True)
    page = phone.new_page()
    phone.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    begun = time.perf_counter()
    page.goto(f"{house.url}/field/", wait_until="commit")
    page.get_by_text("本月应督导").first.wait_for()
    taken = time.perf_counter() - begun
    phone.close()
    return taken


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for house in opened(Path(folder) / "house"):
            profile = Path(folder) / "phone"
            load_once(playwright, profile, house)
            times = [one_start(playwright, profile, house) for _start in range(STARTS)]
    line = {
        "name": "field-start", "what": "cold start off line, processor 4 times slower", "unit": "s",
        "median": round(statistics.median(times), 2), "spread": [round(min(times), 2), round(max(times), 2)],
        "bar": 2.0, "starts": STARTS,
    }  # fmt: skip
    json.dump(line, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
