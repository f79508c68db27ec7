"""The photo of an inspector, made fit for a notice board: upright, on white, without what a camera writes into it.

HEIC, the form iPhones take photos in, is read through pillow-heif.
"""

import io
import struct
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from dudao.kernel.errors import Invalid

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000  # a telephone's largest photo has 50 million
LONGEST = (900, 1200)  # 90 × 120 mm at 254 dots per inch on A3
LEAST = (240, 320)
QUALITY = 88
FORMATS = ("JPEG", "PNG", "HEIF")

register_heif_opener()


def reencoded(file: Any) -> bytes:
    """The uploaded photo as a JPEG of at most 900 × 1200. Raises Invalid, in words, for what is no such photo."""
    if (file.size or 0) > MOST_BYTES:
        raise Invalid(_("照片超过 10 MB。请缩小后再上传。"), field="photo")
    body = file.read(MOST_BYTES + 1)
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as image:
            _check(image)
            return _remade(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError, struct.error) as error:
        raise Invalid(
            _("这个文件不是可以读取的照片。请上传 JPG、PNG 或 HEIC 照片。"), field="photo"
        ) from error


def _check(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(image.size) < min(LEAST) or max(image.size) < max(LEAST):
        raise Invalid(
            _("照片太小，印在公示牌上会模糊。请上传不小于 %(width)d×%(height)d 像素的照片。")
            % {"width": LEAST[0], "height": LEAST[1]},
            field="photo",
        )


def _too_many_pixels() -> Invalid:
    return Invalid(_("照片的像素过大，无法处理。请缩小后再上传。"), field="photo")


def _remade(image: Image.Image) -> bytes:
    if image.format == "JPEG":
        image.draft("RGB", (2 * LONGEST[0], 2 * LONGEST[1]))  # decodes at a fraction of the size
    upright = ImageOps.exif_transpose(image)
    if "A" in upright.getbands() or "transparency" in upright.info:
        sheer = upright.convert("RGBA")
        upright = Image.new("RGBA", sheer.size, "white")
        upright.alpha_composite(sheer)
    upright = upright.convert("RGB")
    upright.thumbnail(LONGEST, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    Image.frombytes("RGB", upright.size, upright.tobytes()).save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
