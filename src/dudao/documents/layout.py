"""Measures of GB/T 9704-2012 《党政机关公文格式》 and the wording both renderers share. Pure.

Lengths are millimetres (`_MM`) or points (`_PT`). A *cell* is the width of one of the 28 characters of a full line, a
*pitch* the height of one of the 22 lines of a page.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from dudao.documents.official import Attachment, Block, Heading, OfficialDocument, Table

PAGE_MM = (210.0, 297.0)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37.0, 35.0, 28.0, 26.0
TEXT_WIDTH_MM, TEXT_HEIGHT_MM = 156.0, 225.0
LINES, CELLS = 22, 28
MM_PT = 72 / 25.4
PITCH_PT = TEXT_HEIGHT_MM * MM_PT / LINES
CELL_PT = TEXT_WIDTH_MM * MM_PT / CELLS

BODY_PT, TITLE_PT, FOUR_PT, TABLE_PT, SMALL_PT = 16.0, 22.0, 14.0, 12.0, 10.5  # 三号 二号 四号 小四 五号
MARK_TOP_MM = 35.0  # from the top of the type area to the top of the red mark
RULE_GAP_MM = 4.0  # from the number to the red rule
FOOTER_GAP_MM = 7.0  # from the bottom of the type area to the page number's dashes
THICK_MM, THIN_MM = 0.35, 0.25  # rules of the imprint (版记)
RED = "E60012"
SEAL_MM = 42.0  # the seal of an office of a county or city is 4.2 cm wide (国发〔1999〕25号)
LONGEST_TIED = 8  # lines of a last paragraph that is kept together with the closing after it
TALL_ROW_PT = 250.0  # a row of a table taller than this may be parted by the end of the page

NOT_ARRIVED = "图片尚未到达"
UNREADABLE = "图片无法显示"
SCAN_TO_CHECK = "扫码核验"

# Terms a title is never parted inside.
_TERMS = re.compile(
    "责任督学|挂牌督导|专项督导|综合督导|教育督导|经常性督导|五项管理|课后服务|校园安全|问题清单|整改情况|义务教育"
    "|优质均衡|人民政府|教育局|学校|小学|中学|幼儿园|学期|情况|通报|报告|通知|意见|办法|工作|管理"
)
_LONG_NUMBER = re.compile(r"\d{4,}-\d+-\d+")
_DIGITS = "零一二三四五六七八九"
_BREAK_AFTER = "的与和及、，：；》）年期对于"


def chinese_number(number: int) -> str:
    """1 → 一, 21 → 二十一; from 100 on in Arabic digits, which no heading of a readable document reaches."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def chinese_date(day: date) -> str:
    """2026年3月8日: Arabic digits, full year, no leading zeros (GB/T 9704-2012, 7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"


def heading_label(level: int, number: int) -> str:
    """The number of a heading: 一、 (一) 1. (1)."""
    return (f"{chinese_number(number)}、", f"（{chinese_number(number)}）", f"{number}.", f"（{number}）")[
        level - 1
    ]


def with_labels(blocks: Iterable[Block]) -> Iterator[tuple[Block, str]]:
    """Blocks with their heading number (or ""). A heading starts the count of the deeper levels anew."""
    counts = [0, 0, 0, 0]
    for block in blocks:
        if not isinstance(block, Heading):
            yield block, ""
            continue
        counts[block.level - 1] += 1
        counts[block.level :] = [0] * (4 - block.level)
        yield block, heading_label(block.level, counts[block.level - 1])


def attachment_label(index: int, total: int) -> str:
    """附件 for an only one, 附件2 for the second of several."""
    return "附件" if total == 1 else f"附件{index + 1}"


def attachment_lines(attachments: tuple[Attachment, ...]) -> list[str]:
    """The list of attachments under the body (附件说明), without the word before it."""
    if len(attachments) == 1:
        return [attachments[0].title]
    return [f"{index}.{attachment.title}" for index, attachment in enumerate(attachments, start=1)]


def width_in_cells(text: str) -> float:
    """Full-width characters count one, others a half: exact enough to place a name and a date."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


class Closing(NamedTuple):
    """Where the organ's name and the date begin, in cells from the left edge."""

    organ: float
    date: float


