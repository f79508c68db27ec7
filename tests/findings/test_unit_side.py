"""A school with several people: each writes a part, the head releases; and how others solved the same."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from openpyxl import Workbook

from dudao.findings import handling, stepping
from dudao.findings.asking import Kept
from dudao.findings.models import Finding, PhotoKind, Report
from dudao.findings.states import State
from dudao.imports import running
from dudao.imports import services as imports
from dudao.imports.declared import of
from dudao.imports.models import Import, Row
from dudao.intake.handed_in import store_bytes
from dudao.intake.models import EvidenceFile
from dudao.journal.models import Event
from dudao.kernel.errors import Forbidden, Invalid
from dudao.kernel.told import said
from dudao.people.roles import Role
from tests import factories
from tests.findings.walking import received, seen, struck_off, told

PDF = b"%PDF-1.7 minutes of the meeting"


@pytest.fixture
def clerk(at):
    return factories.person(Role.UNIT_STAFF, of=at.unit, name="李干事")


def test_several_write_the_head_releases_and_nobody_writes_over_another(at, clerk, signed_in) -> None:
    finding = received(at)
    handling.hand(finding, by=at.head, seen=seen(finding), to=clerk)
    assert told(clerk) == ["finding.hand"]
    photo = SimpleUploadedFile("after.jpg", factories.jpeg(41), "image/jpeg")
    minutes = SimpleUploadedFile("会议纪要.pdf", PDF, "application/pdf")
    data = {"seen_state": "RECEIVED", "seen_round": 1, "text": "公示栏已安装"}
    staff = signed_in(clerk)
    page = staff.get(f"/findings/{finding.pk}/").content.decode()
    assert f"/findings/{finding.pk}/report/" not in page
    assert staff.post(f"/findings/{finding.pk}/report/", data | {"after": photo}).status_code == 403
    photo.seek(0)
    assert (
        staff.post(f"/findings/{finding.pk}/write/", data | {"after": photo, "papers": minutes}).status_code
        == 302
    )
    stepping.write(finding, by=at.head, seen=seen(finding), text="已开会部署", before=[], kept=Kept())
    finding.refresh_from_db()
    assert finding.state == State.RECEIVED
    assert not Report.objects.exists()
    assert "公示栏已安装" not in signed_in(at.inspector).get(f"/findings/{finding.pk}/").content.decode()
    page = signed_in(at.head).get(f"/findings/{finding.pk}/").content.decode()
    assert "公示栏已安装（李干事）" in page
    assert "会议纪要.pdf" in page
    kept = {
        "kept_after": [EvidenceFile.objects.get(name="after.jpg").sha256],
        "kept_papers": [EvidenceFile.objects.get(name="会议纪要.pdf").sha256],
    }
    sent = signed_in(at.head).post(f"/findings/{finding.pk}/report/", data | kept)
    assert sent.status_code == 302
    report = Report.objects.get()
    assert [one.kind for one in report.photos.all()] == [PhotoKind.AFTER, PhotoKind.FILE]
    page = signed_in(at.inspector).get(f"/findings/{finding.pk}/").content.decode()
    assert "会议纪要.pdf" in page
    sha = report.photos.get(kind="file").sha256
    assert signed_in(at.inspector).get(f"/evidence/{sha}/original").status_code == 200
    assert signed_in(factories.place().head).get(f"/evidence/{sha}/original").status_code == 404


def test_a_file_that_is_no_paper_is_refused_at_its_field_and_the_text_stays(at, signed_in) -> None:
    finding = received(at)
    wrong = SimpleUploadedFile("纪要.pdf", b"MZ\x90", "application/pdf")
    data = {"seen_state": "RECEIVED", "seen_round": 1, "text": "写了很多字", "papers": wrong}
    answer = signed_in(at.head).post(f"/findings/{finding.pk}/report/", data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "不能作为材料上传" in page
    assert "写了很多字" in page


def test_a_hash_typed_by_hand_opens_nothing(at, signed_in) -> None:
    finding = received(at)
    secret = factories.picture(factories.place().head, 7).sha256
    data = {"seen_state": "RECEIVED", "seen_round": 1, "text": "t", "kept_after": [secret]}
    assert signed_in(at.head).post(f"/findings/{finding.pk}/report/", data).status_code == 422
    assert not Report.objects.exists()


def test_a_photo_that_somebody_else_stored_before_counts_and_outlives_a_fault(at, signed_in) -> None:
    finding = received(at)
    body = factories.jpeg(17)
    store_bytes(body, name="x.jpg", content_type="image/jpeg", by=factories.place().head)
    school = signed_in(at.head)
    data = {"seen_state": "RECEIVED", "seen_round": 1, "text": ""}
    photo = SimpleUploadedFile("after.jpg", body, "image/jpeg")
    page = school.post(f"/findings/{finding.pk}/report/", data | {"after": photo}).content.decode()
    [kept] = re.findall(r'name="kept_after" value="([^"]+)"', page)
    assert (
        school.post(f"/findings/{finding.pk}/report/", data | {"text": "t", "kept_after": kept}).status_code
        == 302
    )
    assert Report.objects.get().photos.count() == 1


def test_staff_of_another_school_write_nothing_and_a_stranger_is_no_handler(at) -> None:
    finding = received(at)
    stranger = factories.person(Role.UNIT_STAFF, of=factories.unit(of=at.county))
    with pytest.raises(Forbidden):
        stepping.write(finding, by=stranger, seen=seen(finding), text="t", before=[], kept=Kept())
    with pytest.raises(Invalid):
        handling.hand(finding, by=at.head, seen=seen(finding), to=stranger)


def test_others_solutions_are_told_without_their_names(at, signed_in) -> None:
    other = factories.place()
    solved = struck_off(other)
    Finding.objects.filter(pk=solved.pk).update(
        measures=f"{other.unit.name}设公示栏，专人更新",
        unit=factories.unit(of=at.county, name=other.unit.name + "分校"),
    )
    Finding.objects.filter(pk=solved.pk).update(measures=f"{other.unit.name}分校设公示栏，专人更新")
    finding = received(at)
    page = signed_in(at.head).get(f"/findings/{finding.pk}/").content.decode()
    assert "××设公示栏，专人更新" in page
    assert other.unit.name not in page
    elsewhere = factories.place()
    mine = received(elsewhere)
    assert "专人更新" not in signed_in(elsewhere.head).get(f"/findings/{mine.pk}/").content.decode()


HEADS = ["编号", "学校", "问题描述", "发现日期", "整改时限", "整改状态", "销号时间", "严重程度", "整改情况"]


def rows_of(at) -> list[list[str]]:
    return [
        ["A-1", at.unit.code, "消防通道堆放杂物", "2025-03-04", "2025-04-01", "整改中", "", "严重", ""],
        ["A-2", at.unit.name, "未公示作业", "2025年3月5日", "", "已销号", "2025-03-20", "一般", "已设公示栏"],
        ["A-3", "没有这所学校", "x", "2025-03-05", "2025-04-01", "", "", "", ""],
        ["A-4", at.unit.code, "y", "2025-03-05", "", "", "", "", ""],
    ]


def in_word(rows: list[list[str]]) -> bytes:
    made = Document()
    made.add_paragraph("问题台账")
    table = made.add_table(rows=0, cols=len(HEADS))
    for row in rows:
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def in_excel(rows: list[list[str]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def brought(at, name: str, body: bytes) -> Import:
    importing = of("problems")
    assert importing is not None
    made = imports.bring_in(SimpleUploadedFile(name, body), importing, by=at.officer)
    running.check(made.pk)
    made.refresh_from_db()
    return made


@pytest.mark.parametrize(("name", "write"), [("旧台账.docx", in_word), ("旧台账.xlsx", in_excel)])
def test_the_list_of_an_older_system_comes_in_from_word_or_excel_and_only_once(
    at, name, write, signed_in
) -> None:
    body = write([HEADS, *rows_of(at)])
    made = brought(at, name, body)
    states = dict(Row.objects.filter(of=made).values_list("values__old_number", "state"))
    assert states == {"A-1": "NEW", "A-2": "NEW", "A-3": "WRONG", "A-4": "WRONG"}
    imports.confirm(made, of("problems"), by=at.officer, only_right=True)
    running.apply(made.pk)
    open_, done = Finding.objects.order_by("old_number")
    assert (open_.state, str(open_.due_on), open_.severity) == (State.RECEIVED, "2025-04-01", "SERIOUS")
    assert (done.state, done.struck_off_at is not None) == (State.STRUCK_OFF, True)
    assert open_.inspector == at.inspector
    assert Event.objects.filter(kind="finding.import").count() == 2
    page = signed_in(at.officer).get(f"/findings/{open_.pk}/").content.decode()
    assert "A-1" in page
    draft = signed_in(at.officer).post("/findings/papers/rectify-notice/", {"chosen": [str(open_.pk)]})
    assert draft.status_code == 302
    again = brought(at, name, body)
    assert Row.objects.filter(of=again, state="NEW").count() == 0
    changed = rows_of(at)
    changed[0][2] = "改过的描述"
    other = brought(at, name, write([HEADS, *changed]))
    assert Row.objects.get(of=other, values__old_number="A-1").state == "WRONG"


def test_a_name_that_two_schools_bear_is_asked_for_by_code(at) -> None:
    for _twin in range(2):
        twin = factories.unit(of=at.county, name="中心小学")
    rows = [
        ["B-1", "中心小学", "消防通道堆放杂物", "2025-03-04", "2025-04-01", "", "", "", ""],
        ["B-2", twin.code, "未公示作业", "2025-03-04", "2025-04-01", "", "", "", ""],
    ]
    made = brought(at, "旧台账.xlsx", in_excel([HEADS, *rows]))
    states = dict(Row.objects.filter(of=made).values_list("values__old_number", "state"))
    assert states == {"B-1": "WRONG", "B-2": "NEW"}
    (fault,) = Row.objects.get(of=made, values__old_number="B-1").faults
    assert said(fault["wrong"]) == "有 2 所单位叫这个名称"
    imports.confirm(made, of("problems"), by=at.officer, only_right=True)
    running.apply(made.pk)
    assert Finding.objects.get(old_number="B-2").unit == twin
