"""The month's bundle: what the phone takes along, in few bytes, and nothing again that has not changed."""

import gzip
import json
from datetime import timedelta

from django.test import Client

from dudao.findings import asking, handling, services
from dudao.findings.models import Finding
from dudao.kernel.ids import uuid7
from dudao.people import devices
from tests import factories
from tests.findings.walking import received, seen


def fetch(token: str, **headers: str):
    return Client().get("/api/field/bundle", headers={"Authorization": f"Bearer {token}", **headers})


def token_of(at) -> str:
    return devices.sign_in(at.inspector, device_id=uuid7(), name="test")[0]


def test_the_instruments_come_compiled_in_the_order_they_are_offered(at) -> None:
    bundle = fetch(token_of(at)).json()
    assert [one["key"] for one in bundle["instruments"]][:3] == [
        "double-reduction-school", "five-managements", "after-school-service",
    ]  # fmt: skip
    observation = next(one for one in bundle["instruments"] if one["key"] == "class-observation")
    verdict = observation["definition"]["sections"][-1]["items"][0]
    assert verdict["suggested_tree"][:2] == ["call", "if"]
    assert all("applies_to" in one["definition"] for one in bundle["instruments"])


def test_a_phone_that_can_unpack_gets_a_small_answer(at) -> None:
    token = token_of(at)
    plain, packed = fetch(token), fetch(token, **{"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content))["instruments"] == plain.json()["instruments"]
    assert len(packed.content) < len(plain.content) / 4


def test_what_has_not_changed_is_not_sent_again(at) -> None:
    token = token_of(at)
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        tag = fetch(token, **headers)["ETag"]
        assert fetch(token, **headers, **{"If-None-Match": tag}).status_code == 304


def test_the_phone_is_told_that_the_days_of_a_problem_are_paused(at) -> None:
    running, paused = received(at), received(at)
    handling.pause(paused, by=at.officer, seen=seen(paused), reason="待立项")
    told = {one["id"]: one["is_paused"] for one in fetch(token_of(at)).json()["findings"]}
    assert told == {str(running.pk): False, str(paused.pk): True}


def test_the_phone_is_told_of_which_problems_the_days_run(at) -> None:
    """What is reported, or waits for an answer to an extension asked for, is late nowhere else and not on the phone."""
    running, wishing, done = (received(at) for _ in range(3))
    wished = wishing.due_on + timedelta(days=3)
    asking.ask_extension(wishing, by=at.head, seen=seen(wishing), text="材料未到货", wished_on=wished)
    photo = factories.picture(at.head, 77).sha256
    services.report(done, by=at.head, seen=seen(done), text="已改", before=[], after=[photo])
    told = {one["id"]: (one["days_run"], one["due_on"]) for one in fetch(token_of(at)).json()["findings"]}
    assert {key: runs for key, (runs, _on) in told.items()} == {
        str(running.pk): True, str(wishing.pk): False, str(done.pk): False,
    }  # fmt: skip
    assert all(on for _runs, on in told.values())


def test_who_verifies_is_told_what_was_asked_and_sees_what_was_found(at) -> None:
    running, done = received(at), received(at)
    found = factories.picture(at.inspector, 20).sha256
    told = {"basis": "第十条", "requirement": "清理", "measures": "专人负责", "evidence": [found]}
    Finding.objects.filter(pk__in=[running.pk, done.pk]).update(**told)
    photo = factories.picture(at.head, 77).sha256
    services.report(done, by=at.head, seen=seen(done), text="已改", before=[], after=[photo])
    rows = {one["id"]: one for one in fetch(token_of(at)).json()["findings"]}
    asked = ("basis", "requirement", "measures")
    assert [[rows[str(one.pk)][name] for name in asked] for one in (running, done)] == [
        ["第十条", "清理", "专人负责"]
    ] * 2
    assert rows[str(running.pk)]["photos"] == [], "nothing to judge yet"
    [before] = rows[str(done.pk)]["photos"]
    assert (before["kind"], before["thumb_url"]) == ("before", f"/evidence/{found}/thumb")
