"""Entries that wait for a person are explained, put right, tried again or closed; the office sees how phones stand."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.inspections.models import Visit
from dudao.intake import projectors
from dudao.intake.models import Entry
from dudao.intake.states import EntryState
from dudao.journal.models import Event
from dudao.kernel.ids import uuid7
from dudao.people.devices import sign_in
from tests import factories
from tests.intake.signing import Key, arrived, body


def waiting(at: factories.Place, **changes: Any) -> Entry:
    """An entry in quarantine, signed by the inspector's phone."""
    device, key = uuid7(), Key()
    sign_in(
        at.inspector,
        device_id=device,
        name="Android 10 Chrome",
        public_key=key.public,
        app="0.1.0",
        waiting=3,
    )
    sheet = factories.sheet(at) | changes
    entry = arrived(body(sheet, key=key), user=at.inspector, device=device)
    projectors.run()
    entry.refresh_from_db()
    assert entry.state == EntryState.QUARANTINED
    return entry


def unknown_instrument(at: factories.Place) -> dict[str, Any]:
    sheets = [one | {"instrument": "0" * 64} for one in factories.sheet(at)["sheets"]]
    return {"sheets": sheets, "findings": []}


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_school_the_server_does_not_know_is_chosen_again_and_the_record_made(at, signed_in) -> None:
    entry = waiting(at, unit=str(uuid7()))
    before = bytes(entry.body)
    clerk = signed_in(at.officer)
    page = text(clerk.get(reverse("intake:entry", args=[entry.pk])))
    for words in ("系统中没有这所学校", at.unit.name, "签名有效", "Android 10 Chrome"):
        assert words in page
    wrong = clerk.post(reverse("intake:repair", args=[entry.pk]), {"new": "没有的学校"})
    assert wrong.status_code == 422
    assert "没有的学校" in text(wrong), "what was typed stays"
    assert clerk.post(reverse("intake:repair", args=[entry.pk]), {"new": at.unit.code}).status_code == 302
    projectors.run()
    assert Visit.objects.get(pk=entry.pk).unit == at.unit
    entry.refresh_from_db()
    assert entry.proof.standing == "verified", "the body is what the phone signed"
    assert bytes(entry.body) == before
    assert Event.objects.filter(kind="entry.repair", actor_id=at.officer.pk).count() == 1


def test_the_clerk_reads_what_was_reported_and_which_schools_are_near(at, signed_in) -> None:
    far = factories.unit(of=at.county, name="远处的学校")
    far.lat = 27.9
    far.save(update_fields=["lat"])
    entry = waiting(at, unit=str(uuid7()))
    page = text(signed_in(at.officer).get(reverse("intake:entry", args=[entry.pk])))
    soup = BeautifulSoup(page, "html.parser")
    for fact in ("王主任", "校园秩序良好。", factories.problem()["wording"]):
        assert fact in soup.select("dl")[0].get_text(), fact
    assert f"{at.unit.name}（0.0 公里）、{far.name}（11.1 公里）" in soup.get_text()


def test_what_was_put_right_is_watched_until_its_record_opens(at, signed_in) -> None:
    entry = waiting(at, unit=str(uuid7()))
    clerk, page = signed_in(at.officer), reverse("intake:entry", args=[entry.pk])
    answer = clerk.post(reverse("intake:repair", args=[entry.pk]), {"new": at.unit.code})
    assert answer["Location"] == page
    watching = {"hx-request": "true", "hx-trigger": "progress"}
    assert "正在重新处理" in text(clerk.get(page, headers=watching))
    projectors.run()
    assert clerk.get(page, headers=watching)["HX-Refresh"] == "true"
    assert reverse("inspections:show", args=[entry.pk]) in text(clerk.get(page))


def test_a_school_is_chosen_again_where_it_has_signed(at, signed_in) -> None:
    """A signature of the school is a file under the name `unit` too: it is none of the school's."""
    signed = "b" * 64
    signatures = {"inspector": "", "unit": signed, "unit_signer": "王主任", "unit_refused": ""}
    entry = waiting(at, unit=str(uuid7()), signatures=signatures)
    signed_in(at.officer).post(reverse("intake:repair", args=[entry.pk]), {"new": at.unit.code})
    projectors.run()
    visit = Visit.objects.get(pk=entry.pk)
    assert (visit.unit, visit.unit_signer) == (at.unit, "王主任")


