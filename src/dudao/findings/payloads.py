"""What the phone sends when a problem was verified: docs/field-api.md §3."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from dudao.inspections.payloads import Moment
from dudao.intake.kinds import ManifestFile


class VerificationIn(msgspec.Struct, forbid_unknown_fields=True):
    finding: UUID
    seen_state: str
    seen_round: int
    decision: Literal["pass", "return"]
    method: Literal["material", "on_site", "interview"]
    facts: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    verified_at: Moment
    manifest: Annotated[list[ManifestFile], msgspec.Meta(max_length=50)] = []
    app: Annotated[str, msgspec.Meta(max_length=40)] = ""
