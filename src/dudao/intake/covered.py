"""Photos with faces covered on the phone (遮挡副本): which copy stands for which original, and who is shown which."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from dudao.intake.kinds import ManifestFile


class Coverable(Protocol):
    """A row of a photo; `masks` is the hash of the photo of which it is the copy with faces covered, or empty."""

    sha256: str
    masks: str


Row = TypeVar("Row", bound=Coverable)


class Shown(NamedTuple):
    """A photo on a page; `is_masked` says that a copy with faces covered is shown in its place elsewhere."""

    sha256: str
    masks: str
    is_masked: bool


def covers(manifest: Iterable[ManifestFile]) -> dict[str, str]:
    """Hash of a copy → hash of its original. A copy that names no original of the manifest is a photo like others."""
    manifest = list(manifest)
    originals = {one.sha256 for one in manifest if not one.masks}
    return {one.sha256: one.masks for one in manifest if one.masks in originals}


def shown_outside(rows: Sequence[Row]) -> list[Row]:
    """What documents and units are shown: where a copy with faces covered exists, it takes its original's place."""
    masked = {one.masks for one in rows}
    return [one for one in rows if one.sha256 not in masked]


def shown(rows: Sequence[Row], *, with_masked: bool) -> list[Shown]:
    """The photos as a page shows them, each copy after its original; the covered originals only `with_masked`."""
    masked = {one.masks for one in rows}
    place = {one.sha256: index for index, one in enumerate(rows)}
    found = sorted(
        rows if with_masked else shown_outside(rows),
        key=lambda one: (place.get(one.masks, place[one.sha256]), place[one.sha256]),
    )
    return [Shown(one.sha256, one.masks, one.sha256 in masked) for one in found]
