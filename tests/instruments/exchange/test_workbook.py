"""An instrument as a workbook: what is written comes back the same, and whatever is wrong is named with its cell."""

import io
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import xlsxwriter
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook

from dudao.instruments.definitions import Definition, check, content_hash
from dudao.instruments.exchange.reading import read
from dudao.instruments.exchange.workbook import template, write
from dudao.instruments.services import LIBRARY
from dudao.kernel.errors import Invalid
from tests.instruments.exchange.made import definitions

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
PATHS = sorted(LIBRARY.glob("*.json"))
Rows = list[list[Any]]
Sheets = dict[str, Rows]


def library(stem: str) -> Definition:
    return msgspec.json.decode((LIBRARY / f"{stem}.json").read_bytes(), type=Definition)


def book(sheets: Sheets, merged: tuple[int, int, int, int] | None = None) -> bytes:
    """A workbook somebody typed; `merged` is an area of its first sheet."""
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if merged:
            sheet.merge_range(*merged, "合并")
            merged = None
    made.close()
    return buffer.getvalue()


HEAD = ["题号", "部分", "类型", "题目内容", "备选项", "显示条件", "答案须满足", "最小", "最大"]


def asked(*rows: list[Any], head: list[str] = HEAD, **others: Rows) -> bytes:
    return book({"题目": [head, *rows], **others})


def told(data: bytes) -> list[tuple[str, int, str, str, str]]:
    """Every fault, as a line of the page."""
    reading = read(data)
    assert reading.definition is None
    return [(one.sheet, one.row, one.column, one.wrong, one.right) for one in reading.faults]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_instrument_of_the_library_comes_back_the_same(path) -> None:
    definition = library(path.stem)
    reading = read(write(definition))
    assert reading.faults == []
    assert reading.definition is not None
    assert content_hash(reading.definition) == content_hash(definition)


def test_a_workbook_written_in_english_is_read_in_chinese() -> None:
    definition = library("canteen-food")
    with override("en"):
        data = write(definition)
    assert load_workbook(io.BytesIO(data)).sheetnames[2] == "Question"
    reading = read(data)
    assert reading.faults == []
    assert reading.definition == definition


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(definitions())
def test_any_definition_comes_back_the_same(definition) -> None:
    check(definition)
    reading = read(write(definition))
    assert reading.faults == []
    assert reading.definition is not None
    assert content_hash(reading.definition) == content_hash(definition)


def test_an_author_who_knows_nothing_of_numbers_types_sections_types_questions_and_options() -> None:
    reading = read(
        asked(
            ["一、校门", "是否题", "门口有人值守吗？", ""],
            ["", "单选题", "当天由谁带班？", "校长；副校长"],
            ["二、食堂", "多选题", "现场看到什么？", "留样\n台账\n价目表"],
            head=["部分", "类型", "题目内容", "备选项"],
        )
    )
    assert reading.faults == []
    definition = reading.definition
    assert definition is not None
    assert [(one.key, one.title.zh) for one in definition.sections] == [
        ("s1", "一、校门"),
        ("s2", "二、食堂"),
    ]
    assert [(one.key, one.type) for _section, one in definition.items()] == [
        ("q1", "yes_no"), ("q2", "single"), ("q3", "multiple"),
    ]  # fmt: skip
    assert [(one.key, one.label.zh) for one in definition.sections[1].items[0].choices] == [
        ("c1", "留样"), ("c2", "台账"), ("c3", "价目表"),
    ]  # fmt: skip


def test_choices_and_rules_may_call_a_question_by_its_words() -> None:
    reading = read(
        asked(
            ["", "一、校门", "是否题", "门口有人值守吗？"],
            ["", "", "单选题", "由谁带班？"],
            选项=[["题号", "选项内容"], ["由谁带班？", "校长"], ["由谁带班？", "副校长"]],
            问题规则=[
                ["题号", "触发条件", "类别", "严重程度", "问题表述"],
                ["门口有人值守吗？", "${q1} = 'no'", "校园安全", "较重", "校门无人值守。"],
            ],
        )
    )
    assert reading.faults == []
    assert reading.definition is not None
    gate, duty = (item for _section, item in reading.definition.items())
    assert [choice.label.zh for choice in duty.choices] == ["校长", "副校长"]
    assert [(rule.category, rule.severity, rule.wording.zh) for rule in gate.findings] == [
        ("SAFETY", "MAJOR", "校门无人值守。")
    ]


