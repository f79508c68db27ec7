"""Looking at a page as it stands: axe, and whether it fits the screen."""

from playwright.sync_api import Page

from tests.intake.house import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def faults(page: Page, address: str) -> list[str]:
    """What is wrong with the page as it stands, one line each. The context must bypass the content policy."""
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)"
    )
    lines = [f"{address}: axe {one['id']} at {one['nodes'][0]['target']}" for one in found]
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if width > 0:
        lines.append(f"{address}: {width} px too wide")
    return lines
