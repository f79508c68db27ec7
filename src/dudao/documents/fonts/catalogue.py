"""Which font plays which role in an official document, and what takes its place when it is absent.

The fonts GB/T 9704 means (方正小标宋, 仿宋_GB2312, 楷体_GB2312, 黑体) may not be handed on. The free ones below stand in
for them in the PDF; the DOCX names the proper ones first and leaves the choice to the machine that opens it.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dudao.settings.files import FONTS_DIR


class FontFile(NamedTuple):
    """One file in the fonts folder. It counts as present only with exactly these bytes."""

    name: str
    family: str
    sha256: str
    weight: int = 400

    def is_sound(self, folder: Path) -> bool:
        """Whether the file is in the folder with the bytes we know."""
        path = folder / self.name
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256


FANDOL_FANG = FontFile(
    "FandolFang-Regular.otf",
    "FandolFang R",
    "d838ad32ce2244d8144f408c37fe71065aba6fbbc80759a4d2aa2033948d5bc9",
)
FANDOL_KAI = FontFile(
    "FandolKai-Regular.otf", "FandolKai", "ea7e7fb4f9b3ac694a68d43946e04d21deed6e8c29a7c2d3081e1a4138f2f827"
)
FANDOL_HEI = FontFile(
    "FandolHei-Regular.otf", "FandolHei", "4afa97aa8751e0118617df88272b58d43691b5cffb7ea024c4580496e9f34d28"
)
FANDOL_SONG = FontFile(
    "FandolSong-Regular.otf", "FandolSong", "a3820003227d4abe31fe28b493200d94a849ccfd078b50a019264f70353020b0"
)
FANDOL_SONG_BOLD = FontFile(
    "FandolSong-Bold.otf",
    "FandolSong",
    "ffa76a70e128947a4dd22151d5ee829b23e24ce3cb6fe8ad49891cd1c2d9e9b9",
    weight=700,
)
NOTO_SERIF = FontFile(
    "NotoSerifSC-Regular.otf",
    "Noto Serif SC",
    "e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3",
)
NOTO_SANS = FontFile(
    "NotoSansSC-Regular.otf",
    "Noto Sans SC",
    "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
)
WENKAI = FontFile(
    "LXGWWenKai-Regular.ttf",
    "LXGW WenKai",
    "879db996390abd7a1d97398e4a5fc83fafb82e76fd62783c11beb3125b5e71db",
)
NOTO_EMOJI = FontFile(
    "NotoEmoji_400Regular.ttf",
    "Noto Emoji",
    "24aaa2a20c9c06ffe9bf04284bfd1f14376a329d10122f902abe2770817eb504",
)

FANDOL = (FANDOL_FANG, FANDOL_KAI, FANDOL_HEI, FANDOL_SONG, FANDOL_SONG_BOLD)
NOTO = (NOTO_SERIF, NOTO_SANS)  # 30,900 characters each: every other font's gaps are filled from here
ALL = (*FANDOL, *NOTO, WENKAI, NOTO_EMOJI)


class Choice(NamedTuple):
    """A font for a role; `thicken` is a stroke in points for a face that is lighter than the role wants."""

    file: FontFile
    thicken: float = 0.0


ROLES: dict[str, tuple[Choice, ...]] = {
    "fangsong": (Choice(FANDOL_FANG), Choice(NOTO_SERIF)),
    "kaiti": (Choice(FANDOL_KAI), Choice(WENKAI), Choice(NOTO_SERIF)),
    "heiti": (Choice(FANDOL_HEI), Choice(NOTO_SANS, thicken=0.25)),
    "title": (Choice(FANDOL_SONG_BOLD), Choice(NOTO_SERIF, thicken=0.7)),
    "songti": (Choice(FANDOL_SONG), Choice(NOTO_SERIF)),
}


class FontsMissing(RuntimeError):
    """There is no Chinese font at all; the message says how to put it right."""


class Face(NamedTuple):
    """What the renderer uses for a role: families in the order of search, weight, stroke in points."""

    families: tuple[str, ...]
    weight: int
    thicken: float


def folder() -> Path:
    """The fonts folder (`DUDAO_FONTS_DIR`, by default `fonts` in the home folder)."""
    return Path(FONTS_DIR)


@cache
def present(where: Path) -> frozenset[FontFile]:
    """The sound font files in a folder. Read once per process: a font put there later needs a restart."""
    return frozenset(file for file in ALL if file.is_sound(where))


def faces(where: Path) -> dict[str, Face]:
    """A face for every role. Raises FontsMissing when not even a last choice is there."""
    found = present(where)
    wide = tuple(file.family for file in (NOTO_SERIF, WENKAI, NOTO_EMOJI) if file in found)
    return {role: _face(role, found, wide) for role in ROLES}


def _face(role: str, found: frozenset[FontFile], wide: tuple[str, ...]) -> Face:
    for choice in ROLES[role]:
        if choice.file in found:
            return Face((choice.file.family, *wide), choice.file.weight, choice.thicken)
    raise FontsMissing(f"no font for {role=}; run: python -m dudao.documents.fonts")


def fallbacks(where: Path) -> list[str]:
    """A line for each role that is not played by its first choice."""
    found = present(where)
    lines = []
    for role, choices in ROLES.items():
        used = next((choice.file for choice in choices if choice.file in found), None)
        if used is not choices[0].file:
            lines.append(f"{role}: {used.name if used else 'NOTHING'} instead of {choices[0].file.name}")
    return lines
