"""The header `Upload-Metadata`: comma-separated pairs of a key and a base64 value (tus 1.0.0, creation)."""

import base64
import binascii
import re
from pathlib import PurePosixPath
from typing import NamedTuple
from uuid import UUID

from dudao.intake.errors import UploadMetadata
from dudao.kernel.text import clean, shorten

_SHA256 = re.compile("[0-9a-f]{64}")
HEADER_LIMIT = 4096  # characters


class Declared(NamedTuple):
    """What the phone says about a file. `header` is what it sent, for the answer to HEAD."""

    sha256: str
    filetype: str
    filename: str
    entry: UUID
    header: str


def read_metadata(header: str) -> Declared:
    """Raises UploadMetadata naming the first pair that is missing or wrong."""
    if len(header) > HEADER_LIMIT:
        raise UploadMetadata("Upload-Metadata")
    pairs = dict(_pair(part) for part in header.split(",") if part.strip())
    sha256 = pairs.get("sha256", "")
    if not _SHA256.fullmatch(sha256):
        raise UploadMetadata("sha256")
    filetype = clean(pairs.get("filetype", ""))
    if not 0 < len(filetype) <= 100:
        raise UploadMetadata("filetype")
    if "filename" not in pairs:
        raise UploadMetadata("filename")
    try:
        entry = UUID(pairs.get("entry", ""))
    except ValueError:
        raise UploadMetadata("entry") from None
    return Declared(sha256, filetype, _bare_name(pairs["filename"]), entry, header)


def _pair(part: str) -> tuple[str, str]:
    key, _space, value = part.strip().partition(" ")
    try:
        return key, base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):  # UnicodeDecodeError is a ValueError
        raise UploadMetadata(key[:40]) from None


def _bare_name(name: str) -> str:
    """The last part of a path, whichever way its slashes lean."""
    return shorten(PurePosixPath(clean(name).replace("\\", "/")).name, 200)
