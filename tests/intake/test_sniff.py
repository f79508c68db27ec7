"""What a stored file is said to be, and what its bytes say."""

import pytest

from dudao.intake.handed_in import store_bytes
from tests import factories

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("head", "declared", "is_trusted"),
    [
        (b"\x1a\x45\xdf\xa3", "video/webm;codecs=vp9", True),
        (b"\x1a\x45\xdf\xa3", "audio/webm", True),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4", True),
        (b"\x00\x00\x00\x18ftyp3gp4", "audio/3gpp", True),
        (b"\x00\x00\x00\x18ftypqt  ", "video/quicktime", True),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/x-m4a", True),
        (b"#!AMR\n", "audio/amr", True),
        (b"\xff\xf1\x50\x80", "audio/aac", True),
        (b"PK\x03\x04", WORD, True),
        (b"PK\x03\x04", "application/ofd", True),
        (OLE, "application/msword", True),
        (OLE, "application/vnd.ms-works", True),
        (OLE, "application/pdf", False),
        (b"PK\x03\x04", "video/mp4", False),
        (b"<html>", "video/mp4", False),
        (b"MZ", "application/octet-stream", False),
    ],
)
def test_a_file_is_trusted_when_its_bytes_are_what_it_is_said_to_be(
    at: factories.Place, head, declared, is_trusted
) -> None:
    stored = store_bytes(head + bytes(80), name="x", content_type=declared, by=at.inspector)
    assert stored.trusted is is_trusted
