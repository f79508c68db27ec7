"""Matrices, repeats, sections in a tree, video, sound and files: on the visit's page and in the report."""

from typing import Any

import msgspec
import pytest

from dudao.documents.official import Heading, Table
from dudao.inspections import documents
from dudao.inspections.models import Visit
from dudao.instruments import services
from dudao.instruments.definitions import Definition
from dudao.intake.handed_in import store_bytes
from dudao.intake.models import EvidenceFile
from tests import factories
from tests.vectors.sheets import EVERYTHING

FILM = b"\x1a\x45\xdf\xa3" + bytes(range(200))
ANSWERS = {
    "stage": "primary",
    "room": {"desk": "good", "lamp": "bad"},
    "classes": [{"name": "一班", "size": 44, "full": "no"}, {"name": "二班", "size": 48, "full": "no", "seen": "2026-09-01"}],
    "mark": "na",
    "grade": 5,
    "end": 3,
}  # fmt: skip
NOTES = {"classes[2].full": "有两人休学", "mark": "没有实验室", "room": "三层东侧"}


def kept(at: factories.Place, content: bytes, name: str, kind: str) -> EvidenceFile:
    return store_bytes(content, name=name, content_type=kind, by=at.inspector)


def manifest(*files: tuple[EvidenceFile, str, str]) -> list[dict[str, Any]]:
    return [
        {
            "sha256": one.sha256,
            "size": one.size,
            "type": one.declared_type,
            "name": one.name,
            "role": role,
            "item": item,
        }
        for one, role, item in files
    ]


@pytest.fixture
def visit(at: factories.Place) -> Visit:
    version = services.publish(msgspec.convert(EVERYTHING, Definition), by=None)
    films = kept(at, FILM, "操场.webm", "video/webm")
    sound = kept(at, b"OggS" + bytes(60), "访谈.ogg", "audio/ogg")
    paper = kept(at, b"%PDF-1.7 " + bytes(60), "制度.pdf", "application/pdf")
    liar = kept(at, b"<html>", "假.mp4", "video/mp4")
    answers = ANSWERS | {
        "film": [films.sha256, liar.sha256],
        "sound": [sound.sha256],
        "paper": [paper.sha256],
    }
    files = (
        (films, "video", "film"),
        (liar, "video", "film"),
        (sound, "audio", "sound"),
        (paper, "file", "paper"),
    )
    return factories.visit(
        at, instrument=version.hash, answers=answers, notes=NOTES, findings=[], manifest=manifest(*files)
    )


def under(visit: Visit, title: str) -> Table:
    """The table below a heading of the report."""
    blocks = documents.report(visit).blocks
    at = next(n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == title)
    table = blocks[at + 1]
    assert isinstance(table, Table)
    return table


def test_the_report_tells_each_row_and_each_entry(visit) -> None:
    rows = [
        (number, label.strip("\u3000"), answer, note)
        for number, label, answer, note in under(visit, "检查结果").rows
    ]
    assert rows[1:5] == [
        ("2", "room", "2/3", "三层东侧"), ("", "desk", "good", ""), ("", "lamp", "bad", ""), ("", "air", "未填", ""),
    ]  # fmt: skip
    at = rows.index(("4", "classes", "班级 × 2", ""))
    first, second = rows.index(("", "班级 1", "", "")), rows.index(("", "班级 2", "", ""))
    assert at < first < second
    assert ("", "size", "44", "") in rows[first:second]
    assert "why" not in [label for _number, label, _answer, _note in rows[first:second]]
    assert ("", "why", "未填", "") in rows[second:]
    assert ("", "full", "否", "有两人休学") in rows[second:]
    assert ("5", "mark", "不适用", "没有实验室") in rows


def test_the_report_names_video_sound_and_files_by_their_hash(visit) -> None:
    rows = under(visit, "音像资料与文件").rows
    assert [row[0] for row in rows] == ["视频", "视频", "录音", "文件"]
    assert rows[0][2] == "操场.webm（204\xa0字节）"
    assert rows[0][3] == visit.files.first().sha256[:12]


def test_the_score_leaves_out_what_does_not_apply_and_counts_by_section(visit) -> None:
    assert under(visit, "得分情况").rows == (
        ("top", "100%（15/15 分）"), ("rooms", "100%（15/15 分）"), ("within", "100%（15/15 分）"),
        ("marks", "100%（15/15 分）"), ("proof", "100%（3/3 分）"), ("合计", "100%（18/18 分）"),
    )  # fmt: skip


def test_the_page_plays_what_is_what_it_was_said_to_be_and_gives_the_rest_as_files(
    visit, at, signed_in
) -> None:
    page = signed_in(at.officer).get(f"/visits/{visit.pk}/").content.decode()
    addresses = {one.name: f"/evidence/{one.sha256}/original" for one in visit.files.all()}
    assert f'<video src="{addresses["操场.webm"]}" controls' in page
    assert f'<audio src="{addresses["访谈.ogg"]}" controls' in page
    assert f'<video src="{addresses["假.mp4"]}"' not in page
    for address in addresses.values():
        assert f'<a href="{address}" download>' in page
    for text in ("班级 2", "有两人休学", "top › ", "不适用", "2/3"):
        assert text in page, text


def test_the_instrument_shows_rows_entries_weights_and_what_may_not_apply(visit, at, signed_in) -> None:
    page = signed_in(at.officer).get(f"/instruments/{visit.sheets.get().version_id}/").content.decode()
    for text in (
        "矩阵题", "lamp：good / fair / bad", "重复题组", "班级 × 1 至 3", "班级 · size", "top › rooms › within › marks（权重 3）",
        "0 至 10 分 × 0.1，可选“不适用”", "视频", "至多 2 个",
    ):  # fmt: skip
        assert text in page, text


@pytest.mark.parametrize(
    ("asked", "status", "told", "part"),
    [
        ("bytes=0-9", 206, "bytes 0-9/204", FILM[:10]),
        ("bytes=200-", 206, "bytes 200-203/204", FILM[200:]),
        ("bytes=-4", 206, "bytes 200-203/204", FILM[200:]),
        ("bytes=200-999", 206, "bytes 200-203/204", FILM[200:]),
        ("bytes=204-", 416, "bytes */204", b""),
        ("bytes=0-1,4-5", 200, None, FILM),
        ("", 200, None, FILM),
    ],
)
def test_a_player_gets_the_part_it_asks_for(visit, at, signed_in, asked, status, told, part) -> None:
    address = f"/evidence/{visit.files.first().sha256}/original"
    response = signed_in(at.officer).get(address, headers={"range": asked} if asked else {})
    assert (response.status_code, response.get("Content-Range")) == (status, told)
    assert b"".join(response) == part
    if status != 416:
        assert int(response["Content-Length"]) == len(part)
        assert response["Accept-Ranges"] == "bytes"
