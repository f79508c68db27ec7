"""A real server, a real Chromium."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser.seed import PASSWORD
from tests.intake.house import ROOT, House, built

CHROMIUM = shutil.which(os.environ.get("DUDAO_CHROMIUM", "chromium"))
BUILT = ROOT / "src" / "dudao" / "static" / "built" / "manifest.json"
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}

SignIn = Callable[[str], Page]
# Patience, not a measure: on a crowded machine the browser encodes a drawn picture only when it finds a quiet moment.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    why = None
    if CHROMIUM is None:
        why = "LEFT OUT: no Chromium on this machine (install it or set DUDAO_CHROMIUM)"
    elif not BUILT.exists():
        why = "LEFT OUT: the front end is not built (make test builds it)"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
            if why and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason=why))


class OpenHouse(House):
    """The product's own settings, and people in it."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "DJANGO_SETTINGS_MODULE": "dudao.settings",
            "DUDAO_PUBLIC_URL": self.url,
        }


def opened(home: Path, *options: str) -> Iterator[House]:
    with built(home) as one:
        house = OpenHouse(one.home, one.database_url)
        command = [sys.executable, "-m", "tests.browser.seed", *options]
        subprocess.run(command, env=house.environment(), cwd=ROOT, check=True)
        house.start()
        yield house
        assert house.stop() == 0


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county with people and nothing done yet."""
    yield from opened(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county with a problem in every state."""
    yield from opened(tmp_path_factory.mktemp("furnished"), "--furnish")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as one:
        yield one


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    one = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
    yield one
    one.close()


WORDS = {"zh": ("账号", "密码", "登录"), "en": ("Account", "Password", "Sign in")}


def sign_in(page: Page, house: House, username: str, to: str = "/", *, language: str = "zh") -> Page:
    account, password, button = WORDS[language]
    page.goto(f"{house.url}/sign-in/?next={to}")
    page.get_by_label(account).fill(username)
    page.get_by_label(password).fill(PASSWORD)
    page.get_by_role("button", name=button).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page


@pytest.fixture
def desktop(browser: Browser, house: House) -> Iterator[SignIn]:
    """Sign someone in on an office PC: `desktop("county")`."""
    contexts: list[BrowserContext] = []

    def open_page(username: str) -> Page:
        context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
        contexts.append(context)
        return sign_in(context.new_page(), house, username)

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def phone_profile(tmp_path: Path) -> Path:
    """What the phone's browser keeps on disk, across closing and opening it."""
    return tmp_path / "phone"
