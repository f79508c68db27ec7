"""The editor with a checklist of 500 items against the same editor with 20: milliseconds from a key to the painted letter,
and from choosing another item to its painted form. The phone preview stands beside it all the time.

Printed as JSON lines; fluid means that nothing takes longer than a person notices (100 ms). Needs Chromium.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from tests.browser.conftest import CHROMIUM, DESKTOP, OPTIONS, opened, sign_in
from tests.intake.house import House

MANY, FEW = 500, 20
ROUNDS = 5
LETTERS = "abcdefghij"

FILL = """async (count) => {
  const data = JSON.parse(document.getElementById("editor-data").textContent);
  const rule = (key) => ({key: "p1", when: `\\${${key}} = 'no'`, category: "HOMEWORK", severity: "MINOR",
    wording: {zh: "发现问题"}, requirement: {zh: "立即整改"}, basis: {}});
  const items = [...Array(count).keys()].map((n) => ({key: `q${n}`, type: "yes_no", label: {zh: `第 ${n} 题是否做到`, en: `Item ${n}`},
    required: true, relevant: n % 10 === 9 ? `\\${q${n - 1}} = 'yes'` : "", findings: [rule(`q${n}`)]}));
  const sections = [];
  for (let n = 0; n < count; n += 20) sections.push({key: `s${n}`, title: {zh: `部分 ${n}`}, items: items.slice(n, n + 20)});
  const headers = {"Content-Type": "application/json", "X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)[1]};
  const body = JSON.stringify({revision: data.state.revision, content: {...data.content, sections}});
  const answer = await fetch(data.urls.save, {method: "POST", headers, body});
  if (!answer.ok) throw new Error(await answer.text());
}"""
PAINTED = """() => {
  window.painted = [];
  const watch = (event) => {
    const begun = event.timeStamp;
    requestAnimationFrame(() => { const channel = new MessageChannel();
      channel.port1.onmessage = () => window.painted.push(performance.now() - begun); channel.port2.postMessage(0); });
  };
  document.addEventListener("input", watch, true);
  document.addEventListener("click", watch, true);
}"""


def opened_with(page: Page, house: House, count: int) -> str:
    page.goto(f"{house.url}/instruments/new/")
    page.get_by_label("名称", exact=True).fill(f"{count} 题")
    page.get_by_role("button", name="开始编写").click()
    page.locator(".outline").wait_for()
    page.evaluate(FILL, count)
    return page.url


def measured(page: Page, address: str) -> tuple[list[float], list[float]]:
    """Milliseconds of typing and of choosing, on a fresh page."""
    page.goto(address)
    page.frame_locator("iframe").get_by_role("heading").first.wait_for()
    lines = page.locator(".outline-item .outline-line")
    lines.nth(5).click()
    page.evaluate(PAINTED)
    field = page.locator("#item-label")
    field.focus()
    for letter in LETTERS:
        field.press(letter)
        page.wait_for_timeout(40)
    typing: list[float] = page.evaluate("painted.splice(0)")
    for index in (3, 8, 12, 6, 15):
        lines.nth(index).click()
        page.wait_for_timeout(60)
    choosing: list[float] = page.evaluate("painted.splice(0)")
    page.get_by_role("status").filter(has_text="已保存").wait_for()
    return typing, choosing


def main() -> None:
    figures: dict[str, dict[int, list[float]]] = {
        "typing": {MANY: [], FEW: []},
        "choosing": {MANY: [], FEW: []},
    }
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for house in opened(Path(folder) / "house"):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
            page = sign_in(browser.new_context(viewport=DESKTOP, locale="zh-CN").new_page(), house, "county")
            addresses = {count: opened_with(page, house, count) for count in (MANY, FEW)}
            for _round in range(ROUNDS):
                for count, address in addresses.items():
                    typing, choosing = measured(page, address)
                    figures["typing"][count].append(statistics.median(typing))
                    figures["choosing"][count].append(statistics.median(choosing))
            browser.close()
    for what, by_count in figures.items():
        ratios = [many / few for many, few in zip(by_count[MANY], by_count[FEW], strict=True)]
        line = {
            "name": "editor", "what": what, "unit": "ms",
            "median": {str(count): round(statistics.median(times), 1) for count, times in by_count.items()},
            "ratio": round(statistics.median(ratios), 2), "spread": [round(min(ratios), 2), round(max(ratios), 2)],
        }  # fmt: skip
        json.dump(line, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
