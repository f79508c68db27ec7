"""Grave danger from the phone to the county's desk: at once, seen, answered, climbing where nobody answers; seen by nobody else."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from dudao.alarms import services
from dudao.alarms.models import Alarm
from dudao.alarms.states import State
from dudao.intake import projectors as door
from dudao.intake.models import Entry
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.ids import uuid7
from dudao.notify.models import Message
from dudao.people import devices
from dudao.people.roles import Role
from dudao.rules.models import Rule
from tests import factories

BANNER = 'class="alarm d-print-none"'


def told() -> dict[int, list[str]]:
    """Who was told what."""
    while journal.seal():
        pass
    while followers.run():
        pass
    found: dict[int, list[str]] = {}
    for person, kind in Message.objects.order_by("pk").values_list("recipient", "kind"):
        found.setdefault(person, []).append(kind)
    return found


def entry(at: factories.Place, payload: dict[str, Any], **changes: Any) -> Entry:
    now = clock.now()
    made = uuid7()
    envelope = {"id": str(made), "kind": "alarm", "schema": 1, "made_at": now.isoformat(), "payload": payload}
    return Entry.objects.create(
        id=made, kind="alarm", schema=1, user_id=at.inspector.pk, device_id=uuid7(), made_at=now, device_time=now,
        received_at=now, body=json.dumps(envelope).encode(), body_sha256="0" * 64, try_at=now, **changes,
    )  # fmt: skip


def test_from_the_phone_it_stands_on_every_page_of_the_county_until_somebody_answers(at, signed_in) -> None:
    photo = factories.picture(at.inspector)
    manifest = [{"sha256": photo.sha256, "size": photo.size, "type": "image/jpeg", "role": "photo"}]
    payload = {
        "unit": str(at.unit.pk), "what": "燃气泄漏，食堂已停火", "where": "食堂后厨", "visit": str(uuid7()),
        "pressed_at": clock.now().isoformat(), "place": {"lat": 27.8, "lng": 113.1, "accuracy_m": 9}, "manifest": manifest,
    }  # fmt: skip
    sent = entry(at, payload)
    door.run()
    alarm = Alarm.objects.get(pk=sent.pk)
    assert told() == {at.officer.pk: ["alarm.raise"]}
    office = signed_in(at.officer)
    for address in ("/", "/findings/", "/visits/", "/alarms/", "/units/", f"/alarms/{alarm.pk}/"):
        page = office.get(address).content.decode()
        assert BANNER in page, address
        assert "燃气泄漏" in page
    assert office.get(f"/evidence/{photo.sha256}/thumb").status_code == 200
    at.inspector.phone = "13900000001"
    at.inspector.save()
    page = office.get(f"/alarms/{alarm.pk}/").content.decode()
    assert "139****0001" in page  # shown whole when asked for: danger is first spoken about
    asked = office.post(f"/people/{at.inspector.pk}/phone/", headers={"HX-Request": "true"})
    assert at.inspector.phone in asked.content.decode()
    assert office.post(f"/alarms/{alarm.pk}/acknowledge/", {"handler": " "}).status_code == 422
    office.post(f"/alarms/{alarm.pk}/acknowledge/", {"handler": "李主任 13800000000"})
    assert BANNER not in office.get("/").content.decode()
    assert office.post(f"/alarms/{alarm.pk}/close/", {"outcome": ""}).status_code == 422
    office.post(f"/alarms/{alarm.pk}/close/", {"outcome": "燃气公司已修复，15:20 恢复供餐"})
    alarm.refresh_from_db()
    assert (alarm.state, alarm.closed_by) == (State.CLOSED, at.officer)
    assert told() == {
        at.officer.pk: ["alarm.raise"],
        at.inspector.pk: ["alarm.acknowledge", "alarm.close"],
    }
    kinds = Event.objects.filter(object_id=str(alarm.pk)).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["alarm.raise", "alarm.acknowledge", "alarm.close"]
    assert "15:20" in office.get(f"/alarms/{alarm.pk}/").content.decode()


def test_a_photo_with_faces_covered_stands_beside_its_original_at_the_desk(at, signed_in, own_store) -> None:
    original, copy = (factories.picture(at.inspector, shade) for shade in (40, 160))
    manifest = [
        {"sha256": one.sha256, "size": one.size, "type": "image/jpeg", "masks": masks}
        for one, masks in ((original, ""), (copy, original.sha256))
    ]
    alarm = factories.alarm(at, manifest=manifest)
    page = signed_in(at.officer).get(f"/alarms/{alarm.pk}/").content.decode()
    assert page.index(original.sha256) < page.index(copy.sha256)
    assert page.count("原图，仅督导人员可见") == page.count("遮挡副本") == 1
    assert signed_in(at.officer).get(f"/evidence/{original.sha256}/view").status_code == 200
    for one in (original, copy):
        assert signed_in(at.head).get(f"/evidence/{one.sha256}/view").status_code == 404


def test_nobody_else_sees_it(at, signed_in) -> None:
    alarm = factories.alarm(at)
    elsewhere = factories.place()
    for person in (
        at.head,
        at.inspector,
        at.administrator,
        elsewhere.officer,
        elsewhere.head,
        elsewhere.city_officer,
    ):
        client = signed_in(person)
        assert client.get(f"/alarms/{alarm.pk}/").status_code in (403, 404), person
        for address in ("/", "/messages/"):
            page = client.get(address).content.decode()
            assert BANNER not in page
            assert alarm.what not in page
        assert client.post(f"/alarms/{alarm.pk}/acknowledge/", {"handler": "我"}).status_code in (403, 404)
    assert alarm.what not in signed_in(at.head).get(f"/search/?q={at.unit.name}").content.decode()
    with pytest.raises(Forbidden):
        services.acknowledge(alarm, by=elsewhere.officer, handler="我")
    assert signed_in(at.auditor).get(f"/alarms/{alarm.pk}/").status_code == 200
    assert BANNER not in signed_in(at.auditor).get("/").content.decode()


def test_it_climbs_to_the_city_once_when_nobody_in_the_county_answers_in_time(at, signed_in) -> None:
    alarm = factories.alarm(at)
    city = signed_in(at.city_officer)
    assert services.climb() == 0
    assert BANNER not in city.get("/").content.decode(), "the county has its time first"
    with clock.set_to(clock.now() + timedelta(minutes=16)):
        assert services.climb() == 1
        assert services.climb() == 0
    alarm.refresh_from_db()
    assert alarm.climbed_at is not None
    assert BANNER in city.get("/").content.decode()
    assert told()[at.city_officer.pk] == ["alarm.climb"]
    services.acknowledge(alarm, by=at.city_officer, handler="市督导办张科")
    assert BANNER not in signed_in(at.officer).get("/").content.decode()


def test_what_was_answered_does_not_climb_and_the_patience_is_a_rule(at) -> None:
    services.acknowledge(factories.alarm(at), by=at.officer, handler="李主任")
    factories.alarm(at, what="围墙倾斜")
    Rule.objects.create(
        key="alarm.climb", name="x", name_en="x", region=at.county, value={"minutes": 5}, source="x",
        starts_on=clock.today(), mark="DESIGN",
    )  # fmt: skip
    with clock.set_to(clock.now() + timedelta(minutes=6)):
        assert services.climb() == 1


def test_of_two_people_answering_one_wins_and_the_other_is_told(at, signed_in) -> None:
    alarm = factories.alarm(at)
    stale = Alarm.objects.select_related("unit__region").get(pk=alarm.pk)
    services.acknowledge(alarm, by=at.officer, handler="李主任")
    with pytest.raises(StaleState):
        services.acknowledge(stale, by=at.city_officer, handler="别人")
    page = signed_in(at.city_officer).post(
        f"/alarms/{alarm.pk}/acknowledge/", {"handler": "别人"}, follow=True
    )
    assert "已有人处理" in page.content.decode()
    alarm.refresh_from_db()
    assert alarm.handler == "李主任"
    with pytest.raises(Invalid):
        services.close(alarm, by=at.officer, outcome=" ")


def test_the_phone_is_told_whether_anybody_has_answered(at, client) -> None:
    alarm = factories.alarm(at)
    factories.alarm(factories.place())
    token = devices.sign_in(at.inspector, device_id=uuid7(), name="p").token

    def asked() -> list[dict[str, Any]]:
        answer = client.get(reverse("field:alarms"), headers={"Authorization": f"Bearer {token}"})
        return answer.json()["alarms"]

    [only] = asked()
    assert (only["id"], only["state"], only["handler"]) == (str(alarm.pk), "RAISED", "")
    services.acknowledge(alarm, by=at.officer, handler="李主任")
    assert [(one["state"], one["handler"]) for one in asked()] == [("ACKNOWLEDGED", "李主任")]


def test_a_phone_whose_clock_is_wrong_does_not_press_in_the_future(at) -> None:
    alarm = factories.alarm(at, pressed_at=(clock.now() + timedelta(days=700)).isoformat())
    assert alarm.pressed_at <= alarm.received_at


def test_the_desk_is_the_region_of_the_school_and_those_who_hold_it_today(at) -> None:
    deputy = factories.person(Role.COUNTY_OFFICE, of=at.county)
    factories.alarm(at)
    assert set(told()) == {at.officer.pk, deputy.pk}


def test_a_state_and_its_moments_cannot_disagree(at) -> None:
    alarm = factories.alarm(at)
    alarm.state = State.CLOSED
    with pytest.raises(ValidationError):
        alarm.validate_constraints()
