"""The PDF against GB/T 9704-2012 and against whatever people type."""

import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dudao.documents import layout, pdf
from dudao.documents.fonts import catalogue
from dudao.documents.official import (
    Column,
    Figure,
    FigureGrid,
    Heading,
    OfficialDocument,
    Paragraph,
    Signatures,
    Signer,
    Table,
)
from tests.documents import reading, samples

MM = layout.MM_PT
HOSTILE = [
    '#import "x": *; $x^2$ [a] *b* _c_ `d` @e <f> // g',
    "<script>alert(1)</script> & ]]> <w:t>x</w:t>",
    "a\x00b\x08c\ud83dd\udc00e",
    "\u202eright to left\u202c \u200f",
    "👨‍👩‍👧 😀 ⛄",
    "词" * 500,
    "w" * 10_000,
    "\n\n  \n\ttab",
    "العربية עברית ไทย",
    "﷽" * 50,
    "e\u0301\u0323" * 40,
]


def no_pictures(source: str) -> None:
    return None


def page_of(*blocks, **changes) -> OfficialDocument:
    return OfficialDocument(
        kind="NOTICE", title="测试", shell="record", issued_on=samples.ISSUED_ON, blocks=blocks, **changes
    )


@pytest.fixture(scope="module")
def short() -> bytes:
    return pdf.render(samples.short_report(), no_pictures)


@pytest.fixture(scope="module")
def long_one() -> bytes:
    pictures = samples.Pictures()
    return pdf.render(samples.long_report(pictures, photos=6), pictures)


def test_a_full_page_has_22_lines_of_28_characters_within_the_type_area():
    made = pdf.render(samples.plain_page(28 * 60), no_pictures)
    page = reading.reader(made).pages[1]
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
        (210 * MM, 297 * MM), abs=0.1
    )
    *text, number = reading.lines(made, 2)
    assert len(text) == 22
    assert {len(line.text) for line in text} == {28}
    for line in text:
        assert line.left == pytest.approx(28 * MM, abs=1)
        assert line.right == pytest.approx((210 - 26) * MM, abs=1)
    pitches = [after.base - before.base for before, after in pairwise(text)]
    assert pitches == pytest.approx([225 * MM / 22] * 21, abs=0.1)
    assert text[0].base - 0.38 * 16 - 37 * MM == pytest.approx(225 * MM / 44, abs=0.5)
    assert number.base - 0.38 * 14 == pytest.approx((297 - 35 + 7) * MM, abs=1)


def test_page_numbers_stand_outside(short):
    odd, even = reading.lines(short, 1)[-1], reading.lines(short, 2)[-1]
    assert (odd.text, even.text) == ("—1—", "—2—")
    assert odd.right == pytest.approx((210 - 26) * MM - 14, abs=8)  # the blanks have no fixed width
    assert even.left == pytest.approx(28 * MM + 14, abs=1.5)


def test_the_head_stands_where_the_standard_puts_it(short):
    mark, number, title = reading.lines(short, 1)[:3]
    assert mark.text == samples.ORGAN + "文件"
    assert mark.base - 0.85 * layout.mark_pt(mark.text) == pytest.approx((37 + 35) * MM, abs=4)
    assert number.text == "株天教督〔2026〕12号"
    assert (number.left + number.right) / 2 == pytest.approx((28 + 156 / 2) * MM, abs=6)
    assert title.text == "关于天元区泰山学校"


def test_every_text_of_the_document_is_there(short):
    found = reading.text(short)
    document = samples.short_report()
    for block in document.blocks:
        assert "".join(block.text.split()) in found
    for words in (
        "天元区人民政府：",
        "附件：",
        "督导发现问题清单",
        "2026年11月22日",
        "抄送：",
        "印发",
        "扫码核验",
        samples.CODE,
    ):
        assert words in found


