"""What the phone sends of a visit: closed types, docs/field-api.md §3."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from dudao.intake.kinds import ManifestFile

Short = Annotated[str, msgspec.Meta(max_length=100)]
Line = Annotated[str, msgspec.Meta(max_length=300)]
Text = Annotated[str, msgspec.Meta(max_length=20000)]
Key = Annotated[str, msgspec.Meta(max_length=120)]
ItemName = Annotated[str, msgspec.Meta(max_length=130)]  # an item, or `repeat[2].item` within an entry
Sha = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
MaybeSha = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Place(msgspec.Struct, forbid_unknown_fields=True):
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lng: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    accuracy_m: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    taken_at: Moment | None = None


class FindingIn(msgspec.Struct, forbid_unknown_fields=True):
    """A problem as the inspector left it: the instrument's wording, or changed on the spot."""

    id: UUID
    category: Short
    severity: Literal["MINOR", "MAJOR", "SERIOUS", "CRITICAL"]
    wording: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    days: Annotated[int, msgspec.Meta(ge=0, le=400)]
    day_unit: Literal["natural", "working"]
    sheet: UUID | None = None  # the one whose item raised it
    item: Key = ""
    rule: Key = ""
    basis: Text = ""
    requirement: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    disposition: Literal["", "NONE", "SMALL", "ORDINARY", "SERIOUS", "COMPLEX", "DANGER"] = ""
    department: Short = ""  # to which a complex one is referred
    settled_on_spot: bool = False  # of phones that knew no dispositions
    evidence: Annotated[list[Sha], msgspec.Meta(max_length=50)] = []


class Opinion(msgspec.Struct, forbid_unknown_fields=True):
    agree: bool = True
    text: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class Signatures(msgspec.Struct, forbid_unknown_fields=True):
    inspector: MaybeSha = ""
    unit: MaybeSha = ""
    unit_signer: Annotated[str, msgspec.Meta(max_length=60)] = ""
    unit_refused: Line = ""


Notes = dict[ItemName, Annotated[str, msgspec.Meta(max_length=4000)]]


class SheetIn(msgspec.Struct, forbid_unknown_fields=True):
    """One instrument filled in."""

    id: UUID
    instrument: Sha
    answers: dict[Key, Any] = {}
    notes: Notes = {}


class JointIn(msgspec.Struct, forbid_unknown_fields=True):
    """The visit was made together (同行督导): under which item of a plan, led by whom, with whom as the phone knew it.

    `without` is the lead's reason for not waiting for those who have not handed in.
    """

    plan: UUID
    lead: int
    members: Annotated[list[int], msgspec.Meta(max_length=50)] = []
    without: Line = ""


class _Visited(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every edition of the phone sends of a visit beside its sheets."""

    unit: UUID
    started_at: Moment
    finished_at: Moment
    manifest: Annotated[list[ManifestFile], msgspec.Meta(max_length=400)]
    inspector_note: Text = ""
    unplanned: bool = False
    covert: bool = False
    place: Place | None = None
    place_refused: Annotated[str, msgspec.Meta(max_length=40)] = ""
    methods: Annotated[list[Annotated[str, msgspec.Meta(max_length=40)]], msgspec.Meta(max_length=20)] = []
    companion: Short = ""
    narrative: Text = ""
    highlights: Text = ""
    advice: Text = ""
    findings: Annotated[list[FindingIn], msgspec.Meta(max_length=200)] = []
    unit_opinion: Opinion = msgspec.field(default_factory=Opinion)
    signatures: Signatures = msgspec.field(default_factory=Signatures)
    joint: JointIn | None = None
    app: Annotated[str, msgspec.Meta(max_length=40)] = ""


class CheckInIn(msgspec.Struct, forbid_unknown_fields=True):
    """An inspector has arrived: sent as the visit begins, long before its record."""

    visit: UUID
    unit: UUID
    started_at: Moment
    unplanned: bool = False
    covert: bool = False
    place: Place | None = None
    plan: UUID | None = None
    manifest: Annotated[list[ManifestFile], msgspec.Meta(max_length=0)] = []
    app: Annotated[str, msgspec.Meta(max_length=40)] = ""


class VisitIn(_Visited, forbid_unknown_fields=True, kw_only=True):
    """One visit, whole, with each instrument that was used: schema 2."""

    sheets: Annotated[list[SheetIn], msgspec.Meta(min_length=1, max_length=30)]


class OneSheetVisitIn(_Visited, forbid_unknown_fields=True, kw_only=True):
    """A visit of schema 1, from phones that knew one instrument a visit."""

    instrument: Sha
    answers: dict[Key, Any] = {}
    notes: Notes = {}

    def with_sheets(self, entry: UUID) -> VisitIn:
        """The same as the phone sends it now; its only sheet goes by the id of the entry."""
        told = {name: getattr(self, name) for name in _Visited.__struct_fields__}
        told["findings"] = [
            msgspec.structs.replace(one, sheet=entry) if one.item else one for one in self.findings
        ]
        told["manifest"] = [
            msgspec.structs.replace(one, sheet=entry) if one.item else one for one in self.manifest
        ]
        only = SheetIn(id=entry, instrument=self.instrument, answers=self.answers, notes=self.notes)
        return VisitIn(sheets=[only], **told)
