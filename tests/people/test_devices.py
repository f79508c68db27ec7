"""Phones: one's own lost one is turned away; a token lasts a month, and a phone comes back after it."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.devices import owner, sign_in
from dudao.people.models import DeviceKey
from dudao.people.tokens import LIFETIME, TokenExpired
from tests import factories
from tests.intake.signing import Key


def test_an_inspector_turns_away_a_lost_phone_and_only_the_office_lets_it_in_again(at, signed_in) -> None:
    phone, key = uuid7(), Key()
    token = sign_in(
        at.inspector, device_id=phone, name="Android 10 Chrome", public_key=key.public, waiting=2
    ).token
    own, page = signed_in(at.inspector), reverse("people:devices")
    shown = own.get(page).content.decode()
    assert "Android 10 Chrome" in shown
    assert "2 项未上报" in shown
    assert own.post(page, {"device": str(phone)}).status_code == 302
    assert "已停用" in own.get(page).content.decode()
    answer = own.get(reverse("field:bundle"), headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "device-revoked")
    about = json.dumps({"device_id": str(phone), "name": "n"})
    again = own.post(reverse("field:device"), about, content_type="application/json")
    assert again.json()["code"] == "device-revoked"
    assert DeviceKey.objects.get(pk=key.id).revoked_at is not None
    assert Event.objects.filter(kind="device.revoke", actor_id=at.inspector.pk).count() == 1
    own.post(page, {"device": str(phone)})
    assert Event.objects.filter(kind="device.revoke").count() == 1, "once"
    signed_in(at.administrator).post(reverse("office:device", args=[phone]), {"to": "on"})
    assert own.post(reverse("field:device"), about, content_type="application/json").status_code == 200


@pytest.mark.parametrize("asked", ["nonsense", "", None])
def test_nobody_turns_away_anothers_phone(at, signed_in, asked: str | None) -> None:
    phone = uuid7()
    sign_in(at.inspector, device_id=phone, name="n")
    other = signed_in(factories.place().inspector)
    data = {"device": str(phone) if asked is None else asked}
    assert other.post(reverse("people:devices"), data).status_code == 404
    assert at.inspector.devices.get().revoked_at is None


def test_a_token_lasts_thirty_days_and_is_renewed_by_signing_in(at, monkeypatch) -> None:
    phone, now = uuid7(), clock.now()
    first = sign_in(at.inspector, device_id=phone, name="n")
    assert first.expires_at - now >= timedelta(days=29, hours=23)
    monkeypatch.setattr(clock, "now", lambda: now + LIFETIME - timedelta(minutes=1))
    assert owner(f"Bearer {first.token}") == at.inspector
    monkeypatch.setattr(clock, "now", lambda: now + LIFETIME + timedelta(minutes=1))
    with pytest.raises(TokenExpired):
        owner(f"Bearer {first.token}")
    second = sign_in(at.inspector, device_id=phone, name="n")
    assert owner(f"Bearer {second.token}") == at.inspector
