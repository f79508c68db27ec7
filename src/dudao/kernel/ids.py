"""Identifiers seen outside: UUIDv7 (RFC 9562), so that rows made together lie together."""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def is_uuid(text: str) -> bool:
    """Whether `text` names an id, however it is written."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
