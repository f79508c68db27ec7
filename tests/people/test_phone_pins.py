"""The PIN over a phone's store: asked for by a rule; its key kept by the server, given out after signing in anew, to nobody else."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dudao.field import bundle
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.devices import sign_in
from dudao.people.models import Device
from dudao.people.roles import Role
from dudao.rules.models import Rule
from tests import factories

KEY = "c2VhbGVkIGJ5IHRoZSBwaG9uZSBhbmQgbm8gdXNlIGhlcmU0NTY3ODkwMTIzNDU2Nzg5MA=="
PASSWORD = "a-long-pass-word-2026"


@pytest.fixture
def phone(at: factories.Place) -> UUID:
    made = uuid7()
    sign_in(at.inspector, device_id=made, name="Android 10 Chrome")
    at.inspector.set_password(PASSWORD)
    at.inspector.save()
    return made


def sent(client: Client, route: str, **body: Any) -> Any:
    return client.post(reverse(route), json.dumps(body, default=str), content_type="application/json")


def by_password(at: factories.Place) -> Client:
    client = Client()
    form = {"username": at.inspector.username, "password": PASSWORD}
    assert client.post(reverse("people:sign-in"), form).status_code == 302
    return client


def test_no_pin_is_asked_for_until_the_office_sets_the_rule(at) -> None:
    assert bundle.of(at.inspector)["pin"] is None
    Rule.objects.create(
        key="field.pin", name="x", name_en="x", region=at.county, value=6, source="x", starts_on=clock.today(), mark="DESIGN"
    )  # fmt: skip
    assert bundle.of(at.inspector)["pin"] == {"digits": 6, "lock_minutes": 5, "tries": 10}
    assert bundle.of(factories.place().inspector)["pin"] is None


def test_the_key_is_kept_and_given_out_right_after_signing_in(at, phone) -> None:
    client = by_password(at)
    assert sent(client, "field:pin", device_id=phone, key=KEY).status_code == 200
    assert sent(client, "field:pin-forgotten", device_id=phone).json()["key"] == KEY
    kinds = Event.objects.filter(object_id=str(at.inspector.pk), kind__startswith="device.pin")
    assert list(kinds.order_by("pk").values_list("kind", flat=True)) == ["device.pin", "device.pin_forgotten"]


def test_who_signed_in_longer_ago_signs_in_anew(at, phone) -> None:
    client = by_password(at)
    sent(client, "field:pin", device_id=phone, key=KEY)
    with clock.set_to(clock.now() + timedelta(minutes=11)):
        answer = sent(client, "field:pin-forgotten", device_id=phone)
        assert (answer.status_code, answer.json()["code"]) == (403, "sign-in-anew")
        client.get(
            reverse("people:sign-in")
        )  # still signed in: the page sends her on, and that counts for nothing
        assert sent(client, "field:pin-forgotten", device_id=phone).status_code == 403
        client.post(reverse("people:sign-out"))
        assert sent(client, "field:pin-forgotten", device_id=phone).json()["code"] == "token-missing"
        client.post(reverse("people:sign-in"), {"username": at.inspector.username, "password": PASSWORD})
        assert sent(client, "field:pin-forgotten", device_id=phone).json()["key"] == KEY


def test_nobody_gets_anothers_key_and_a_phone_turned_away_gets_none(at, phone, signed_in) -> None:
    sent(by_password(at), "field:pin", device_id=phone, key=KEY)
    colleague = factories.person(Role.INSPECTOR)
    for route, more in (("field:pin", {"key": KEY}), ("field:pin-forgotten", {})):
        assert sent(signed_in(colleague), route, device_id=phone, **more).status_code == 404
        assert sent(signed_in(at.officer), route, device_id=phone, **more).status_code == 403
        assert sent(Client(), route, device_id=phone, **more).status_code == 401
    Device.objects.filter(pk=phone).update(revoked_at=clock.now())
    answer = sent(by_password(at), "field:pin-forgotten", device_id=phone)
    assert (answer.status_code, answer.json()["code"]) == (401, "device-revoked")


def test_nonsense_is_refused_and_a_phone_without_a_key_is_told_so(at, phone) -> None:
    client = by_password(at)
    assert sent(client, "field:pin", device_id=phone, key="short").status_code == 400
    assert sent(client, "field:pin", device_id="x", key=KEY).status_code == 400
    assert sent(client, "field:pin-forgotten", device_id=phone).status_code == 404
