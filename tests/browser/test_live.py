"""What comes in shows by itself on the live page and on the workbench."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, SignIn, opened
from tests.intake.house import House

VISIT = """
import django
django.setup()
from tests import factories
from dudao.people.models import Assignment
mine = Assignment.objects.select_related("unit__region", "inspector").first()
factories.visit(factories.Place(mine.unit.region, mine.unit.region, mine.unit, mine.inspector, *[None] * 5))
print(mine.unit.name)
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """One of each story's own: the first begins where nothing has come in yet."""
    yield from opened(tmp_path / "live")


def make_visit(house: House) -> str:
    """A visit that another process writes; returns the school's name."""
    done = subprocess.run(
        [sys.executable, "-c", VISIT], env=house.environment() | {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}, cwd=ROOT,
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_a_visit_appears_on_stream_map_and_workbench_without_a_reload(desktop: SignIn, house: House) -> None:
    live = desktop("county")
    live.goto(f"{house.url}/visits/live/")
    expect(live.get_by_text("近几天没有督导上报")).to_be_visible()
    name = make_visit(house)
    expect(live.locator('[data-dudao-live-part="rows"]').get_by_text(name)).to_be_visible()
    spot = live.get_by_role("link", name=re.compile(f"{name} · 已归档 · 1 个问题"))
    expect(spot).to_be_visible()
    home = desktop("county")
    rows = home.locator('[data-dudao-live-part="rows"]')
    expect(rows.get_by_role("link")).to_have_count(1)
    make_visit(house)
    expect(rows.get_by_role("link")).to_have_count(2)
    home.keyboard.press("Tab")
    rows.get_by_role("link").first.click()
    expect(home.get_by_role("heading", level=1)).to_contain_text(name)


def test_when_the_server_is_gone_the_page_says_so_and_goes_on_by_itself(
    desktop: SignIn, house: House
) -> None:
    live = desktop("county")
    live.goto(f"{house.url}/visits/live/")
    rows = live.locator('[data-dudao-live-part="rows"]').get_by_role("link")
    before = rows.count()
    house.stop()
    expect(live.get_by_text("连接已断开")).to_be_visible()
    house.start()
    expect(live.get_by_text("连接已断开")).to_be_hidden()
    make_visit(house)
    expect(rows).to_have_count(before + 1)
