"""Entries that wait for a person, and stored files, as pages show them."""

import io
import json
import struct
import zlib
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from dudao.intake.handed_in import store_bytes
from dudao.intake.models import Entry
from dudao.intake.states import EntryState
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from tests import factories

SignIn = Callable[[object], Client]
HOSTILE = "<script>alert(1)</script>"


def waiting(at: factories.Place) -> Entry:
    now = clock.now()
    envelope = {"id": str(uuid7()), "kind": "visit", "schema": 1, "made_at": now.isoformat()}
    body = json.dumps(envelope | {"payload": {"narrative": HOSTILE}}).encode()
    return Entry.objects.create(
        id=uuid7(), kind="visit", schema=1, user_id=at.inspector.pk, device_id=uuid7(), made_at=now,
        received_at=now, try_at=now, body=body, body_sha256="a" * 64,
        state=EntryState.QUARANTINED, reason="unit-unknown", detail="",
    )  # fmt: skip


def test_an_officer_sees_what_waits_with_its_reason_in_words(at: factories.Place, signed_in: SignIn) -> None:
    waiting(at)
    page = signed_in(at.officer).get(reverse("intake:quarantine")).content.decode()
    assert at.inspector.name in page
    assert "没有这所学校" in page


def test_the_content_is_shown_as_text_and_never_run(at: factories.Place, signed_in: SignIn) -> None:
    page = signed_in(at.officer).get(reverse("intake:entry", args=[waiting(at).pk])).content.decode()
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_replaying_puts_the_entry_back_and_is_journalled(at: factories.Place, signed_in: SignIn) -> None:
    entry = waiting(at)
    client = signed_in(at.officer)
    assert client.post(reverse("intake:replay", args=[entry.pk])).status_code == 302
    entry.refresh_from_db()
    assert (entry.state, entry.reason) == (EntryState.RECEIVED, "")
    event = Event.objects.get(kind="entry.replay")
    assert (event.actor_id, event.object_id) == (at.officer.pk, str(entry.pk))


def test_the_office_of_another_county_neither_sees_nor_replays_it(
    at: factories.Place, signed_in: SignIn
) -> None:
    entry = waiting(at)
    client = signed_in(factories.place().officer)
    assert client.get(reverse("intake:entry", args=[entry.pk])).status_code == 404
    assert client.post(reverse("intake:replay", args=[entry.pk])).status_code == 404
    assert Entry.objects.get(pk=entry.pk).state == EntryState.QUARANTINED


def picture(side: int = 800) -> bytes:
    """A photo lying on its side, with the telltale words a camera writes."""
    image = Image.new("RGB", (side, side // 2), "red")
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned by 90°
    exif[0x010F] = "SECRET CAMERA"
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def url(sha256: str, name: str) -> str:
    return reverse("intake:evidence", args=[sha256, name])


@pytest.mark.parametrize(("name", "longest"), [("thumb", 320), ("view", 800)])
def test_a_photo_is_shown_upright_and_without_what_the_camera_wrote(
    at: factories.Place, signed_in: SignIn, name: str, longest: int
) -> None:
    file = store_bytes(picture(), name="p.jpg", content_type="image/jpeg", by=at.inspector)
    response = signed_in(at.inspector).get(url(file.sha256, name))
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert b"SECRET CAMERA" not in body
    with Image.open(io.BytesIO(body)) as shown:
        assert shown.size == (longest // 2, longest)
        assert not shown.getexif()


def test_the_original_is_a_download_and_a_liar_has_no_type(at: factories.Place, signed_in: SignIn) -> None:
    file = store_bytes(HOSTILE.encode(), name="p.jpg", content_type="image/jpeg", by=at.inspector)
    client = signed_in(at.inspector)
    response = client.get(url(file.sha256, "original"))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == HOSTILE.encode()  # type: ignore[attr-defined]
    assert client.get(url(file.sha256, "thumb")).status_code == 404


def test_nobody_else_sees_a_photo(at: factories.Place, signed_in: SignIn) -> None:
    file = store_bytes(picture(), name="p.jpg", content_type="image/jpeg", by=at.inspector)
    stranger = signed_in(factories.place().inspector)
    for name in ("thumb", "view", "original"):
        assert stranger.get(url(file.sha256, name)).status_code == 404


def test_a_bomb_of_pixels_is_not_unpacked(at: factories.Place, signed_in: SignIn) -> None:
    file = store_bytes(bomb(60_000), name="p.png", content_type="image/png", by=at.inspector)
    assert signed_in(at.inspector).get(url(file.sha256, "thumb")).status_code == 404


def bomb(side: int) -> bytes:
    """The head of a PNG of `side` × `side` pixels and hardly anything else."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))
        )

    head = struct.pack("!IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
