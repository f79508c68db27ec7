"""What the phone sends when somebody asked along has answered: docs/field-api.md §3."""

from typing import Annotated
from uuid import UUID

import msgspec

from dudao.intake.kinds import ManifestFile


class InvitationAnswerIn(msgspec.Struct, forbid_unknown_fields=True):
    """The answer to an invitation that the phone showed as waiting."""

    plan: UUID
    comes: bool
    manifest: Annotated[list[ManifestFile], msgspec.Meta(max_length=0)] = []
    app: Annotated[str, msgspec.Meta(max_length=40)] = ""
