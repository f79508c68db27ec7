"""The contract of entries, row by row: docs/field-api.md §3."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from dudao.intake.entries import BODY_LIMIT
from dudao.people import tokens
from tests.intake.house import House, until
from tests.intake.phone import Phone, entry, sha256


def rows_of(house: House, sent: dict[str, object]) -> int:
    key = sent["id"] if house.is_postgres else str(sent["id"]).replace("-", "")
    return int(house.read("SELECT count(*) FROM intake_entry WHERE id = %s", key)[0][0])


def test_a_new_entry_is_acknowledged_once_it_is_durable(house: House, phone: Phone) -> None:
    sent = entry()
    reply = phone.send(sent)
    assert reply.status == 201
    assert reply.json["id"] == sent["id"]
    assert reply.json["outcome"] == "new"
    assert datetime.fromisoformat(reply.json["received_at"]).tzinfo is not None
    assert rows_of(house, sent) == 1


def test_the_body_is_kept_byte_for_byte(house: House, phone: Phone) -> None:
    body = json.dumps(entry("督导"), ensure_ascii=False, indent=3).encode()
    phone.send(body)
    kept = house.read("SELECT body FROM intake_entry WHERE body_sha256 = %s", sha256(body))
    assert bytes(kept[0][0]) == body


def test_an_exact_resend_is_a_success_and_no_new_row(house: House, phone: Phone) -> None:
    sent = entry()
    first, again = phone.send(sent), phone.send(sent)
    assert (first.status, again.status) == (201, 200)
    assert again.json == {**first.json, "outcome": "known"}
    assert rows_of(house, sent) == 1


def test_the_same_id_with_other_content_is_refused_and_the_first_kept(house: House, phone: Phone) -> None:
    sent = entry("first")
    phone.send(sent)
    reply = phone.send({**sent, "payload": {"text": "second"}})
    assert (reply.status, reply.code) == (409, "entry-differs")
    until(lambda: phone.told(sent)["state"] == "projected", what="projection")
    key = sent["id"] if house.is_postgres else sent["id"].replace("-", "")
    assert house.read("SELECT text FROM trial_note WHERE entry_id = %s", key) == [("first",)]


def test_eight_identical_sends_at_once_are_eight_successes_and_one_row(house: House, phone: Phone) -> None:
    for _round in range(5):
        sent = entry()
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(phone.send, [sent] * 8))
        assert sorted(reply.status for reply in replies) == [200] * 7 + [201]
        assert len({reply.json["received_at"] for reply in replies}) == 1
        assert rows_of(house, sent) == 1


def test_of_eight_different_bodies_under_one_id_exactly_one_is_kept(house: House, phone: Phone) -> None:
    sent = entry()
    bodies = [{**sent, "payload": {"text": f"version {number}"}} for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(phone.send, bodies))
    assert sorted(reply.status for reply in replies) == [201] + [409] * 7
    assert rows_of(house, sent) == 1


@pytest.mark.parametrize("wrong", [None, "", "17", "not-an-id", 17, {}, "0198-"])
def test_without_a_real_id_nothing_is_stored(phone: Phone, wrong: object) -> None:
    reply = phone.send(entry(id=wrong))
    assert (reply.status, reply.code) == (400, "entry-id-missing")


def test_a_missing_id_is_named(phone: Phone) -> None:
    sent = entry()
    del sent["id"]
    reply = phone.send(sent)
    assert (reply.status, reply.code) == (400, "entry-id-missing")


@pytest.mark.parametrize(
    ("body", "at"),
    [
        (b"", "$"),
        (b"{", "$"),
        (b"[]", "$"),
        (b"\xff\xfe", "$"),
        (b"null", "$"),
        (b"[" * 100_000, "$"),
        (json.dumps(entry(made_at="yesterday")).encode(), "$.made_at"),
        (json.dumps(entry(made_at="2026-01-01T00:00:00")).encode(), "$.made_at"),
        (json.dumps(entry(made_at="9999-12-31T23:59:59-10:00")).encode(), "$.made_at"),
        (json.dumps(entry(extra=1)).encode(), "$"),
        (json.dumps(entry(payload=[])).encode(), "$.payload"),
        (json.dumps(entry(payload={"text": 5})).encode(), "$.payload.text"),
        (json.dumps(entry(payload={"text": "x", "parts": [{}]})).encode(), "$.payload.parts[0]"),
        (json.dumps(entry(payload={"text": "x", "parts": [{"wording": 1}]})).encode(), "$.payload.parts[0].wording"),
        (json.dumps(entry(payload={"text": "x", "surprise": 1})).encode(), "$.payload"),
        (json.dumps(entry(payload={"text": "x", "manifest": [{"sha256": "A"}]})).encode(), "$.payload.manifest[0].sha256"),
    ],
)  # fmt: skip
def test_a_malformed_body_is_refused_with_its_place_and_reason(phone: Phone, body: bytes, at: str) -> None:
    reply = phone.send(body)
    assert (reply.status, reply.code) == (400, "entry-malformed")
    assert reply.json["details"]["at"] == at
    assert reply.json["details"]["reason"]


@pytest.mark.parametrize("changes", [{"kind": "riddle"}, {"schema": 2}, {"schema": -1}, {"schema": 10**18}])
def test_an_unknown_kind_or_schema_is_refused(phone: Phone, changes: dict[str, object]) -> None:
    reply = phone.send(entry(**changes))
    assert (reply.status, reply.code) == (400, "entry-kind-unknown")


def test_a_body_over_the_size_is_refused(phone: Phone) -> None:
    reply = phone.send(b" " * (BODY_LIMIT + 1))
    assert (reply.status, reply.code) == (413, "entry-too-large")


def test_a_body_over_the_size_is_refused_also_without_a_length(phone: Phone) -> None:
    pieces = (b" " * 65536 for _ in range(BODY_LIMIT // 65536 + 1))
    reply = phone.ask("POST", "/door/entries", body=pieces)
    assert (reply.status, reply.code) == (413, "entry-too-large")


def test_a_body_of_exactly_the_size_is_taken(phone: Phone) -> None:
    body = json.dumps(entry()).encode()
    assert phone.send(body + b" " * (BODY_LIMIT - len(body))).status == 201


def test_an_entry_that_cannot_be_projected_is_kept_in_quarantine(phone: Phone) -> None:
    sent = entry("unit unknown")
    assert phone.send(sent).status == 201
    told = until(
        lambda: phone.told(sent) if phone.told(sent)["state"] != "received" else None, what="projection"
    )
    assert (told["state"], told["reason"]) == ("quarantined", "unit-unknown")
    assert told["complete"] is True


def test_one_asks_after_an_entry_and_its_files(phone: Phone) -> None:
    first, second = f"one {uuid4()}".encode(), f"two {uuid4()}".encode()
    sent = entry(files=[first, second])
    phone.send(sent)
    assert phone.upload(first).status == 204
    told = phone.told(sent)
    assert told["id"] == sent["id"]
    assert told["files"] == [
        {"sha256": sha256(first), "size": len(first), "stored": True},
        {"sha256": sha256(second), "size": len(second), "stored": False},
    ]
    assert told["complete"] is False
    phone.upload(second)
    assert phone.told(sent)["complete"] is True


def test_a_file_of_another_size_than_promised_does_not_complete(phone: Phone) -> None:
    content = f"one {uuid4()}".encode()
    sent = entry(files=[content])
    sent["payload"]["manifest"][0]["size"] += 1
    phone.send(sent)
    phone.upload(content)
    assert phone.told(sent)["complete"] is False


@pytest.mark.parametrize("asked", ["01900000-0000-7000-8000-000000000000", "17", "x" * 3000, "%00", "a/b"])
def test_an_unknown_entry_is_404(phone: Phone, asked: str) -> None:
    reply = phone.ask("GET", f"/door/entries/{asked}")
    assert (reply.status, reply.code) == (404, "entry-unknown")


def test_nobody_asks_after_the_entry_of_another(house: House, phone: Phone) -> None:
    sent = entry()
    phone.send(sent)
    reply = Phone(house, user=8).ask("GET", f"/door/entries/{sent['id']}")
    assert (reply.status, reply.code) == (404, "entry-unknown")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "token-missing"),
        ("Basic abc", "token-missing"),
        ("Bearer ", "token-missing"),
        ("Bearer nonsense", "token-invalid"),
        ("Bearer d1.eyJ9.x", "token-invalid"),
        ("Bearer d1.éé.x", "token-invalid"),
    ],
)
def test_a_bad_token_is_turned_away(phone: Phone, header: str, code: str) -> None:
    reply = phone.send(entry(), Authorization=header)
    assert (reply.status, reply.code) == (401, code)


def test_a_token_of_last_month_has_expired(phone: Phone) -> None:
    past = datetime.now(UTC) - tokens.LIFETIME - timedelta(seconds=5)
    old, _until = tokens.issue(user=7, device=str(phone.device), now=past)
    reply = phone.send(entry(), Authorization=f"Bearer {old}")
    assert (reply.status, reply.code) == (401, "token-expired")


def test_a_revoked_device_and_a_closed_account_are_turned_away(house: House) -> None:
    lost, closed = Phone(house, user=901), Phone(house, user=902)
    now = datetime.now(UTC) if house.is_postgres else datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    for number, active in ((901, True), (902, False)):
        house.write(
            "INSERT INTO people_user (id, password, username, name, phone, title, certificate_no, is_active,"
            " is_password_temporary, has_put_steps_away, created_at)"
            " VALUES (%s, '', %s, '', '', '', '', %s, %s, %s, %s)",
            number, f"user{number}", active, False, False, now,
        )  # fmt: skip
    device = lost.device if house.is_postgres else lost.device.hex
    house.write(
        "INSERT INTO people_device (id, user_id, name, created_at, renewed_at, revoked_at, app, waiting)"
        " VALUES (%s, 901, '', %s, %s, %s, '', 0)",
        device, now, now, now,
    )  # fmt: skip
    for one in (lost, closed):
        reply = until(lambda one=one: (r := one.send(entry())).status == 401 and r, what="the door to know")
        assert reply.code == "device-revoked"


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("en", "sign in"),
        ("en-GB,zh;q=0.5", "sign in"),
        ("zh-CN,en;q=0.5", "登录"),
        ("", "登录"),
        ("tlh", "登录"),
    ],
)
def test_the_message_is_in_the_readers_language(phone: Phone, language: str, word: str) -> None:
    reply = phone.send(entry(), Authorization="", **{"Accept-Language": language})
    assert word in reply.json["message"].lower()
    assert set(reply.json) == {"code", "message", "details"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/door/entries", 405),
        ("PUT", "/door/entries", 405),
        ("DELETE", "/door/entries/01900000-0000-7000-8000-000000000000", 405),
        ("GET", "/door/", 404),
        ("GET", "/door/elsewhere", 404),
    ],
)
def test_other_ways_in_are_closed(phone: Phone, method: str, path: str, status: int) -> None:
    assert phone.ask(method, path).status == status


@pytest.mark.parametrize("wrong", ["", "yesterday", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00"])
def test_a_wrong_clock_header_never_costs_the_entry(house: House, phone: Phone, wrong: str) -> None:
    sent = entry()
    assert phone.send(sent, **{"X-Device-Time": wrong}).status == 201


def test_many_requests_share_a_connection(house: House, phone: Phone) -> None:
    """A refusal before the body was read must not confuse the next request on the same connection."""

    link = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
    bad, good = {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {phone.token}"}
    for number in range(6):
        body = json.dumps(entry("x" * 3000)).encode()
        link.request("POST", "/door/entries", body=body, headers=good if number % 2 else bad)
        answer = link.getresponse()
        answer.read()
        assert answer.status == (201 if number % 2 else 401)
    link.close()
