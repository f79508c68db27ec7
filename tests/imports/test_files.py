"""Files as strangers send them: of any kind, any encoding, broken, or made to do harm."""

import io
import zipfile

import pytest
import xlsxwriter
from django.urls import reverse

from dudao.imports import running
from dudao.imports.models import Import
from dudao.imports.states import State
from dudao.notify.models import Message
from tests.imports.sheets import book, faults, school, upload


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_of_any_chinese_excel_is_read(bring, encoding) -> None:
    text = "单位代码,名称,类型,学生数\r\n0430001,㛃园小学,小学,12\r\n"
    one = bring(text.encode(encoding), "学校.csv")
    assert running.counts(one)["NEW"] == 1
    assert one.rows.get().values["name"] == "㛃园小学"


def test_titles_above_the_heading_other_sheets_and_unknown_columns_do_not_disturb(bring) -> None:
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer)
    made.add_worksheet("说明").write(0, 0, "先看这里")
    page = made.add_worksheet("名册")
    page.merge_range("A1:D1", "天元区学校名册（2026 年）")
    for index, value in enumerate(["学校代码", "学校名称", "办学类型（必填）", "备注"]):
        page.write(2, index, value)
    for index, value in enumerate([4302110001, "泰山学校", "小学", "无"]):
        page.write(3, index, value)
    made.close()
    one = bring(buffer.getvalue())
    assert (one.sheet, one.ignored) == ("名册", ["备注"])
    assert one.rows.get().values["code"] == "4302110001", "a number where a code is meant"


def test_merged_cells_in_the_data_are_named(bring) -> None:
    one = bring(book([school(), school("43021102", "第二小学")], merge="D2:D3"))
    assert all("合并" in wrong[0] for wrong in faults(one).values())
    assert len(faults(one)) == 2


def bomb() -> bytes:
    """A workbook of some hundred kilobytes that unfolds to gigabytes."""
    source = zipfile.ZipFile(io.BytesIO(book([school()])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in source.namelist():
            if not name.endswith("sheet1.xml"):
                packed.writestr(name, source.read(name))
                continue
            with packed.open(name, "w", force_zip64=True) as sheet:
                sheet.write(
                    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                )
                for number in range(1, 2001):
                    sheet.write(
                        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>'
                        % (number, number, b"A" * 1_000_000)
                    )
                sheet.write(b"</sheetData></worksheet>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"nonsense", "a.xlsx", "已损坏"),
        (book([school()])[:900], "a.xlsx", "已损坏"),
        (book([["1"]], head=["甲", "乙"]), "a.xlsx", "没有找到表头"),
        (book([["1", "2"]], head=["单位代码", "名称"]), "a.xlsx", "缺少必填列：类型"),
        (book([]), "a.xlsx", "没有数据"),
        (b"\x00\x01\x02\xff" * 50, "a.csv", "编码无法识别"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_what_to_do(bring, at, content, name, told) -> None:
    one = bring(content, name)
    assert one.state == State.UNREADABLE
    assert told in one.why
    assert Message.objects.filter(recipient=at.officer, kind="import.unreadable").exists()


def test_a_bomb_ends_in_its_own_process(bring) -> None:
    one = bring(bomb())
    assert one.state == State.UNREADABLE
    assert "过大或过于复杂" in one.why


@pytest.mark.parametrize(("name", "size", "told"), [("a.pdf", 10, "请上传 Excel"), ("a.xlsx", 21 * 1024 * 1024, "超过 20 MB"), ("a.xlsx", 0, "文件是空的")])  # fmt: skip
def test_what_is_no_table_or_too_large_is_refused_on_the_page(at, signed_in, name, size, told) -> None:
    page = reverse("imports:start", args=["schools"])
    answer = signed_in(at.officer).post(page, {"file": upload(b"x" * size, name)})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Import.objects.exists()
