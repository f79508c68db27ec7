"""Take the pictures of `docs/tour.md` from a running demo: `python tools/tour.py http://127.0.0.1:8000`.

Needs the development packages and Chromium (DUDAO_CHROMIUM names another one).
"""

import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


def enter(browser: Browser, base: str, account: str, size: dict[str, int], locale: str = "zh-CN") -> Page:
    context = browser.new_context(
        viewport=size,
        locale=locale,
        geolocation={"latitude": 27.83, "longitude": 113.09},
        permissions=["geolocation"],
    )
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    if account:
        page.click(f'button[value="{account}"]')
        page.wait_for_load_state("networkidle")
    return page


def shoot(page: Page, name: str, address: str = "", *, whole: bool = False) -> None:
    if address:
        page.goto(address)
    page.wait_for_timeout(500)
    page.screenshot(path=OUT / f"{name}.png", full_page=whole)


def desktop(browser: Browser, base: str) -> None:
    shoot(enter(browser, base, "", DESKTOP), "sign-in")
    county = enter(browser, base, "demo-county", DESKTOP)
    shoot(county, "home-county", f"{base}/")
    shoot(county, "live", f"{base}/visits/live/")
    county.get_by_role("link", name=re.compile("个问题")).first.click()
    shoot(county, "visit", whole=False)
    shoot(county, "ledger", f"{base}/findings/")
    shoot(county, "documents", f"{base}/documents/")
    county.goto(f"{base}/documents/drafts/?state=RETURNED")
    county.locator("td.wording a").first.click()
    shoot(county, "draft")
    shoot(county, "coverage-county", f"{base}/coverage/")
    own = county.url.rstrip("/")
    shoot(county, "coverage-themes", f"{own}/?by=themes")
    shoot(county, "problem-map", f"{own}/?by=map")
    shoot(county, "lanes", f"{base}/findings/?group=state&state=")
    county.goto(f"{base}/findings/")
    for key in ("j", "j", "Enter"):
        county.keyboard.press(key)
    county.locator("#beside h1").wait_for()
    shoot(county, "ledger-beside")
    county.goto(f"{base}/units/")
    county.locator(".list tbody a").first.click()
    county.locator("[data-dudao-beside-whole]").click()
    shoot(county, "school-file")
    county.goto(f"{base}/findings/?state=VERIFIED")
    county.locator("td.wording a").first.click()
    shoot(county, "finding")
    shoot(county, "rules", f"{base}/rules/")
    shoot(county, "deadlines", f"{base}/rules/deadlines/")
    shoot(county, "units", f"{base}/units/")
    shoot(county, "zones", f"{base}/zones/")
    shoot(county, "plan", f"{base}/plans/")
    shoot(county, "inspectors", f"{base}/inspectors/")
    shoot(county, "import", f"{base}/imports/schools/new/")
    shoot(enter(browser, base, "demo-city", DESKTOP, "en-US"), "home-city-en", f"{base}/")
    shoot(enter(browser, base, "demo-auditor", DESKTOP), "journal", f"{base}/journal/")


def phone(browser: Browser, base: str) -> None:
    school = enter(browser, base, "demo-school", PHONE)
    shoot(school, "school-home", f"{base}/")
    shoot(enter(browser, base, "demo-city", PHONE), "glance", f"{base}/glance/")
    page = enter(browser, base, "demo-inspector", PHONE)
    page.goto(f"{base}/field/")
    page.get_by_role("button", name="载入本月").click()
    page.get_by_text("本月应督导").first.wait_for()
    shoot(page, "field-today")
    page.get_by_role("button", name=re.compile("^开始督导：")).first.click()
    page.get_by_role("checkbox", name="校园巡视").check()
    shoot(page, "field-start")
    page.get_by_role("button", name="开始", exact=True).click()
    page.get_by_role("button", name="进入督导").click()
    page.get_by_role("radio", name="小学", exact=True).check()
    page.get_by_role("button", name="下一组").click()
    page.get_by_role("radio", name="否").first.check()
    shoot(page, "field-problem")
    page.get_by_role("dialog").get_by_role("button", name="完成", exact=True).click()
    shoot(page, "field-check")
    page.get_by_role("navigation", name="督导步骤").get_by_role("link", name="完成").click()
    shoot(page, "field-finish")


def main() -> None:
    base = sys.argv[1].rstrip("/")
    OUT.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which(os.environ.get("DUDAO_CHROMIUM", "chromium"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        )
        desktop(browser, base)
        phone(browser, base)
        browser.close()


if __name__ == "__main__":
    main()
