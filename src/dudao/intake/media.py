"""Videos and recordings made fit for pages: a poster frame, how long it plays, and a copy where browsers play no original.

One at a time, in a process of its own that the worker only looks after: entries do not wait for it. The original stays.
"""

import subprocess
import sys
from contextlib import ExitStack
from datetime import timedelta
from os import getpid
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import F

from dudao.intake.errors import StorageAway
from dudao.intake.media_process import Found
from dudao.intake.models import EvidenceFile, Medium
from dudao.intake.states import MediumState
from dudao.intake.stores import evidence_store
from dudao.kernel import clock
from dudao.kernel.ids import uuid7

TRIES = 3
LOST_AFTER = timedelta(hours=2)  # a worker that died while it looked after one
_SEEN = ("video/", "audio/")


def note(file: EvidenceFile) -> None:
    """A file has come: if it is a video or a recording, it waits to be looked into."""
    if file.sniffed_type.startswith(_SEEN):
        Medium.objects.get_or_create(file=file, defaults={"at": clock.now()})


class Workshop:
    """The one file this worker has in hand."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._medium: Medium | None = None
        self._held = ExitStack()
        self._parts: tuple[Path, Path] = (Path(), Path())

    def turn(self) -> int:
        """Begin the next, or see whether the one in hand is done; returns 1 when something has ended."""
        if self._process is None:
            return self._begin()
        if self._process.poll() is None:
            return 0
        return self._end()

    def _begin(self) -> int:
        late = clock.now() - LOST_AFTER
        Medium.objects.filter(state=MediumState.WORKING, at__lt=late).update(state=MediumState.WAITING)
        medium = Medium.objects.filter(state=MediumState.WAITING).order_by("at", "file_id").first()
        if medium is None:
            return 0
        mine = Medium.objects.filter(pk=medium.pk, state=MediumState.WAITING)
        if not mine.update(state=MediumState.WORKING, at=clock.now(), tries=F("tries") + 1):
            return 0  # another worker's
        medium.refresh_from_db()
        try:
            source = self._held.enter_context(evidence_store().local(medium.file_id))
        except FileNotFoundError:
            _settle(medium, MediumState.BROKEN)
            return 1
        except StorageAway:
            Medium.objects.filter(pk=medium.pk).update(state=MediumState.WAITING, tries=F("tries") - 1)
            return 0
        self._medium = medium
        self._parts = (_part("jpg"), _part("mp4"))
        self._process = subprocess.Popen(  # noqa: S603 - our own program and paths of our own making
            [sys.executable, "-m", "dudao.intake.media_process", str(source), *map(str, self._parts), str(getpid())],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return 0

    def _end(self) -> int:
        assert self._process is not None
        assert self._medium is not None
        told, _none = self._process.communicate()
        medium, code = self._medium, self._process.returncode
        self._process = self._medium = None
        self._held.close()
        if code == 0:
            _keep(medium, msgspec.json.decode(told, type=Found), *self._parts)
        else:  # 1: it is no video; below 0: a decoder crashed or ran out of what it may use
            _settle(medium, MediumState.BROKEN if code == 1 or medium.tries >= TRIES else MediumState.WAITING)
        for part in self._parts:
            part.unlink(missing_ok=True)
        return 1


def path_of(sha256: str, name: str) -> Path:
    """Where the poster ("poster") or the copy ("play") of a file lies, if it has one."""
    ending = {"poster": "jpg", "play": "mp4"}[name]
    return Path(settings.HOME) / "variants" / sha256[:2] / f"{sha256}.{name}.{ending}"


def _keep(medium: Medium, found: Found, poster: Path, play: Path) -> None:
    for name, part, is_there in (("poster", poster, found.has_poster), ("play", play, found.has_copy)):
        if is_there:
            place = path_of(medium.file_id, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            part.replace(place)
    codecs = "+".join(filter(None, (found.video, found.audio)))
    _settle(
        medium, MediumState.READY, seconds=found.seconds, codecs=codecs[:40], has_poster=found.has_poster, has_copy=found.has_copy
    )  # fmt: skip


def _settle(medium: Medium, state: MediumState, **more: Any) -> None:
    Medium.objects.filter(pk=medium.pk).update(state=state, at=clock.now(), **more)


def _part(ending: str) -> Path:
    folder = Path(settings.HOME) / "variants"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{uuid7().hex}.part.{ending}"
