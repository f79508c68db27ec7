"""A small upper room: one kind of entry, told by its text how to behave."""

from typing import Annotated, Any

import msgspec

from dudao.intake.kinds import ManifestFile, Quarantine
from dudao.intake.models import Entry, EvidenceFile
from dudao.people.access import Anyone
from dudao.people.models import User
from tests.intake.trial.models import Happening, Note


class Part(msgspec.Struct, forbid_unknown_fields=True):
    wording: Annotated[str, msgspec.Meta(max_length=4000)]


class TrialIn(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(max_length=4000)]
    manifest: Annotated[list[ManifestFile], msgspec.Meta(max_length=50)] = []
    parts: list[Part] = []
    answers: dict[str, Any] = {}


def project(entry: Entry, payload: TrialIn) -> None:
    Note.objects.create(entry_id=entry.id, text=payload.text)
    if payload.text.startswith("unit unknown") and not User.objects.filter(title="known").exists():
        raise Quarantine("unit-unknown", "系统中没有这所学校。")
    if payload.text.startswith("broken"):
        raise ZeroDivisionError("a projector with a fault")


def complete(entry: Entry) -> None:
    Happening.objects.create(what="complete", about=str(entry.id))
    if Note.objects.filter(entry_id=entry.id, text__startswith="stuck").exists():
        raise ZeroDivisionError("a completion with a fault")


def heard(file: EvidenceFile) -> None:
    Happening.objects.create(what="stored", about=file.sha256)


def may_see(user: Anyone, sha256: str) -> bool:
    return isinstance(user, User) and user.title == "sees everything"
