"""Whatever comes, the door says what is wrong with it: never a server error, never half an entry."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.house import House
from tests.intake.phone import STREAM, TUS, Phone, described, entry

QUIET = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
plain_header = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


def is_told(reply: Any) -> bool:
    return reply.status < 500 and (reply.status < 400 or set(reply.json) == {"code", "message", "details"})


@QUIET
@given(st.binary(max_size=300))
def test_any_bytes_as_an_entry(phone: Phone, body: bytes) -> None:
    assert is_told(phone.send(body))


@QUIET
@given(st.data())
def test_an_entry_with_anything_anywhere(phone: Phone, data: st.DataObject) -> None:
    sent = entry()
    place = data.draw(
        st.sampled_from(["id", "kind", "schema", "made_at", "payload", "text", "manifest", "answers"])
    )
    holder = sent["payload"] if place in {"text", "manifest", "answers"} else sent
    holder[place] = data.draw(anything)
    assert is_told(phone.send(json.dumps(sent).encode()))


@QUIET
@given(st.integers(min_value=0, max_value=400), st.binary(min_size=1, max_size=3))
def test_an_entry_with_damaged_bytes(phone: Phone, at: int, damage: bytes) -> None:
    body = json.dumps(entry("督导")).encode()
    assert is_told(phone.send(body[:at] + damage + body[at + len(damage) :]))


@QUIET
@given(
    st.dictionaries(
        st.sampled_from(["Upload-Length", "Upload-Metadata", "Upload-Checksum", "Tus-Resumable"]),
        plain_header,
    )
)
def test_an_upload_with_any_headers(phone: Phone, headers: dict[str, str]) -> None:
    sound = {**TUS, **STREAM, "Upload-Length": "3", "Upload-Metadata": described(b"abc")}
    assert is_told(phone.ask("POST", "/door/files", body=b"abc", headers=sound | headers))


@QUIET
@given(plain_header, plain_header)
def test_any_token_and_any_clock(phone: Phone, token: str, clock: str) -> None:
    reply = phone.send(entry(), Authorization=f"Bearer {token}", **{"X-Device-Time": clock})
    assert reply.status == 401
    assert phone.send(entry(), **{"X-Device-Time": clock, "Accept-Language": token}).status == 201


@pytest.mark.parametrize("length", ["-1", "x", "99999999999999999999"])
def test_a_length_that_lies(house: House, phone: Phone, length: str) -> None:
    reply = phone.send(b"{}", **{"Content-Length": length})
    assert reply.status in {400, 413}
