"""What may come through the door. Upper rooms register their kinds in `apps.py::ready`."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from uuid import UUID

import msgspec

if TYPE_CHECKING:  # models load after the registry; callers pass the rows
    from dudao.intake.models import Entry, EvidenceFile

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class FilePlace(msgspec.Struct, forbid_unknown_fields=True):
    """Where a file was captured, as the phone knew it."""

    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lng: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    accuracy_m: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    taken_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class ManifestFile(msgspec.Struct, forbid_unknown_fields=True):
    """One file an entry promises; docs/field-api.md §3. The hash is computed on the phone at capture."""

    sha256: Sha256
    size: Annotated[int, msgspec.Meta(ge=0, le=512 * 1024 * 1024)]
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    role: Annotated[str, msgspec.Meta(max_length=20)] = "photo"
    item: Annotated[str, msgspec.Meta(max_length=60)] = ""
    sheet: UUID | None = None  # which of the entry's sheets the item stands on
    captured_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    place: FilePlace | None = None
    masks: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")] = ""  # the original it covers faces of


class Quarantine(Exception):
    """Raised by a projector: keep the entry, show it to the office with this `code` and `message`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


Project = Callable[["Entry", Any], None]
Complete = Callable[["Entry"], None]
OnStored = Callable[["EvidenceFile"], None]


class Kind(NamedTuple):
    """How entries of one kind and schema are checked at the door and turned into rows behind it."""

    name: str
    schema: int
    decoder: "msgspec.json.Decoder[Any]"
    project: Project
    complete: Complete | None


_kinds: dict[tuple[str, int], Kind] = {}
_on_stored: list[OnStored] = []


def register(
    name: str, schema: int, shape: type[Any], project: Project, *, complete: Complete | None = None
) -> None:
    """Let entries of this kind in.

    `shape` is the closed msgspec type of `payload`; if it has a field `manifest`, it is a list of ManifestFile.
    `project(entry, payload)` writes the rows inside the transaction that marks the entry projected; it raises
    Quarantine for what a person must settle. `complete(entry)` is called exactly once, in a transaction, when the
    entry is projected and every file of its manifest is stored.
    """
    if (name, schema) in _kinds:
        raise ValueError(f"kind registered twice: {name=} {schema=}")
    _kinds[name, schema] = Kind(name, schema, msgspec.json.Decoder(shape), project, complete)


def find(name: str, schema: int) -> Kind | None:
    return _kinds.get((name, schema))


def every() -> list[Kind]:
    return [_kinds[key] for key in sorted(_kinds)]


def on_evidence_stored(react: OnStored) -> None:
    """Call `react(file)` once for every newly stored file, in the worker, inside a transaction."""
    _on_stored.append(react)


def stored_reactions() -> list[OnStored]:
    return list(_on_stored)
