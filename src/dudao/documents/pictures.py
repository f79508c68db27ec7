"""Pictures made fit for a document: upright, no larger than print needs, without what a camera writes into them.

A photo carries its place and device in EXIF; a document goes to more hands than the photo did, so none of it comes
along. What needs no change but that is copied, not compressed again.
"""

import io
import struct
from collections.abc import Callable
from typing import NamedTuple

from PIL import Image, ImageOps

LONGEST_PX = 1600  # 75 mm wide at more than 400 dots per inch
QUALITY = 85
_ORIENTATION = 0x0112
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"

Loader = Callable[[str], bytes | None]
"""Gives the bytes of a picture by its key, or None while it has not arrived."""


class Picture(NamedTuple):
    """Bytes both renderers can use, "jpg" or "png", and the size in pixels."""

    body: bytes
    suffix: str
    width: int
    height: int


def prepared(body: bytes) -> Picture | None:
    """The picture made fit, or None when it is none (broken, of an unknown kind, or a bomb of pixels).

    The same bytes always give the same picture.
    """
    try:
        with Image.open(io.BytesIO(body)) as image:
            if _is_fit(image):
                return Picture(without_metadata(body), "jpg", *image.size)
            return _remade(image)
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError):
        return None
    except Image.DecompressionBombWarning:  # an error where warnings are errors
        return None


def _is_fit(image: Image.Image) -> bool:
    upright = image.getexif().get(_ORIENTATION, 1) == 1
    return image.format == "JPEG" and image.mode in ("RGB", "L") and upright and max(image.size) <= LONGEST_PX


def _remade(image: Image.Image) -> Picture:
    if image.format == "JPEG":
        image.draft(
            "RGB", (LONGEST_PX, LONGEST_PX)
        )  # decodes at a fraction of the size: several times faster
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_PX, LONGEST_PX))
    sheer = "A" in upright.getbands() or "transparency" in upright.info
    out = io.BytesIO()
    if sheer:
        upright = upright.convert("RGBA")
        Image.frombytes("RGBA", upright.size, upright.tobytes()).save(out, "PNG")
    else:
        upright = upright.convert("RGB")
        Image.frombytes("RGB", upright.size, upright.tobytes()).save(out, "JPEG", quality=QUALITY)
    return Picture(out.getvalue(), "png" if sheer else "jpg", *upright.size)


def without_metadata(jpeg: bytes) -> bytes:
    """A JPEG without its application and comment segments (EXIF, XMP, notes of the maker), the image untouched.

    Kept is Adobe's colour mark (APP14), without which colours would be read wrongly; a plain JFIF mark (APP0) is put
    first, because Word's pictures are known by it. Raises ValueError when the segments do not hold together.
    """
    kept = bytearray(b"\xff\xd8" + JFIF)
    at = 2
    while at + 4 <= len(jpeg):
        if jpeg[at] != 0xFF:
            raise ValueError(f"no JPEG segment at {at=}")
        marker = jpeg[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == 0xDA:  # the scan: the rest is image
            return bytes(kept) + jpeg[at:]
        size = struct.unpack_from(">H", jpeg, at + 2)[0]
        is_note = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not is_note or marker == 0xEE:
            kept += jpeg[at : at + 2 + size]
        at += 2 + size
    raise ValueError("a JPEG without a scan")
