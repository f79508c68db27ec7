"""Every page of the matrix, phone and desktop, both languages: axe finds nothing, nothing overflows, nothing fails."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage

from tests.browser.conftest import DESKTOP, PHONE, sign_in
from tests.browser.looking import faults
from tests.intake.house import House

pytestmark = pytest.mark.one_database
SIZES = {"phone": PHONE, "desktop": DESKTOP}
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
LOOKS = [("phone", "en"), ("desktop", "zh")]
"""Long English words on the narrow screen, and the product's language at the desk: between them both of each."""
PAGES = {
    "city": ["/", "/findings/?state=", "/visits/", "/coverage/", "/units/"],
    "county": [
        "/",
        "/search/?q=1",
        "/search/",
        "/zones/?view=map",
        "/inspectors/applications/?state=",
        "/publicity/",
    ],
    "inspector": ["/", "/plans/"],
    "school": ["/", "/findings/?overdue=1"],
    "auditor": ["/"],
    "admin": ["/"],
    "security": ["/"],
    "audit": ["/"],
}
"""Beside every address of the matrix: pages that differ for another person, or with another question. Each page once, by
someone who has a reason to open it. What a page holds does not depend on the database."""


def things(house: House, role: str) -> list[str]:
    """Addresses of single things: a problem in each state, a filed and an arriving visit, the school, an instrument."""
    if role not in ("school", "county"):
        return []
    sent = " WHERE state <> 'RECORDED'" if role == "school" else ""
    findings = [f"/findings/{_id(row[0])}/" for row in house.read(f"SELECT id FROM findings_finding{sent}")]
    visits = [
        f"/visits/{_id(row[0])}/"
        for row in house.read("SELECT id FROM inspections_visit WHERE state = 'FILED'")[:1]
    ]
    unit = [f"/units/{_id(row[0])}/" for row in house.read("SELECT id FROM places_unit")]
    if role == "school":
        return findings[1:4]
    arriving = house.read("SELECT id FROM inspections_visit WHERE state = 'RECEIVING'")
    return [
        findings[0],
        *findings[4:],
        *visits,
        f"/visits/{_id(arriving[0][0])}/",
        *unit,
    ]


def _id(raw: Any) -> str:
    text = str(raw).replace("-", "")
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@pytest.mark.parametrize(("size", "language"), LOOKS)
@pytest.mark.parametrize("role", PAGES)
def test_pages_are_accessible_and_fit(browser: Browser, furnished: House, role, size, language) -> None:
    context = browser.new_context(viewport=SIZES[size], locale=LANGUAGES[language], bypass_csp=True)
    page = context.new_page()
    wrong: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(f"{page.url}: console {message.text[:200]}")

    page.on("console", listen)
    sign_in(page, furnished, role, language=language)
    every = json.loads((furnished.home / "pages.json").read_text())
    for address in [*PAGES[role], *every.get(role, []), *things(furnished, role)]:
        answer = page.goto(furnished.url + address)
        assert answer is not None
        assert answer.status == 200, address
        wrong += faults(page, address)
    context.close()
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_pages_before_sign_in_are_accessible_and_fit(
    browser: Browser, furnished: House, size, language
) -> None:
    code = furnished.read("SELECT code FROM documents_document")[0][0]
    context = browser.new_context(viewport=SIZES[size], locale=LANGUAGES[language], bypass_csp=True)
    page = context.new_page()
    wrong: list[str] = []
    for address in ("/sign-in/", "/v/", f"/v/{code}/", f"/v/{code}/?sha256=00", "/v/NOSUCH/", "/nowhere/"):
        page.goto(furnished.url + address)
        wrong += faults(page, address)
    context.close()
    assert not wrong, "\n".join(wrong)