def test_a_checklist_the_server_does_not_know_is_chosen_again(at, signed_in) -> None:
    entry = waiting(at, **unknown_instrument(at))
    clerk = signed_in(at.officer)
    page = text(clerk.get(reverse("intake:entry", args=[entry.pk])))
    assert "系统中没有这个版本的检查表" in page
    known = factories.sheet(at)["sheets"][0]["instrument"]
    assert f'value="{known}"' in page
    assert clerk.post(reverse("intake:repair", args=[entry.pk]), {"new": "1" * 64}).status_code == 422
    assert clerk.post(reverse("intake:repair", args=[entry.pk]), {"new": known}).status_code == 302
    projectors.run()
    assert Visit.objects.filter(pk=entry.pk).exists()


def test_closing_needs_a_reason_keeps_the_entry_and_tells_the_phone(at, signed_in) -> None:
    entry = waiting(at, unit=str(uuid7()))
    clerk = signed_in(at.officer)
    assert clerk.post(reverse("intake:close", args=[entry.pk]), {"note": " "}).status_code == 422
    assert clerk.post(reverse("intake:close", args=[entry.pk]), {"note": "重复上报"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.state, entry.detail) == ("closed", "重复上报")
    listed = reverse("intake:quarantine")
    assert str(entry.pk) not in text(clerk.get(listed))
    assert str(entry.pk) in text(clerk.get(listed + "?state=closed"))
    for name, data in (("replay", {}), ("close", {"note": "x"}), ("repair", {"new": at.unit.code})):
        answer = clerk.post(reverse(f"intake:{name}", args=[entry.pk]), data)
        assert answer.status_code in (200, 409)
    entry.refresh_from_db()
    assert entry.state == "closed", "closed is closed"


def test_what_choosing_again_cannot_help_offers_no_form(at, signed_in) -> None:
    entry = waiting(at, unit=str(uuid7()))
    Entry.objects.filter(pk=entry.pk).update(reason="projection-failed")
    page = text(signed_in(at.officer).get(reverse("intake:entry", args=[entry.pk])))
    assert "更正并重新处理" not in page
    assert "重新处理" in page


def test_another_office_neither_sees_nor_touches_it(at, signed_in) -> None:
    entry, stranger = waiting(at, unit=str(uuid7())), signed_in(factories.place().officer)
    assert stranger.get(reverse("intake:entry", args=[entry.pk])).status_code == 404
    assert stranger.post(reverse("intake:close", args=[entry.pk]), {"note": "x"}).status_code == 404
    assert at.inspector.name not in text(stranger.get(reverse("intake:phones")))


@pytest.mark.parametrize(
    ("query", "is_shown"), [("", True), ("?waiting=1", True), ("?troubled=1", True), ("?quiet=1", False)]
)
def test_the_office_sees_what_waits_on_each_side_of_a_phone(
    at, signed_in, query: str, is_shown: bool
) -> None:
    waiting(at, unit=str(uuid7()))
    page = text(signed_in(at.officer).get(reverse("intake:phones") + query))
    assert (f">{at.inspector.name}<" in page) is is_shown
    assert ("Android 10 Chrome" in page) is is_shown
    assert ("0.1.0" in page) is is_shown


def test_phones_and_their_files_are_a_click_away_when_nothing_is_held(at, signed_in) -> None:
    office = signed_in(at.officer)
    assert f'href="{reverse("intake:phones")}"' in text(office.get(reverse("office:home")))
    assert f'href="{reverse("intake:handovers")}"' in text(office.get(reverse("intake:phones")))
    assert reverse("intake:phones") not in text(signed_in(at.inspector).get(reverse("office:home")))


def test_the_phone_says_how_much_waits_on_it(at, signed_in) -> None:
    about = {"device_id": str(uuid7()), "name": "n", "app": "0.1.0", "waiting": 4}
    answer = signed_in(at.inspector).post(
        reverse("field:device"), json.dumps(about), content_type="application/json"
    )
    assert answer.status_code == 200
    device = at.inspector.devices.get()
    assert (device.app, device.waiting) == ("0.1.0", 4)
