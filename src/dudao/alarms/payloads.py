"""What the phone sends when the red button is pressed: docs/field-api.md §3."""

from typing import Annotated
from uuid import UUID

import msgspec

from dudao.inspections.payloads import Moment, Place
from dudao.intake.kinds import ManifestFile


class AlarmIn(msgspec.Struct, forbid_unknown_fields=True):
    unit: UUID
    what: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    pressed_at: Moment
    manifest: Annotated[
        list[ManifestFile], msgspec.Meta(max_length=18)
    ] = []  # nine photos, and a copy of each
    where: Annotated[str, msgspec.Meta(max_length=200)] = ""
    visit: UUID | None = None
    place: Place | None = None
    app: Annotated[str, msgspec.Meta(max_length=40)] = ""
