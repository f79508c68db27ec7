"""What of a photo is shown: smaller copies made anew, so that no EXIF (place, device, owner) leaves the house."""

import os
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps

from dudao.intake.models import EvidenceFile
from dudao.intake.stores import evidence_store
from dudao.kernel.ids import uuid7

EDGES = {"thumb": 320, "view": 1600}  # pixels of the longer side
MOST_PIXELS = 80_000_000  # more is no photo of a phone but a bomb: a few bytes that unpack to gigabytes
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")  # Pillow knows many more, some of them risky
_BROKEN = (  # what Pillow says of bad bytes; the warning is an error only where warnings are
    OSError,
    SyntaxError,
    ValueError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class NoPicture(Exception):
    """The stored bytes cannot be shown as a picture; they can still be downloaded as they are."""


def variant(sha256: str, name: str) -> Path:
    """The file of a smaller copy, made on first use. Raises NoPicture."""
    target = Path(settings.HOME) / "variants" / sha256[:2] / f"{sha256}.{name}.jpg"
    if not target.exists():
        try:
            with evidence_store().local(sha256) as source:
                _keep(_smaller(source, EDGES[name]), target)
        except FileNotFoundError as error:
            raise NoPicture from error
    return target


def for_documents(sha256: str) -> bytes | None:
    """The bytes of a stored photo for an official document, or None while it has not arrived."""
    stored = EvidenceFile.objects.filter(sha256=sha256, sniffed_type__startswith="image/")
    return evidence_store().read(sha256) if stored.exists() else None


def _smaller(source: Path, edge: int) -> Image.Image:
    """Upright, at most `edge` pixels long, on white, without anything but pixels."""
    try:
        with Image.open(source, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NoPicture
            image.draft("RGB", (edge * 2, edge * 2))  # a JPEG decodes at a fraction of its size: much faster
            image.thumbnail((edge, edge))
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except _BROKEN as error:
        raise NoPicture from error
    flat = Image.new("RGB", upright.size, "white")
    flat.paste(upright, mask=upright.getchannel("A"))
    return flat


def _keep(picture: Image.Image, target: Path) -> None:
    """Whole or not at all, also when two requests make the same copy at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{uuid7().hex}.part")
    picture.save(part, "JPEG", quality=QUALITY)
    os.replace(part, target)