def test_the_imprint_stands_at_the_foot_of_the_last_page_only(short):
    pages = len(reading.reader(short).pages)
    texts = [[line.text for line in reading.lines(short, page)] for page in range(1, pages + 1)]
    assert any("抄送：" in line for line in texts[-1])
    assert not any("抄送：" in line for page in texts[:-1] for line in page)
    last = reading.lines(short, pages)
    assert last[-2].text.startswith("天元区人民政府教育督导室")
    assert (210 - 26) * MM - 30 < last[-2].base < (210 - 26) * MM


def test_name_and_date_are_never_alone_on_a_page():
    for filler in range(0, 60, 2):
        blocks = (Paragraph("督导检查学校作业管理。"),) * (20 + filler) + (Paragraph("请认真整改。" * 8),)
        made = pdf.render(page_of(*blocks, organ=samples.ORGAN), no_pictures)
        last = reading.lines(made, len(reading.reader(made).pages))
        assert len(last) >= 5, filler


LAST = {
    "signatures": (Signatures(signers=(Signer(role="督学签字", name="周敏"),)), "督学签字"),
    "figure": (Figure(source="evidence:x", caption="校门口"), "校门口"),
    "grid": (FigureGrid(figures=(Figure(source="evidence:x", caption="教室"),) * 3), "教室"),
}


@pytest.mark.parametrize("which", LAST)
def test_signatures_and_pictures_that_stand_last_stay_with_name_and_date(which):
    block, words = LAST[which]
    pages = set()
    for filler in range(14, 40, 3):
        blocks = (*(Paragraph(text="督导检查学校作业管理。"),) * filler, block)
        made = pdf.render(page_of(*blocks, organ=samples.ORGAN), no_pictures)
        pages.add(len(reading.reader(made).pages))
        last = [line.text for line in reading.lines(made, len(reading.reader(made).pages))]
        assert any(words in line for line in last), (which, filler, last)
    assert len(pages) > 1, "the end was never near the foot of a page"


def test_the_last_row_of_a_table_that_stands_last_stays_with_name_and_date_under_the_head_again():
    alone, pages = 0, set()
    for filler in range(10, 36):
        rows = tuple((f"第{index}项", "作业量超过规定") for index in range(1, filler))
        table = Table(columns=(Column("序号"), Column("发现问题")), rows=rows)
        made = pdf.render(page_of(Paragraph("检查情况如下。"), table, organ=samples.ORGAN), no_pictures)
        count = len(reading.reader(made).pages)
        pages.add(count)
        last = [line.text for line in reading.lines(made, count)]
        assert any(f"第{filler - 1}项" in line for line in last), (filler, last)
        heads = sum(
            "发现问题" in line.text for page in range(1, count + 1) for line in reading.lines(made, page)
        )
        assert heads == count, (filler, "the head stands once on each page with rows")
        alone += count > 1 and not any(f"第{filler - 2}项" in line for line in last)
    assert pages == {1, 2}
    assert alone, "the last row never went over alone"


def test_a_problem_list_of_200_rows_lies_on_its_side_with_its_head_on_every_page(long_one):
    pages = reading.reader(long_one).pages
    lying = [index for index, page in enumerate(pages, start=1) if page.mediabox.width > page.mediabox.height]
    assert len(lying) > 10
    assert lying == list(range(lying[0], lying[-1] + 1))
    for page in lying:
        assert any(
            "问题描述" in line.text and "整改时限" in line.text for line in reading.lines(long_one, page)
        )
    rows = re.findall(r"HW-\d\d", reading.text(long_one))
    assert len(rows) == 200


def test_numbers_of_pages_run_through_the_attachments(long_one):
    pages = len(reading.reader(long_one).pages)
    assert [reading.lines(long_one, page)[-1].text for page in range(1, pages + 1)] == [
        f"—{page}—" for page in range(1, pages + 1)
    ]


def test_fonts_are_embedded_and_rare_characters_are_drawn(long_one):
    assert all(reading.fonts(long_one).values())
    assert reading.text(long_one).count("㛃𬭎") == 2
    assert "□" not in reading.text(long_one)