def closing(organ: str, day: str) -> Closing:
    """Organ and date without a seal (7.3.5.2): the name ends two cells from the right edge and the date begins two
    cells to the right of the name; a date that is the longer one ends there instead."""
    organ_at = CELLS - 2 - width_in_cells(organ)
    date_at = organ_at + 2
    if date_at + width_in_cells(day) > CELLS - 2:
        date_at = CELLS - 2 - width_in_cells(day)
        organ_at = min(organ_at, date_at - 2)
    return Closing(max(organ_at, 0.0), max(date_at, 0.0))


def sealed_closing(organ: str, day: str) -> Closing:
    """Organ and date under a seal (7.3.5.1): the date ends four cells from the right edge, the name stands centred above
    it; a name too long for that moves both to the left, two cells from the edge."""
    middle = CELLS - 4 - width_in_cells(day) / 2
    middle = min(middle, CELLS - 2 - width_in_cells(organ) / 2)
    return Closing(max(middle - width_in_cells(organ) / 2, 0.0), max(middle - width_in_cells(day) / 2, 0.0))


def paragraph_lines(text: str) -> int:
    """About how many lines of 28 cells a paragraph takes."""
    return max(1, math.ceil((width_in_cells(text) + 2) / CELLS))


def table_pt(landscape: bool) -> float:
    """小四 in tables, 五号 where the page lies on its side to hold many columns."""
    return SMALL_PT if landscape else TABLE_PT


def row_pt(table: Table, row: tuple[str, ...], landscape: bool) -> float:
    """Height of a table's row, near enough to decide whether it may be parted by the end of a page."""
    width = (TEXT_HEIGHT_MM if landscape else TEXT_WIDTH_MM) * MM_PT
    whole = sum(column.width for column in table.columns)
    heights = [0.0]
    for index, cell in enumerate(row[: len(table.columns)]):
        spanned = table.columns[index:] if index == len(row) - 1 else table.columns[index : index + 1]
        room = width * sum(column.width for column in spanned) / whole - 8
        in_line = max(1.0, room // table_pt(landscape))
        lines = sum(math.ceil(max(width_in_cells(line), 1) / in_line) for line in cell.split("\n"))
        heights.append(lines * table_pt(landscape) * 1.5)
    return max(heights)


def mark_pt(mark: str) -> float:
    """Size of the red mark: as wide as the type area allows, at most 52 pt, at least 26 pt (then it wraps)."""
    return max(26.0, min(52.0, 150 * MM_PT / max(width_in_cells(mark), 1)))


def title_lines(title: str, longest: int = 19) -> list[str]:
    """A title in lines of like length (7.3.1), broken where the meaning allows; line breaks given are kept."""
    if "\n" in title:
        return [line for line in title.split("\n") if line.strip()]
    count = max(1, math.ceil(width_in_cells(title) / longest))
    lines: list[str] = []
    for left in range(count, 1, -1):
        cut = _cut(title, width_in_cells(title) / left)
        lines.append(title[:cut].strip())
        title = title[cut:]
    return [*lines, title.strip()]


def _cut(text: str, wanted: float) -> int:
    """Where to break near `wanted` cells: never inside a number or word, rather after a particle."""
    inside = {at for term in _TERMS.finditer(text) for at in range(term.start() + 1, term.end())}
    best, least = len(text), math.inf
    for index in range(1, len(text)):
        if index in inside:
            continue
        if (_is_word(text[index - 1]) and _is_word(text[index])) or text[index] in "》）、，。：；":
            continue
        cost = abs(width_in_cells(text[:index]) - wanted) - (2.5 if text[index - 1] in _BREAK_AFTER else 0)
        if cost < least:
            best, least = index, cost
    return best


def _is_word(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def breakable(text: str, longest: int) -> str:
    """With room to break (U+200B) inside any run without spaces longer than `longest` Latin characters, and after the
    hyphens of a number such as 430211-2026-0001.

    Chinese breaks anywhere; a web address or ten thousand letters would otherwise run out of the page.
    """
    text = _LONG_NUMBER.sub(lambda run: run.group().replace("-", "-\u200b"), text)
    return re.sub(rf"[^\s\u1100-\U000effff]{{{longest + 1},}}", lambda run: "\u200b".join(run.group()), text)


def copies_line(document: OfficialDocument) -> str:
    """The organs a copy goes to, closed by a full stop; "" for none."""
    return "，".join(document.copies_to) + "。" if document.copies_to else ""
