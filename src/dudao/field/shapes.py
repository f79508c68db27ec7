"""What the phone sends to this room: closed types."""

from typing import Annotated
from uuid import UUID

import msgspec


class DeviceIn(msgspec.Struct, forbid_unknown_fields=True):
    """A phone that signs in, or renews its token."""

    device_id: UUID
    name: Annotated[str, msgspec.Meta(max_length=120)] = ""
    public_key: Annotated[str, msgspec.Meta(max_length=300)] = ""
    app: Annotated[str, msgspec.Meta(max_length=40)] = ""
    waiting: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class PinKeyIn(msgspec.Struct, forbid_unknown_fields=True):
    """The key of a phone's store, wrapped by a key of that phone (base64)."""

    device_id: UUID
    key: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9+/]{40,198}={0,2}$")]


class PinForgottenIn(msgspec.Struct, forbid_unknown_fields=True):
    """A phone whose PIN was forgotten."""

    device_id: UUID