def test_a_character_no_font_has_is_shown_as_missing_with_its_code():
    found = reading.text(pdf.render(page_of(Paragraph("张\U000323af，好。")), no_pictures))
    assert "张□(U+323AF)，好。" in found


def test_emoji_are_drawn():
    made = pdf.render(page_of(Paragraph("家长留言：很好😀👍🏫，👨‍👩‍👧。")), no_pictures)
    assert "NotoEmoji" in " ".join(reading.fonts(made))
    assert "□" not in reading.text(made)


def test_the_document_tells_its_title_language_and_day(short):
    made = reading.reader(short)
    assert made.metadata.title == samples.short_report().title
    assert made.metadata.creation_date.date() == samples.ISSUED_ON
    assert made.trailer["/Root"]["/Lang"].lower().startswith("zh")
    assert made.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_same_document_gives_the_same_bytes():
    pictures = samples.Pictures()
    document = samples.long_report(pictures, photos=3)
    first = pdf.render(document, pictures)
    pdf.render(samples.visit_record(), pictures)
    assert pdf.render(document, pictures) == first
    assert pdf.render(replace(document, number="株天教督〔2026〕14号"), pictures) != first


def test_pictures_of_one_document_never_stand_in_another():
    one, other = samples.Pictures(), samples.Pictures()
    first, second = Figure(one.add(samples.photo(1))), Figure(other.add(samples.photo(7)))
    made = [pdf.render(page_of(first), one), pdf.render(page_of(second), other)]
    images = [reading.reader(body).pages[0].images[0].data for body in made]
    assert images[0] != images[1]


def test_a_picture_that_has_not_arrived_or_is_broken_shows_a_frame_that_says_so():
    bodies = {"evidence:broken": b"\xff\xd8 no picture"}
    figures = FigureGrid((Figure("evidence:absent", "图1 校门"), Figure("evidence:broken", "图2 食堂")))
    found = reading.text(pdf.render(page_of(figures, Figure("evidence:absent")), bodies.get))
    assert found.count("图片尚未到达") == 2
    assert found.count("图片无法显示") == 1
    assert "图1校门" in found


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_people_type_acts_or_breaks(text):
    table = Table((Column("甲"), Column("乙", 0.3)), ((text, text),), caption=text[:100])
    blocks = (Heading(text), Paragraph(text), table, Figure("evidence:none", text[:200]))
    document = replace(
        page_of(*blocks), title=text[:200], organ=text[:40], addressee=text[:60], number=text[:40]
    )
    assert pdf.render(document, no_pictures).startswith(b"%PDF")


def test_markup_comes_out_as_text():
    text = '#let x = 1; $a^2$ [b] *c* _d_ `e` @f <g> "h" ~ -- //i'
    assert "".join(text.split()) in reading.text(pdf.render(page_of(Paragraph(text)), no_pictures))


def test_a_word_of_ten_thousand_letters_stays_on_the_page():
    made = pdf.render(page_of(Paragraph("w" * 10_000)), no_pictures)
    pages = range(1, len(reading.reader(made).pages) + 1)
    assert reading.text(made).count("w") == 10_000
    longest = max(len(line.text) for page in pages for line in reading.lines(made, page))
    assert longest <= 156 * MM / 11  # 11 points and more for each w


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_text_can_be_set(text):
    table = Table((Column("列"), Column("列", label=True)), ((text, text), (text,)))
    blocks = (Heading(text, 2), Paragraph(text), table, Figure(text, text))
    assert pdf.render(replace(page_of(*blocks), title=text, mark=text, shell="document"), no_pictures)


def test_without_fonts_it_says_how_to_get_them(tmp_path):
    with pytest.raises(catalogue.FontsMissing, match=re.escape("python -m dudao.documents.fonts")):
        pdf.render(page_of(Paragraph("x")), no_pictures, tmp_path)
