"""Asked along by a colleague: at the door as a phone and a page at once ask it, and on a phone without a network."""

import http.cookiejar
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Playwright, expect

from dudao.kernel.ids import uuid7
from tests.browser.conftest import SignIn, opened
from tests.browser.seed import PASSWORD
from tests.browser.test_joint import load
from tests.browser.test_loop import look, open_phone
from tests.intake.house import House, until
from tests.intake.phone import Phone


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A county where two inspectors are asked along and have not answered."""
    yield from opened(tmp_path_factory.mktemp("invited"), "--invited")


class Browser:
    """A signed-in browser that only posts forms."""

    def __init__(self, house: House, username: str) -> None:
        self.house = house
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.opener.open(f"{house.url}/sign-in/", timeout=60)
        self.post("/sign-in/", username=username, password=PASSWORD)

    def token(self) -> str:
        return next(one.value or "" for one in self.jar if one.name == "csrftoken")

    def post(self, path: str, **fields: str) -> str:
        """The page that follows."""
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token(), **fields}).encode()
        request = urllib.request.Request(
            self.house.url + path, body, {"Referer": self.house.url, "Origin": self.house.url}
        )
        return str(self.opener.open(request, timeout=60).read().decode())

    def phone(self) -> Phone:
        """The same person's phone."""
        phone = Phone(self.house)
        body = json.dumps({"device_id": str(phone.device)}).encode()
        headers = {"X-CSRFToken": self.token(), "Origin": self.house.url, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.house.url}/api/field/device", body, headers)
        phone.token = json.loads(self.opener.open(request, timeout=60).read())["token"]
        return phone


def answer(plan: str, *, comes: bool) -> dict[str, Any]:
    payload = {"plan": plan, "comes": comes, "manifest": [], "app": "0.1.0"}
    made_at = datetime.now(UTC).isoformat()
    return {
        "id": str(uuid7()),
        "kind": "invitation-answer",
        "schema": 1,
        "made_at": made_at,
        "payload": payload,
    }


def looked_at(phone: Phone, entry: dict[str, Any]) -> tuple[str, str]:
    """Where an entry stands once a worker has looked at it."""
    told: Any = until(
        lambda: (told := phone.told(entry))["state"] != "received" and told, what="the answer to be read"
    )
    return told["state"], told["reason"]


def invitation_of(house: House, plan: str) -> str:
    ((given,),) = house.read("SELECT answer FROM plans_invitation WHERE item_id = %s", key_of(house, plan))
    return str(given)


def answers_told(house: House, plan: str) -> list[str]:
    """What the journal says was answered to one invitation, in order; another story of this house answers another."""
    steps = house.read(
        "SELECT after FROM journal_event WHERE kind = 'plan.answer' AND object_id = %s ORDER BY id", plan
    )
    return [re.search(r"ACCEPTED|DECLINED", str(one)).group() for one in steps]  # type: ignore[union-attr]


def key_of(house: House, plan: str) -> str:
    return plan if house.is_postgres else UUID(plan).hex


def test_at_the_door_an_answer_counts_once_whatever_else_happens(house: House) -> None:
    helper, county = Browser(house, "helper"), Browser(house, "county")
    phone = helper.phone()
    (asked,) = phone.ask("GET", "/api/field/bundle").json["invitations"]
    plan = asked["plan"]
    yes = answer(plan, comes=True)
    with ThreadPoolExecutor(10) as crowd:
        sent = [crowd.submit(phone.send, yes) for _one in range(6)]
        pages = [
            crowd.submit(helper.post, f"/plans/item/{plan}/answer/", answer="DECLINED") for _one in range(3)
        ]
        statuses = sorted(one.result().status for one in sent)
        assert all("500" not in one.result()[:200] for one in pages)
    assert statuses == [200] * 5 + [201]
    state, reason = looked_at(phone, yes)
    given = invitation_of(house, plan)
    said = answers_told(house, plan)
    assert said[-1] == given
    assert all(one != after for one, after in pairwise(said)), "no answer was told twice"
    assert (state, reason) in {("projected", ""), ("quarantined", "invitation-answered")}
    assert given == "DECLINED" or state == "projected"
    assert phone.ask("GET", "/api/field/bundle").json["invitations"] == []

    assert phone.send(yes).status == 200
    assert phone.send({**yes, "payload": {**yes["payload"], "comes": False}}).code == "entry-differs"
    assert phone.send(answer("x", comes=True)).status == 400
    assert answers_told(house, plan) == said

    house.write("UPDATE plans_invitation SET answer = 'WAITING' WHERE item_id = %s", key_of(house, plan))
    county.post(f"/plans/item/{plan}/drop/")
    late = answer(plan, comes=True)
    assert phone.send(late).status == 201
    assert looked_at(phone, late) == ("quarantined", "invitation-gone")


def test_an_invitation_is_answered_without_a_network(
    playwright: Playwright, house: House, desktop: SignIn, tmp_path: Path
) -> None:
    phone = open_phone(playwright, tmp_path / "phone")
    page = phone.new_page()
    load(page, house, "colleague")
    card = page.get_by_role("article", name="王芳要去的学校")
    expect(card.get_by_text("看食堂")).to_be_visible()
    look(page)
    phone.set_offline(True)
    card.get_by_role("button", name="不能参加").click()
    look(page)
    page.get_by_role("alertdialog").get_by_role("button", name="取消").click()
    card.get_by_role("button", name="同意").click()
    expect(card.get_by_text("联网后自动送达")).to_be_visible()
    expect(card.get_by_role("button")).to_have_count(0)
    page.reload()
    expect(card.get_by_text("已同意")).to_be_visible()
    look(page)
    waiting = "SELECT count(*) FROM plans_invitation i JOIN people_user u ON u.id = i.user_id WHERE u.username = 'colleague' AND answer = 'WAITING'"
    assert house.read(waiting) == [(1,)]

    phone.set_offline(False)
    until(lambda: house.read(waiting) == [(0,)], what="the answer to arrive")
    expect(page.get_by_role("heading", name="同行督导的学校")).to_be_visible()
    expect(page.get_by_text("王芳要去的学校")).to_be_visible()
    expect(page.get_by_role("heading", name="同行邀请")).to_have_count(0)
    lead = desktop("inspector")
    lead.goto(f"{house.url}/plans/")
    lead.get_by_role("link", name="王芳要去的学校").click()
    expect(lead.get_by_text("已同意")).to_be_visible()
    phone.close()