def test_the_template_is_itself_a_right_answer_with_lists_to_choose_from_and_an_explanation() -> None:
    data = template()
    reading = read(data)
    assert reading.faults == []
    assert reading.definition is not None
    assert len(list(reading.definition.items())) == 3
    sheets = load_workbook(io.BytesIO(data))
    assert sheets.sheetnames[:6] == ["量表", "部分", "题目", "选项", "问题规则", "填写说明"]
    offered = [rule.formula1 for rule in sheets["题目"].data_validations.dataValidation]
    assert any("是否题" in rule and "矩阵题" in rule for rule in offered)
    explained = [[cell.value for cell in row] for row in sheets["填写说明"]]
    columns = {row[1] for row in explained if row[0] == "题目"}
    assert {cell.value.rstrip("*") for cell in sheets["题目"][1]} <= columns
    assert sum("${" in str(row[4]) for row in explained) >= 5


OK = ["q1", "一", "是否题", "门口有人吗？"]
FAULTS: dict[str, tuple[Callable[[], bytes], list[tuple[str, int, str, str]]]] = {
    "no sheet of questions": (
        lambda: book({"题 库": [HEAD, OK]}),
        [("题 库", 0, "", "不认识这张工作表"), ("题目", 0, "", "没有“题目”工作表")],
    ),
    "a sheet of another name": (
        lambda: asked(OK, 选择项=[["题号"], ["q1"]]),
        [("选择项", 0, "", "不认识这张工作表")],
    ),
    "no headings": (lambda: book({"题目": [["一", "二"]]}), [("题目", 1, "", "没有找到表头")]),
    "an unknown column": (
        lambda: asked([*OK, "x"], head=["题号", "部分", "类型", "题目内容", "备注"]),
        [("题目", 1, "备注", "不认识这一列")],
    ),
    "a missing column": (lambda: asked(["q1", "一"], head=["题号", "部分"]),
        [("题目", 1, "类型", "缺少这一列"), ("题目", 1, "题目内容", "缺少这一列")]),
    "merged cells": (
        lambda: book({"题目": [HEAD, OK, ["q2", "一", "是否题", "x"]]}, (1, 1, 2, 1)),
        [("题目", 2, "", "合并"), ("题目", 3, "", "合并")],
    ),
    "an unknown type": (lambda: asked(["q1", "一", "判断题", "x"]), [("题目", 2, "类型", "“判断题”不在可选范围内")]),
    "nothing written": (
        lambda: asked(["q1", "", "", "x"]),
        [("题目", 2, "类型", "没有填写"), ("题目", 2, "部分", "没有填写")],
    ),
    "the same number twice": (lambda: asked(OK, OK), [("题目", 3, "题号", "题目表第 2 行已经用了")]),
    "a number in capitals": (lambda: asked(["Q1", *OK[1:]]), [("题目", 2, "题号", "半角小写")]),
    "a full-width number": (lambda: asked(["ｑ１", *OK[1:]]), [("题目", 2, "题号", "半角小写")]),
    "a bare digit": (lambda: asked(["1", *OK[1:]]), [("题目", 2, "题号", "以字母开头")]),
    "full-width digits": (
        lambda: asked(["q1", "一", "整数", "x", "", "", "", "０", "１０"]),
        [("题目", 2, "最小", "不是半角数字"), ("题目", 2, "最大", "不是半角数字")],
    ),
    "a condition that does not parse": (
        lambda: asked(OK, ["q2", "", "文字", "x", "", "${q1} == 'no'"]),
        [("题目", 3, "显示条件", "第 8 个字符“= 'no'”处无法理解")],
    ),
    "a condition cut off": (
        lambda: asked(OK, ["q2", "", "文字", "x", "", "${q1} ="]),
        [("题目", 3, "显示条件", "结尾")],
    ),
    "a condition in full-width signs": (
        lambda: asked(OK, ["q2", "", "文字", "x", "", "${q1} ＝ ‘no’"]),
        [("题目", 3, "显示条件", "第 7 个字符")],
    ),
    "a question that is not there": (
        lambda: asked(["q1", "一", "整数", "x", "", "", ". < ${q9}"]),
        [("题目", 2, "答案须满足", "不存在的题目：q9")],
    ),
    "a circle": (
        lambda: asked(["q1", "一", "文字", "x", "", "${q2} = 'a'"], ["q2", "", "文字", "y", "", "${q1} = 'a'"]),
        [("题目", 2, "显示条件", "互相循环"), ("题目", 3, "显示条件", "互相循环")],
    ),
    "choices of no question": (
        lambda: asked(OK, 选项=[["题号", "选项内容"], ["q7", "甲"]]),
        [("选项", 2, "题号", "没有“q7”这道题")],
    ),
    "the same choice twice": (
        lambda: asked(["q1", "一", "单选题", "x"], 选项=[["题号", "选项编号", "选项内容"], ["q1", "a", "甲"], ["q1", "a", "乙"]]),
        [("选项", 3, "选项编号", "选项表第 2 行已经用了")],
    ),
    "no choices": (lambda: asked(["q1", "一", "单选题", "x"]), [("题目", 2, "备选项", "没有选项")]),
    "a matrix without rows": (lambda: asked(["q1", "一", "矩阵题", "x", "好；差"]), [("题目", 2, "类型", "没有行")]),
    "upside down": (lambda: asked(["q1", "一", "整数", "x", "", "", "", 9, 1]), [("题目", 2, "最小", "最小值大于最大值")]),
    "a scale without ends": (
        lambda: asked(["q1", "一", "量级题", "x", "", "", "", "", 5]),
        [("题目", 2, "最低一级含义", "含义"), ("题目", 2, "最高一级含义", "含义")],
    ),
    "a score without full marks": (lambda: asked(["q1", "一", "评分题", "x"]), [("题目", 2, "最大", "满分")]),
    "a repeat that is none": (
        lambda: asked([*OK, ""], ["q2", "", "整数", "y", "q1"], head=[*HEAD[:4], "所属题组"]),
        [("题目", 3, "所属题组", "没有叫“q1”的重复题组")],
    ),
    "a photo within a repeat": (
        lambda: asked(
            ["q1", "一", "重复题组", "各班", "", "班级"], ["q2", "", "照片", "y", "q1", ""],
            head=[*HEAD[:4], "所属题组", "每组名称"],
        ),
        [("题目", 3, "类型", "重复题组里不能有")],
    ),
    "a section below itself": (
        lambda: asked(OK, 部分=[["部分编号", "上级部分", "部分标题"], ["s1", "s2", "一"], ["s2", "", "二"]]),
        [("部分", 2, "上级部分", "前面没有叫“s2”的部分"), ("部分", 3, "部分标题", "没有题目")],
    ),
    "an unknown category": (
        lambda: asked(OK, 问题规则=[["题号", "触发条件", "类别", "严重程度", "问题表述"], ["q1", ". = 'no'", "天气", "一般", "x"]]),
        [("问题规则", 2, "类别", "“天气”不在可选范围内")],
    ),
    "an unknown kind of unit": (
        lambda: asked(OK, 量表=[["量表名称", "适用单位"], ["检查表", "小学、大学"]]),
        [("量表", 2, "适用单位", "没有“大学”这类单位")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_is_named_with_its_cell(name) -> None:
    make, expected = FAULTS[name]
    found = told(make())
    assert [fault[:3] for fault in found] == [fault[:3] for fault in expected]
    for fault, (*_place, wrong) in zip(found, expected, strict=True):
        assert wrong in fault[3]
        assert fault[4], f"what would be right is not said: {fault}"


@pytest.mark.parametrize(
    ("row", "right"),
    [
        (["Q 1", "一", "整数", "x"], "q_1"),
        (["１", "一", "整数", "x"], "q1"),
        (["q1", "一", "整数", "x", "", "", "", "１０"], "10"),
        (["q1", "一", "整数", "x", "", "", "．　＞＝　０"], ". >= 0"),
    ],
    ids=["spaces and capitals", "digit", "number", "condition"],
)
def test_where_it_is_plain_what_was_meant_it_is_offered(row, right) -> None:
    assert told(asked(row))[0][4].replace("  ", " ").endswith(right)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        b"PK\x03\x04 broken",
        "题号,部分,类型,题目内容\nq1,一,是否题,值守？".encode("gb18030")[:-1],
    ],
    ids=["empty", "document", "broken", "cut off"],
)
def test_a_file_that_is_no_workbook_is_refused_in_words(data) -> None:
    reading = read(data)
    assert reading.definition is None
    assert all(fault.wrong for fault in reading.faults)
    assert reading.faults


def test_the_questions_alone_may_come_as_csv_of_chinese_windows() -> None:
    reading = read("部分,类型,题目内容\n一、校门,是否题,有人值守吗？\n".encode("gb18030"))
    assert reading.faults == []
    assert reading.definition is not None
    assert reading.definition.sections[0].items[0].label.zh == "有人值守吗？"


def test_a_text_no_cell_can_hold_is_refused() -> None:
    plain = msgspec.to_builtins(library("canteen-food")) | {"title": {"zh": "长" * 40_000}}
    with pytest.raises(Invalid, match="放不下"):
        write(msgspec.convert(plain, Definition))
