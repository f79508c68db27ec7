"""A phone's export file is read without holding it, as far as it goes, and what is none is told apart."""

import io
import os

import pytest

from dudao.intake import export_reading
from dudao.intake.export_reading import Export
from dudao.kernel.errors import Invalid
from dudao.kernel.ids import uuid7
from tests.intake.exporting import export, sha

BODY = '{"id":"01900000-0000-7000-8000-000000000001","kind":"visit","note":",\\"files\\":[ in words"}'
pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("piece", [1024 * 1024, 1000, 7])
def test_every_file_comes_out_as_it_went_in(monkeypatch, piece: int) -> None:
    monkeypatch.setattr(export_reading, "PIECE", piece)
    files = [b"", b"a", os.urandom(10_001), os.urandom(3000), b"x" * 5000]
    whole = export([BODY], files, user=7, device=uuid7(), drafts=2)
    got: dict[str, bytes] = {}
    reading = Export(io.BytesIO(whole))
    parts = list(reading.parts(lambda name, bit: got.update({name: got.get(name, b"") + bit})))
    assert [part.sha256 for part in parts] == [sha(one) for one in files]
    assert all(part.is_whole for part in parts)
    assert [got.get(sha(one), b"") for one in files] == files
    assert not reading.is_cut_off
    assert reading.head.entries[0].body == BODY
    assert len(reading.head.drafts.visits) == 2


def test_a_file_cut_off_anywhere_gives_what_is_whole_or_is_refused() -> None:
    files = [os.urandom(900), os.urandom(900)]
    whole = export([BODY], files, user=7, device=uuid7())
    begins = whole.index(b',"files":[{"sha256"') + len(b',"files":[')
    for end in range(0, len(whole) - 2, 37):
        if end < begins:
            with pytest.raises(Invalid):
                Export(io.BytesIO(whole[:end]))
            continue
        reading = Export(io.BytesIO(whole[:end]))
        parts = list(reading.parts())
        assert all(part.is_whole for part in parts)
        assert reading.is_cut_off


def test_damage_inside_a_file_is_that_files_alone() -> None:
    files = [os.urandom(900), os.urandom(900)]
    whole = export([BODY], files, user=7, device=uuid7())
    at = whole.index(b'"base64":"') + 40
    for bad in (b"A" if whole[at : at + 1] != b"A" else b"B", b"*"):
        reading = Export(io.BytesIO(whole[:at] + bad + whole[at + 1 :]))
        assert [part.is_whole for part in reading.parts()] == [False, True]


@pytest.mark.parametrize("other", [
    b"", b"{}", b"\xff\xd8\xff" * 400, b"PK\x03\x04 a zip", b'{"format":"other","files":[]}',
    export([BODY], user=7, device=uuid7(), version=9), export([BODY], user=7, device=uuid7(), format="x"),
    export([BODY], user=7, device=uuid7(), user_="", entries="none"),
])  # fmt: skip
def test_what_is_no_export_is_said_to_be_none(other: bytes) -> None:
    with pytest.raises(Invalid, match="不是手机导出的文件"):
        Export(io.BytesIO(other))
