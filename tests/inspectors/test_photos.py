"""A photo of an inspector: taken in safely, made fit for a notice board, shown to those who may see the person."""

import io
import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from dudao.inspectors import photos, services
from dudao.inspectors.models import Engagement, Inspector
from dudao.journal.models import Event
from dudao.kernel.errors import Invalid

_EXIF_ORIENTATION, _EXIF_MAKER = 0x0112, 0x010F


@pytest.fixture
def registered(at) -> Inspector:
    return services.register(at.inspector, at.county, by=at.officer, engagement=Engagement.PART_TIME)


def sent(body: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def read(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


def test_a_large_photo_taken_sideways_becomes_small_upright_and_tells_nothing() -> None:
    image = Image.new("RGB", (4000, 3000), (20, 90, 140))
    exif = image.getexif()
    exif[_EXIF_ORIENTATION], exif[_EXIF_MAKER] = 6, "Secret Phone"
    made = photos.reencoded(sent(encoded(image, exif=exif)))
    assert read(made).size == (900, 1200)
    assert read(made).format == "JPEG"
    assert not read(made).getexif()
    assert b"Secret Phone" not in made


def test_a_transparent_picture_stands_on_white() -> None:
    made = read(photos.reencoded(sent(encoded(Image.new("RGBA", (300, 400), (0, 0, 0, 0)), "PNG"))))
    assert made.mode == "RGB"
    assert made.getpixel((150, 200)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGB"])
def test_every_kind_of_colour_is_read(mode) -> None:
    image = Image.new("RGB", (300, 400), "navy").convert(mode)
    made = read(photos.reencoded(sent(encoded(image, "PNG" if mode == "P" else "JPEG"))))
    assert (made.mode, made.size) == ("RGB", (300, 400))


def test_a_photo_of_an_iphone_is_read_and_tells_nothing() -> None:
    image = Image.new("RGB", (600, 800), "navy")
    exif = image.getexif()
    exif[_EXIF_MAKER] = "Secret Phone"
    body = encoded(image, "HEIF", exif=exif)
    assert body[4:12] == b"ftypheic"
    assert b"Secret Phone" in body
    made = photos.reencoded(sent(body, "IMG_1.HEIC"))
    assert read(made).size == (600, 800)
    assert b"Secret Phone" not in made


def bomb() -> bytes:
    return encoded(Image.new("1", (20_000, 20_000)), "PNG")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"%PDF-1.7 not a photo", "不是可以读取的照片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是可以读取的照片"),
        (encoded(Image.new("RGB", (900, 1200), "navy"))[:700], "不是可以读取的照片"),
        (encoded(Image.new("RGB", (300, 400)), "GIF"), "不是可以读取的照片"),
        (encoded(Image.effect_noise((600, 800), 60), "HEIF")[:2000], "不是可以读取的照片"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 2000, "不是可以读取的照片"),
        (encoded(Image.new("RGB", (9_000, 7_000)), "HEIF"), "像素过大"),
        (encoded(Image.new("RGB", (120, 160))), "照片太小"),
        (encoded(Image.new("1", (9_000, 9_000)), "PNG"), "像素过大"),
        (bomb(), "像素过大"),
        (b"\xff\xd8" + b"\x00" * photos.MOST_BYTES, "超过 10 MB"),
    ],
    ids=[
        "document",
        "drawing",
        "cut off",
        "animation",
        "cut off iphone",
        "empty iphone",
        "many pixels iphone",
        "tiny",
        "many pixels",
        "bomb",
        "heavy",
    ],
)
def test_what_is_no_photo_is_refused_in_words(body, told) -> None:
    with pytest.raises(Invalid, match=told):
        photos.reencoded(sent(body))


def test_the_office_puts_up_a_photo_and_those_who_see_the_inspector_see_it(at, registered, signed_in) -> None:
    client = signed_in(at.officer)
    page, address = reverse("inspectors:show", args=[registered.pk]), photo_address(registered)
    assert "还没有照片" in client.get(page).content.decode()
    assert client.get(address).status_code == 404
    put(client, registered, encoded(Image.new("RGB", (300, 400), "navy")))
    shown = client.get(page).content.decode()
    assert re.search(rf'src="{address}\?[0-9a-f]+"', shown)
    answer = signed_in(at.auditor).get(address)
    assert answer["Content-Type"] == "image/jpeg"
    assert read(b"".join(answer.streaming_content)).size == (300, 400)
    assert signed_in(at.head).get(address).status_code == 403
    assert Event.objects.filter(kind="inspector.photo", object_id=str(registered.pk)).count() == 1


def test_a_new_photo_takes_the_place_of_the_old_one_and_can_be_removed(
    at, registered, signed_in, django_capture_on_commit_callbacks
) -> None:
    client = signed_in(at.officer)
    put(client, registered, encoded(Image.new("RGB", (300, 400), "navy")))
    first = Inspector.objects.get().photo.name
    with django_capture_on_commit_callbacks(execute=True):
        put(client, registered, encoded(Image.new("RGB", (300, 400), "red")))
    second = Inspector.objects.get().photo.name
    assert first != second
    assert not default_storage.exists(first), "what was replaced is gone"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("inspectors:photo-set", args=[registered.pk]), {"remove": "1"})
    assert not Inspector.objects.get().photo
    assert not default_storage.exists(second)


def test_a_refused_photo_is_told_at_its_field_and_changes_nothing(at, registered, signed_in) -> None:
    client = signed_in(at.officer)
    put(client, registered, encoded(Image.new("RGB", (300, 400), "navy")))
    kept = Inspector.objects.get().photo.name
    answer = client.post(reverse("inspectors:photo-set", args=[registered.pk]), {"photo": sent(b"nonsense")})
    assert answer.status_code == 422
    assert "不是可以读取的照片" in answer.content.decode()
    assert Inspector.objects.get().photo.name == kept
    nothing = client.post(reverse("inspectors:photo-set", args=[registered.pk]), {})
    assert nothing.status_code == 422


def photo_address(one: Inspector) -> str:
    return reverse("inspectors:photo", args=[one.pk])


def put(client, one: Inspector, body: bytes) -> None:
    answer = client.post(reverse("inspectors:photo-set", args=[one.pk]), {"photo": sent(body)})
    assert answer.status_code == 302, answer.content.decode()
