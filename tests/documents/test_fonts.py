"""Fonts: what is there is used, what is not has a stand-in that is named, other bytes are refused."""

import io
import shutil
import struct
import zlib

import pytest

from dudao.documents.fonts import __main__ as command
from dudao.documents.fonts import catalogue, coverage, sources, woff
from dudao.documents.fonts.catalogue import FontFile


@pytest.fixture
def only_noto(tmp_path):
    for file in catalogue.NOTO:
        shutil.copy(catalogue.folder() / file.name, tmp_path)
    return tmp_path


def test_every_role_has_a_face():
    faces = catalogue.faces(catalogue.folder())
    assert set(faces) == set(catalogue.ROLES)


def test_rare_characters_of_names_are_covered():
    characters = coverage.characters(catalogue.folder() / catalogue.NOTO_SERIF.name)
    assert {ord(sign) for sign in "㛃𬭎堃喆镕"} <= characters


def test_without_the_styled_fonts_stand_ins_are_used_and_named(only_noto):
    faces = catalogue.faces(only_noto)
    assert faces["fangsong"].families[0] == "Noto Serif SC"
    assert faces["title"].thicken > 0
    assert any(line.startswith("fangsong: NotoSerifSC") for line in catalogue.fallbacks(only_noto))


def test_a_font_with_other_bytes_does_not_count(only_noto):
    (only_noto / catalogue.FANDOL_FANG.name).write_bytes(b"OTTO something else")
    assert catalogue.FANDOL_FANG not in catalogue.present(only_noto)


def source(files: dict[str, bytes], wanted: tuple[FontFile, ...]) -> sources.Source:
    return sources.Source("a shelf", wanted, lambda work: iter(files.items()))


def test_set_up_keeps_only_the_bytes_it_knows(tmp_path, capsys):
    good = (catalogue.folder() / catalogue.NOTO_SANS.name).read_bytes()
    wanted = (catalogue.NOTO_SANS, catalogue.NOTO_SERIF)
    shelf = source({catalogue.NOTO_SANS.name: good, catalogue.NOTO_SERIF.name: b"forged"}, wanted)
    assert command.bring(shelf, tmp_path) is False
    assert [path.name for path in tmp_path.iterdir()] == [catalogue.NOTO_SANS.name]
    assert "REFUSED NotoSerifSC" in capsys.readouterr().out


def test_set_up_asks_nobody_when_everything_is_there(only_noto, capsys):
    def never(work):
        raise AssertionError("asked")

    assert command.bring(sources.Source("a shelf", catalogue.NOTO, never), only_noto)
    assert "in place" in capsys.readouterr().out


def test_a_source_that_cannot_deliver_is_named_with_its_reason(tmp_path, capsys):
    def closed(work):
        raise sources.SourceFailed("the shop is closed")

    assert command.bring(sources.Source("a shop", catalogue.NOTO, closed), tmp_path) is False
    assert "not from a shop: the shop is closed" in capsys.readouterr().out


def test_a_web_font_is_turned_back_into_the_font_it_was():
    body = (catalogue.folder() / catalogue.FANDOL_SONG.name).read_bytes() if has_song() else noto()
    assert tables(woff.to_opentype(as_woff(body))) == tables(body)


def test_what_is_no_web_font_is_refused():
    with pytest.raises(ValueError, match="not a WOFF"):
        woff.to_opentype(b"wOF2" + bytes(60))


def has_song() -> bool:
    return catalogue.FANDOL_SONG.is_sound(catalogue.folder())


def noto() -> bytes:
    return (catalogue.folder() / catalogue.NOTO_SANS.name).read_bytes()


def tables(font: bytes) -> dict[bytes, bytes]:
    count = struct.unpack_from(">H", font, 4)[0]
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(count))
    return {tag: font[offset : offset + size] for tag, _sum, offset, size in entries}


def as_woff(font: bytes) -> bytes:
    """The font as WOFF 1.0, by the Recommendation."""
    out, bodies = io.BytesIO(), io.BytesIO()
    found = tables(font)
    start = 44 + 20 * len(found)
    directory = b""
    for tag, body in found.items():
        packed = zlib.compress(body)
        packed = packed if len(packed) < len(body) else body
        directory += struct.pack(">4sIIII", tag, start + bodies.tell(), len(packed), len(body), 0)
        bodies.write(packed + bytes(-len(packed) % 4))
    out.write(struct.pack(">4s4sIHHIHHIIIII", b"wOFF", font[:4], 0, len(found), 0, 0, 1, 0, 0, 0, 0, 0, 0))
    return out.getvalue() + directory + bodies.getvalue()
