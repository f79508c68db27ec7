"""What of a photo is shown: smaller copies made anew, so that no EXIF (place, device, owner) leaves the house."""

import warnings
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from dudao.intake.evidence_store import EvidenceStore

EDGES = {"thumb": 320, "view": 1600}
MOST_PIXELS = 80_000_000
QUALITY = 80


class NoPicture(Exception):
    """The stored bytes cannot be shown as a picture; they can still be downloaded as they are."""


def variant(sha256: str, name: str) -> Path:
    """The file of a smaller copy, made on first use. Raises NoPicture."""
    target = Path(settings.HOME) / "variants" / sha256[:2] / f"{sha256}.{name}.jpg"
    if not target.exists():
        _make(EvidenceStore.of_settings().path_of(sha256), target, EDGES[name])
    return target


def _make(source: Path, target: Path, edge: int) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise NoPicture
                image.draft("RGB", (edge * 2, edge * 2))
                upright = ImageOps.exif_transpose(image)
                upright.thumbnail((edge, edge))
                flat = Image.new("RGB", upright.size, "white")
                shown = upright.convert("RGBA")
                flat.paste(shown, mask=shown.getchannel("A"))
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,  # Pillow's word for a broken PNG
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise NoPicture from error
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{id(flat)}.part")
    flat.save(part, "JPEG", quality=QUALITY)
    part.replace(target)
