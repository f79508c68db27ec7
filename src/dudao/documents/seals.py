"""The seal of an office (印章): its picture, kept by hash; pressed on documents a person signs, nothing else."""

import io
import struct
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from dudao.documents.models import Seal
from dudao.documents.rendering import files, keep, path_of
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.places.models import Region

PREFIX = "seal"
MOST_BYTES = 2 * 1024 * 1024
MOST_SIDE, LEAST_SIDE = 3000, 300
MOST_SKEW = 1.6  # seals are round, oval or square


class Checked(NamedTuple):
    """A picture that can serve as a seal, and whether its ground is transparent."""

    body: bytes
    is_sheer: bool


def checked(file: Any) -> Checked:
    """The uploaded picture, without metadata. Raises Invalid, in words, for what is no such picture."""
    if (file.size or 0) > MOST_BYTES:
        raise Invalid(
            _("印章图片超过 2 MB。请裁掉四周空白，缩小到边长 1000 像素左右，另存为 PNG 再上传。"),
            field="file",
        )
    body = file.read(MOST_BYTES + 1)
    try:
        with Image.open(io.BytesIO(body), formats=("PNG",)) as image:
            _check_size(image)
            is_sheer = "A" in image.getbands() or "transparency" in image.info
            upright = image.convert("RGBA")
            out = io.BytesIO()
            Image.frombytes("RGBA", upright.size, upright.tobytes()).save(out, "PNG", optimize=True)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except (OSError, ValueError, SyntaxError, struct.error) as error:
        raise Invalid(_("这个文件不是 PNG 图片。请把印章扫描件另存为 PNG 再上传。"), field="file") from error
    return Checked(out.getvalue(), is_sheer and any(upright.getchannel("A").histogram()[:255]))


def _check_size(image: Image.Image) -> None:
    if max(image.size) > MOST_SIDE:
        raise _too_large()
    if min(image.size) < LEAST_SIDE:
        raise Invalid(
            _("图片太小，印出来会模糊。请上传边长不小于 %(n)d 像素的图片。") % {"n": LEAST_SIDE}, field="file"
        )
    if max(image.size) > MOST_SKEW * min(image.size):
        raise Invalid(_("图片太长或太宽。请沿印章边缘裁剪后再上传。"), field="file")


def _too_large() -> Invalid:
    return Invalid(_("图片边长超过 %(n)d 像素。请缩小后再上传。") % {"n": MOST_SIDE}, field="file")


@transaction.atomic
def set_seal(region: Region, body: bytes, *, by: User) -> Seal:
    """Use a new seal from now on. Documents issued before keep theirs. Raises Forbidden."""
    if not Reach(by, "document.manage").covers(region):
        raise Forbidden
    sha256 = keep(body, "png")
    _end(region)
    made = Seal.objects.create(region=region, sha256=sha256, set_by=by)
    journal.record(
        "document.seal", by=by, obj=made, label=region.office or region.name, region=region.path,
        after={"sha256": sha256},
    )  # fmt: skip
    return made


@transaction.atomic
def take_away(region: Region, *, by: User) -> None:
    """Use no seal from now on. Raises Forbidden."""
    if not Reach(by, "document.manage").covers(region):
        raise Forbidden
    held = in_use(region)
    if held is not None:
        _end(region)
        journal.record(
            "document.seal_end", by=by, obj=held, label=region.office or region.name, region=region.path,
            before={"sha256": held.sha256},
        )  # fmt: skip


def in_use(region: Region) -> Seal | None:
    return Seal.objects.filter(region=region, ended_at__isnull=True).select_related("set_by").first()


def source_of(region: Region) -> str:
    """The key of the seal in use, for a document; "" where there is none."""
    held = in_use(region)
    return f"{PREFIX}:{held.sha256}" if held else ""


def load(sha256: str) -> bytes | None:
    """The picture's bytes: a source of documents' pictures."""
    if not Seal.objects.filter(sha256=sha256).exists():
        return None
    with files().open(path_of(sha256, "png")) as file:
        body: bytes = file.read()
    return body


def _end(region: Region) -> None:
    Seal.objects.filter(region=region, ended_at__isnull=True).update(ended_at=clock.now())
