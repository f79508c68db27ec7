"""The body of a document as a person types it, and back: one text, as clerks write it anyway.

    一、存在的问题              a heading (also （一）, 1. and （1）: the numbers are counted anew when it is set)
    未建立作业校内公示制度。     a paragraph
    〔表1〕                    a table or picture drawn from the data, by its mark
    附件：督导问题清单           begins an annex; 附件（横页）： one that lies on its side

A line that begins with a blank is a paragraph whatever it looks like.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
from django.utils.translation import gettext as _

from dudao.documents.layout import heading_label
from dudao.documents.official import (
    Attachment,
    Block,
    Figure,
    FigureGrid,
    Heading,
    OfficialDocument,
    Paragraph,
    Signatures,
    Table,
)
from dudao.kernel.errors import Invalid

BLANK = "\u3000"
NAMES: dict[type, str] = {Table: "表", Figure: "图", FigureGrid: "照片", Signatures: "签字"}
_MARK = re.compile(r"〔((?:表|图|照片|签字)\d{1,3})〕$")
_ANNEX = re.compile(r"附件(?:\d{1,2})?(（横页）)?[：:]\s*(.+)$")
_HEADINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[一二三四五六七八九十]{1,3}、",
        r"（[一二三四五六七八九十]{1,3}）",
        r"\d{1,2}[.．](?!\d)",
        r"（\d{1,2}）",
    )
)
MOST_LINES = 2000


class Body(NamedTuple):
    """What a text says."""

    blocks: tuple[Block, ...]
    attachments: tuple[Attachment, ...]


def pieces_of(text: OfficialDocument) -> tuple[Block, ...]:
    """The tables, pictures and signatures of a document, in reading order."""
    every = (text.blocks, *(attachment.blocks for attachment in text.attachments))
    return tuple(block for blocks in every for block in blocks if type(block) in NAMES)


def marks(pieces: Sequence[Block]) -> list[tuple[str, Block]]:
    """Each piece with its mark: 表1, 表2, 照片1 …"""
    counts: dict[str, int] = {}
    found = []
    for piece in pieces:
        name = NAMES[type(piece)]
        counts[name] = counts.get(name, 0) + 1
        found.append((f"{name}{counts[name]}", piece))
    return found


def names_of(pieces: Sequence[Block]) -> dict[bytes, str]:
    """The mark of each piece by its JSON."""
    return {msgspec.json.encode(piece): mark for mark, piece in reversed(marks(pieces))}


def typed(text: OfficialDocument, pieces: Sequence[Block]) -> str:
    """The body as a person may change it."""
    names = names_of(pieces)
    lines = list(_typed(text.blocks, names))
    for attachment in text.attachments:
        lines.append(f"附件{'（横页）' if attachment.landscape else ''}：{attachment.title}")
        lines += _typed(attachment.blocks, names)
    return "\n".join(lines)


def _typed(blocks: Sequence[Block], names: dict[bytes, str]) -> Iterator[str]:
    counts = [0, 0, 0, 0]
    for block in blocks:
        match block:
            case Heading():
                counts[block.level - 1] += 1
                counts[block.level :] = [0] * (4 - block.level)
                yield heading_label(block.level, counts[block.level - 1]) + block.text.replace("\n", " ")
            case Paragraph():
                for line in block.text.split("\n"):
                    yield f"{BLANK}{line}" if means_something(line) else line
            case _:
                yield f"〔{names[msgspec.json.encode(block)]}〕"


def means_something(line: str) -> bool:
    line = line.strip()
    return bool(_MARK.match(line) or _ANNEX.match(line) or any(one.match(line) for one in _HEADINGS))


def read(text: str, pieces: Sequence[Block]) -> Body:
    """What was typed. Raises Invalid where a mark names nothing, or there is too much."""
    by_mark = dict(marks(pieces))
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > MOST_LINES:
        raise Invalid(_("正文最多 %(n)d 段，请删减或改为附件。") % {"n": MOST_LINES}, field="body")
    body: list[Block] = []
    annexes: list[tuple[str, bool, list[Block]]] = []
    for line in lines:
        annex = _ANNEX.match(line)
        if annex:
            annexes.append((annex[2].strip(), bool(annex[1]), []))
            continue
        (annexes[-1][2] if annexes else body).append(_block(line, by_mark))
    return Body(
        tuple(body),
        tuple(Attachment(title=title, blocks=tuple(held), landscape=flat) for title, flat, held in annexes),
    )


def _block(line: str, by_mark: dict[str, Block]) -> Block:
    if line[0] in " \u3000\t":
        return Paragraph(text=line.strip())
    mark = _MARK.match(line.strip())
    if mark:
        if mark[1] not in by_mark:
            known = "".join(f"〔{one}〕" for one in by_mark) or _("无")
            raise Invalid(
                _("正文里的〔%(mark)s〕没有对应的表格或图片。可以用的有：%(known)s。")
                % {"mark": mark[1], "known": known},
                field="body",
            )
        return by_mark[mark[1]]
    for level, pattern in enumerate(_HEADINGS, start=1):
        label = pattern.match(line)
        if label and line[label.end() :].strip():
            return Heading(text=line[label.end() :].strip(), level=level)
    return Paragraph(text=line.strip())
