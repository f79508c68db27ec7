"""Photos in documents: upright, not too large, and without the place they were taken at."""

import io

import pytest
from PIL import Image

from dudao.documents import pictures
from tests.documents import samples

PLACE = b"lat 27.82 lng 113.1"


def jpeg(size=(400, 300), orientation=1, **options) -> bytes:
    image = Image.new("RGB", size, "navy")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = PLACE.decode()
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, **options)
    return out.getvalue()


def test_what_a_camera_writes_into_a_photo_does_not_come_along():
    body = jpeg()
    made = pictures.prepared(body)
    assert PLACE in body
    assert PLACE not in made.body
    assert Image.open(io.BytesIO(made.body)).tobytes() == Image.open(io.BytesIO(body)).tobytes()


def test_a_photo_without_a_mark_of_its_kind_gets_one():
    assert pictures.prepared(jpeg()).body[6:10] == b"JFIF"


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_photo_taken_sideways_stands_upright(orientation):
    made = pictures.prepared(jpeg((400, 300), orientation))
    assert (made.width, made.height) == ((400, 300) if orientation == 3 else (300, 400))


def test_a_large_photo_is_made_smaller():
    made = pictures.prepared(samples.photo(1, (4000, 3000)))
    assert (made.width, made.height) == (1600, 1200)


def test_a_signature_stays_clear():
    made = pictures.prepared(samples.signature())
    assert made.suffix == "png"
    assert Image.open(io.BytesIO(made.body)).getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1", "LA"])
def test_pictures_of_any_colour_can_be_used(mode):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").convert(mode if mode != "LA" else "L").convert(mode).save(
        out, "JPEG" if mode in ("CMYK", "L") else "PNG"
    )
    assert pictures.prepared(out.getvalue()).width == 40


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xd8", b"GIF89a", b"%PDF-1.7", jpeg()[:300], b"\xff\xd8\xff" + b"\x00" * 99]
)
def test_what_is_no_picture_is_none(body):
    assert pictures.prepared(body) is None


def test_the_same_photo_is_always_made_the_same():
    body = samples.photo(2, (3000, 2000))
    assert pictures.prepared(body) == pictures.prepared(body)
