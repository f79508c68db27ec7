"""What the phone sends when a problem was verified: docs/field-api.md §3."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from dudao.inspections.payloads import Moment
from dudao.intake.kinds import ManifestFile


class StepIn(msgspec.Struct, forbid_unknown_fields=True):
    """A step of a plan, and which report of it the inspector saw."""

    id: int
    reported_at: Moment


class VerificationIn(msgspec.Struct, forbid_unknown_fields=True):
    finding: UUID
    seen_state: str
    seen_round: int
    decision: Literal["pass", "part", "return"]
    method: Literal["material", "on_site", "interview"]
    facts: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    verified_at: Moment
    step: StepIn | None = None  # of a plan; without it the report is judged
    manifest: Annotated[
        list[ManifestFile], msgspec.Meta(max_length=100)
    ] = []  # fifty photos, and a copy of each
    app: Annotated[str, msgspec.Meta(max_length=40)] = ""
