"""What becomes of entries behind the door: projected once, set aside with a reason, completed once."""

from typing import Any
from uuid import uuid4

import pytest

from tests.intake.house import House, until
from tests.intake.phone import Phone, entry, sha256


def key(house: House, sent: dict[str, Any]) -> str:
    return str(sent["id"]) if house.is_postgres else str(sent["id"]).replace("-", "")


def state_of(house: House, sent: dict[str, Any]) -> tuple[Any, ...]:
    return house.read("SELECT state, reason FROM intake_entry WHERE id = %s", key(house, sent))[0]


def settled(house: House, sent: dict[str, Any]) -> tuple[Any, ...]:
    return until(lambda: (s := state_of(house, sent))[0] != "received" and s, what="the entry to settle")


def happened(house: House, what: str, about: str) -> int:
    statement = "SELECT count(*) FROM trial_happening WHERE what = %s AND about = %s"
    return int(house.read(statement, what, about)[0][0])


def notes(house: House, sent: dict[str, Any]) -> list[str]:
    return [row[0] for row in house.read("SELECT text FROM trial_note WHERE entry_id = %s", key(house, sent))]


def completed(house: House, sent: dict[str, Any]) -> bool:
    return bool(
        house.read("SELECT 1 FROM intake_entry WHERE id = %s AND completed_at IS NOT NULL", key(house, sent))
    )


def test_an_entry_becomes_rows_once(house: House, phone: Phone) -> None:
    sent = entry("a visit")
    for _resend in range(3):
        phone.send(sent)
    assert settled(house, sent) == ("projected", "")
    assert notes(house, sent) == ["a visit"]


def test_an_entry_without_files_completes_at_once(house: House, phone: Phone) -> None:
    sent = entry()
    phone.send(sent)
    until(lambda: completed(house, sent), what="completion")
    assert happened(house, "complete", sent["id"]) == 1


@pytest.mark.parametrize("files_first", [True, False])
def test_completion_is_told_once_when_the_last_file_is_here(
    house: House, phone: Phone, files_first: bool
) -> None:
    photos = [f"photo {uuid4()}".encode() for _ in range(3)]
    sent = entry(files=[*photos, photos[0]])  # one photo may serve two items
    if files_first:
        for photo in photos:
            phone.upload(photo)
        phone.send(sent)
    else:
        phone.send(sent)
        settled(house, sent)
        for photo in photos[:2]:
            phone.upload(photo)
        until(lambda: happened(house, "stored", sha256(photos[1])), what="the announcement of a file")
        assert not completed(house, sent)
        phone.upload(photos[2])
    until(lambda: completed(house, sent), what="completion")
    assert happened(house, "complete", sent["id"]) == 1
    for photo in photos:
        until(lambda photo=photo: happened(house, "stored", sha256(photo)), what="the announcement of a file")
        assert happened(house, "stored", sha256(photo)) == 1


def test_one_file_completes_every_entry_that_waits_for_it(house: House, phone: Phone) -> None:
    photo = f"photo {uuid4()}".encode()
    both = [entry(files=[photo]), entry(files=[photo])]
    for sent in both:
        phone.send(sent)
        settled(house, sent)
    phone.upload(photo)
    for sent in both:
        until(lambda sent=sent: completed(house, sent), what="completion")


def test_what_a_person_must_settle_is_set_aside_without_a_trace_in_the_rooms(
    house: House, phone: Phone
) -> None:
    sent = entry("unit unknown: 第一小学")
    phone.send(sent)
    assert settled(house, sent) == ("quarantined", "unit-unknown")
    assert notes(house, sent) == []


def test_a_faulty_projector_is_tried_again_and_then_set_aside(house: House, phone: Phone) -> None:
    broken, sound = entry("broken: secret of a school"), entry()
    phone.send(broken)
    phone.send(sound)
    assert settled(house, sound)[0] == "projected", "the next entry is not held up"
    assert settled(house, broken) == ("quarantined", "projection-failed")
    attempts = house.read("SELECT attempts FROM intake_entry WHERE id = %s", key(house, broken))
    assert attempts == [(4,)]
    assert broken["id"] in house.log
    assert "secret of a school" not in house.log


def test_a_faulty_completion_is_tried_again_and_shown(house: House, phone: Phone) -> None:
    sent = entry("stuck")
    phone.send(sent)
    reason = "SELECT reason, attempts FROM intake_entry WHERE id = %s"
    until(lambda: house.read(reason, key(house, sent))[0][1] >= 2, what="two tries")
    assert house.read(reason, key(house, sent))[0][0] == "completion-failed"
    assert state_of(house, sent)[0] == "projected"
    assert happened(house, "complete", sent["id"]) == 0, "a failed completion leaves nothing behind"


def test_characters_no_database_takes_are_left_out_of_the_rows_and_kept_in_the_body(
    house: House, phone: Phone
) -> None:
    sent = entry("before\x00after\u0007")
    assert phone.send(sent).status == 201
    assert settled(house, sent)[0] == "projected"
    assert notes(house, sent) == ["beforeafter"]
    body = bytes(house.read("SELECT body FROM intake_entry WHERE id = %s", key(house, sent))[0][0])
    assert b"\\u0000" in body
