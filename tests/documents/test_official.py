"""A document is data: it survives the way to JSON and back, and holds only what can be printed."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.documents import layout, official
from dudao.documents.official import Heading, OfficialDocument, Paragraph, Table, printable
from tests.documents import samples

any_text = st.text(st.characters(exclude_categories=()))  # lone surrogates too


@pytest.mark.parametrize("make", [samples.short_report, samples.visit_record])
def test_a_document_survives_json_and_a_json_column(make):
    document = make()
    assert official.from_json(official.to_json(document)) == document
    assert official.from_plain(official.to_plain(document)) == document


def test_the_same_document_gives_the_same_json():
    assert official.to_json(samples.short_report()) == official.to_json(samples.short_report())


def test_json_that_is_no_document_is_refused():
    with pytest.raises(msgspec.ValidationError):
        official.from_plain(
            {"type": "document", "kind": "x", "title": "t", "issued_on": "2026-01-01", "extra": 1}
        )


@given(any_text)
def test_any_text_can_be_kept_and_sent(text):
    document = OfficialDocument(
        kind="x", title=text, issued_on=samples.ISSUED_ON, blocks=(Paragraph(text), Table((), ((text,),)))
    )
    assert official.from_json(official.to_json(document)) == document
    assert printable(printable(text)) == printable(text)


def test_what_cannot_be_printed_is_shown_as_replaced():
    assert printable("a\x00b\ud800c\u202ed\ufffee\tf\r\ng") == "a\ufffdb\ufffdc\ufffdd\ufffde f\ng"


def test_words_of_rare_names_stay_as_they_are():
    assert printable("㛃𬭎·阿卜杜拉、한국、👨‍👩‍👧") == "㛃𬭎·阿卜杜拉、한국、👨‍👩‍👧"


def test_headings_are_counted_and_deeper_levels_start_anew():
    levels = (1, 2, 2, 3, 4, 4, 1, 2)
    labels = [label for _block, label in layout.with_labels(Heading("x", level) for level in levels)]
    assert labels == ["一、", "（一）", "（二）", "1.", "（1）", "（2）", "二、", "（一）"]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100")]
)
def test_chinese_numbers(number, words):
    assert layout.chinese_number(number) == words


def test_a_date_has_no_leading_zeros():
    assert layout.chinese_date(date(2025, 3, 8)) == "2025年3月8日"


@pytest.mark.parametrize(
    "organ", [samples.ORGAN, "督导室", "株洲市天元区人民政府教育督导委员会办公室和教育局"]
)
def test_date_stands_two_characters_right_of_the_name_and_ends_two_before_the_edge(organ):
    day = "2026年11月22日"
    place = layout.closing(organ, day)
    assert place.date == pytest.approx(place.organ + 2)
    ends = place.organ + layout.width_in_cells(organ), place.date + layout.width_in_cells(day)
    assert max(ends) == pytest.approx(26)


@given(st.text(min_size=1, max_size=120))
def test_a_long_title_is_broken_without_losing_a_letter(title):
    title = printable(title).replace("\n", "").replace(" ", "").strip()
    assert "".join("".join(layout.title_lines(title)).split()) == "".join(title.split())


def test_a_title_is_broken_by_meaning():
    lines = layout.title_lines("关于天元区泰山学校责任督学挂牌督导情况的报告")
    assert lines == ["关于天元区泰山学校", "责任督学挂牌督导情况的报告"]
