"""A sheet with every kind of answer, from the phone to the visit's page and the report."""

import pytest
from django.utils import translation

from dudao.documents.official import Heading, Table
from dudao.inspections import documents
from dudao.inspections.models import Visit
from dudao.inspections.states import Flag
from dudao.instruments.queries import current_version
from tests import factories

CRITERIA = (
    "c_goal",
    "c_content",
    "c_load",
    "c_method",
    "c_engage",
    "c_differ",
    "c_manage",
    "c_media",
    "c_homework",
    "c_effect",
)
LESSON = {
    "teacher_post": "五年级数学教师", "subject": "maths", "grade": 5, "period": 2, "kind": "new", "present": 44,
    "as_timetable": "yes", "plan": "yes", "talk": 4, "attention": 5, "respect": "yes", "grade_given": "b",
    "merits": "目标清楚", "improve": "多给学生表达机会", **dict.fromkeys(CRITERIA, 8),
}  # fmt: skip
CANTEEN = {
    "supply": "own",
    "eaters": 320,
    "price": 12.5,
    "sample_grams": 100,
    "complaints": ["taste", "hygiene"],
    "waste": 2,
}


def visit(at: factories.Place, key: str, answers: dict, **changes) -> Visit:
    return factories.visit(at, instrument=current_version(key).hash, answers=answers, findings=[], **changes)


def results(made: Visit) -> dict[str, str]:
    """Label → answer, as the report tells them."""
    blocks = documents.report(made).blocks
    at = next(n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == "检查结果")
    table = blocks[at + 1]
    assert isinstance(table, Table)
    return {row[1]: row[2] for row in table.rows}


def test_a_lesson_observed_is_complete_and_has_a_score(at, signed_in) -> None:
    made = visit(at, "class-observation", LESSON)
    assert Flag.SHEET.value not in made.flags
    page = signed_in(at.officer).get(f"/visits/{made.pk}/").content.decode()
    assert "80%（80/100 分）" in page
    assert "4/5" in page
    assert "5/5（高度专注）" in page


def test_the_report_tells_scores_by_section_and_in_all(at) -> None:
    blocks = documents.report(visit(at, "class-observation", LESSON)).blocks
    place = next(
        n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == "得分情况"
    )
    table = blocks[place + 1]
    assert isinstance(table, Table)
    assert table.rows == (("二、评价要点", "80%（80/100 分）"), ("合计", "80%（80/100 分）"))


def test_a_sheet_without_scores_says_nothing_of_them(at) -> None:
    blocks = documents.report(visit(at, "canteen-food", CANTEEN)).blocks
    assert not [block for block in blocks if isinstance(block, Heading) and block.text == "得分情况"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_answers_read_in_chinese_in_documents_whatever_the_office_speaks(at, language) -> None:
    made = visit(at, "canteen-food", CANTEEN)
    with translation.override(language):
        told = results(made)
    assert told["学生反映的问题"] == "口味、卫生"
    assert told["一餐标准"] == "12.5 元"
    assert told["餐后剩餐情况"] == "2/5"
    assert told["库房无过期、变质、无标签食品"] == "未填"


def test_today_is_the_day_of_the_visit_and_not_of_its_arrival(at) -> None:
    start = "2026-09-15T09:00:00+08:00"
    times = {"started_at": start, "finished_at": "2026-09-15T10:00:00+08:00"}
    made = visit(
        at,
        "school-self-check",
        {"checked_on": "2026-09-15", "found": 2, "solved": 1, "deadline": "2026-09-30"},
        **times,
    )
    [own] = made.sheets.all()
    assert own.held.today == "2026-09-15"
    assert own.held["deadline"] == "2026-09-30"


def test_the_office_sees_the_instruments_by_theme_with_their_readers(at, signed_in) -> None:
    page = signed_in(at.officer).get("/instruments/").content.decode()
    assert page.index("“双减”与五项管理") < page.index("八大主题") < page.index("安全与食堂")
    assert "中小学校、幼儿园" in page
    assert "校外培训机构" in page


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("class-observation", ["评分题", "0 至 10 分", "5 高度专注", "系统建议"]),
        ("school-self-check", ["日期", "0 至 10 分 × 1.5", "本题答案不超过督导当天", "多选题", "☐"]),
        ("canteen-food", ["小数", "0 至 200 元", "量级题", "1 几乎没有"]),
    ],
)
def test_an_instrument_shows_every_kind_of_item_as_it_is_asked(at, signed_in, key, shown) -> None:
    page = signed_in(at.officer).get(f"/instruments/{current_version(key).hash}/").content.decode()
    for text in shown:
        assert text in page, text
