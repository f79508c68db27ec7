"""Is a sheet what the phone signed? The answer is kept; nothing is refused for it."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dudao.inspections.models import Visit
from dudao.intake import completion, projectors
from dudao.intake.models import Entry
from dudao.intake.states import Standing
from dudao.journal.models import Event
from dudao.kernel.ids import uuid7
from dudao.people.models import DeviceKey
from tests import factories
from tests.intake.signing import Key, arrived, body


def sign_in(client: Client, phone: UUID, public_key: str = "") -> Any:
    about = {"device_id": str(phone), "name": "Android Chrome"} | (
        {"public_key": public_key} if public_key else {}
    )
    return client.post(reverse("field:device"), json.dumps(about), content_type="application/json")


@pytest.fixture
def phone(at: factories.Place, signed_in: Any) -> tuple[UUID, Key]:
    """The inspector's phone with its key registered."""
    device, key = uuid7(), Key()
    assert sign_in(signed_in(at.inspector), device, key.public).json()["key"] == key.id
    return device, key


def projected(entry: Entry) -> Entry:
    projectors.run()
    completion.check()
    entry.refresh_from_db()
    return entry


def standing(entry: Entry) -> tuple[str, str]:
    entry = projected(entry)
    assert entry.state == "projected", entry.detail
    return entry.proof.standing, entry.proof.reason


def test_a_sheet_signed_by_the_phone_is_verified(at, phone, signed_in) -> None:
    device, key = phone
    sent = body(factories.sheet(at), key=key)
    assert standing(arrived(sent, user=at.inspector, device=device)) == (Standing.VERIFIED, "")
    page = signed_in(at.officer).get(reverse("inspections:show", args=[sent["id"]])).content.decode()
    assert "签名有效" in page
    assert Event.objects.filter(kind="device.key").count() == 1


def test_a_sheet_of_an_older_app_is_unsigned_and_taken(at, phone) -> None:
    assert standing(arrived(body(factories.sheet(at)), user=at.inspector, device=phone[0])) == (
        Standing.UNSIGNED,
        "",
    )


@pytest.mark.parametrize("change", ["payload", "signature", "made_at", "nonsense"])
def test_what_was_changed_after_signing_is_kept_and_flagged(at, phone, signed_in, change: str) -> None:
    device, key = phone
    sent = body(factories.sheet(at), key=key)
    if change == "payload":
        sent["payload"]["narrative"] = "一切良好。"
    elif change == "made_at":
        sent["made_at"] = sent["made_at"].replace("+00:00", "Z")
    else:
        sent["signed"]["value"] = Key().sign("else") if change == "signature" else "***"
    entry = arrived(sent, user=at.inspector, device=device)
    assert standing(entry) == (Standing.BAD, "signature-wrong")
    assert "signature" in Visit.objects.get(pk=entry.pk).flags
    assert Event.objects.filter(kind="entry.unproved", object_id=str(entry.pk)).count() == 1
    page = signed_in(at.officer).get(reverse("inspections:show", args=[entry.pk])).content.decode()
    assert "设备签名不符" in page


def test_a_key_of_another_phone_or_of_nobody_proves_nothing(at, phone) -> None:
    _device, key = phone
    stranger = arrived(body(factories.sheet(at), key=Key()), user=at.inspector, device=phone[0])
    assert standing(stranger) == (Standing.BAD, "key-unknown")
    elsewhere = arrived(body(factories.sheet(at), key=key), user=at.inspector, device=uuid7())
    assert standing(elsewhere) == (Standing.BAD, "key-foreign")


def test_a_replaced_key_still_reads_what_it_signed(at, phone, signed_in) -> None:
    device, old = phone
    waiting = body(factories.sheet(at), key=old)
    new = Key()
    assert sign_in(signed_in(at.inspector), device, new.public).json()["key"] == new.id
    assert standing(arrived(waiting, user=at.inspector, device=device)) == (Standing.VERIFIED, "")
    assert (
        standing(arrived(body(factories.sheet(at), key=new), user=at.inspector, device=device))[0]
        == Standing.VERIFIED
    )
    assert sign_in(signed_in(at.inspector), device, old.public).json()["key"] == "", (
        "the phone is to make another"
    )
    assert DeviceKey.objects.live().get(device=device).pk == new.id


def test_a_revoked_phones_key_reads_old_sheets_and_proves_no_new_ones(at, phone, signed_in) -> None:
    device, key = phone
    before = arrived(body(factories.sheet(at), key=key), user=at.inspector, device=device)
    office = signed_in(at.administrator)
    assert office.post(reverse("office:device", args=[device]), {"to": "off"}).status_code == 302
    assert standing(before) == (Standing.VERIFIED, "")
    late = arrived(body(factories.sheet(at), key=key), user=at.inspector, device=device)
    assert standing(late) == (Standing.BAD, "key-revoked")
    own = signed_in(at.inspector)
    assert sign_in(own, device, key.public).json()["code"] == "device-revoked"
    office.post(reverse("office:device", args=[device]), {"to": "on"})
    assert sign_in(own, device, key.public).json()["key"] == "", "found again: it begins with a new key"


@pytest.mark.parametrize("public", ["not base64!", "AAAA", "TUlJQklqQU5CZ2txaGtpRzl3MEJBUUVGQUFPQ0FROEE="])
def test_what_is_no_key_signs_the_phone_in_without_one(at, signed_in, public: str) -> None:
    answer = sign_in(signed_in(at.inspector), uuid7(), public)
    assert answer.status_code == 200
    assert answer.json()["key"] == ""
    assert answer.json()["token"]
