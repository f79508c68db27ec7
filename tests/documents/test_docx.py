"""The DOCX: its values against GB/T 9704-2012, its text, its bytes."""

import io
import zipfile

import docx as python_docx
import pytest
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from dudao.documents import docx
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
from tests.documents import samples
from tests.documents.test_pdf import HOSTILE, LAST, no_pictures, page_of

MM = 36000  # English metric units


def opened(body: bytes):
    return python_docx.Document(io.BytesIO(body))


def words(body: bytes) -> str:
    """All text of the main part in reading order, without white space."""
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(body)).read("word/document.xml"))
    return "".join("".join(root.itertext(qn("w:t"))).split())


@pytest.fixture(scope="module")
def short():
    return docx.render(samples.short_report(), no_pictures)


@pytest.fixture(scope="module")
def long_one():
    pictures = samples.Pictures()
    return docx.render(samples.long_report(pictures, photos=6), pictures)


def test_page_and_grid(short):
    section = opened(short).sections[0]
    measures = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    assert measures == pytest.approx((210 * MM, 297 * MM, 37 * MM, 35 * MM), abs=MM / 20)
    assert (section.left_margin, section.right_margin) == pytest.approx((28 * MM, 26 * MM), abs=MM / 20)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (
        int(grid.get(qn("w:linePitch"))) * 22
        <= 225 * 1440 / 25.4
        < (int(grid.get(qn("w:linePitch"))) + 1) * 22
    )


def test_a_line_of_28_characters_fits_and_one_of_29_does_not(short):
    spacing = next(iter(opened(short).element.body.iter(qn("w:rPr")))).find(qn("w:spacing"))
    runs = [run for run in opened(short).element.body.iter(qn("w:r")) if "根据" in "".join(run.itertext())]
    spacing = runs[0].find(qn("w:rPr")).find(qn("w:spacing"))
    width = 320 + int(spacing.get(qn("w:val")))
    assert 28 * width <= 156 * 1440 / 25.4 < 29 * width


@pytest.mark.parametrize(
    ("text", "font", "half_points"),
    [
        (samples.ORGAN + "文件", "方正小标宋简体", None),
        ("关于天元区泰山学校责任督学挂牌督导情况的报告", "方正小标宋简体", "44"),
        ("一、基本情况", "黑体", "32"),
        ("（一）作业管理逐步规范。", "楷体_GB2312", "32"),
        ("1.疏散通道被占用。", "仿宋_GB2312", "32"),
        ("抄送：株洲市人民政府教育督导室，天元区教育局，泰山学校。", "仿宋_GB2312", "28"),
    ],
)
def test_faces_and_sizes(short, text, font, half_points):
    run = next(
        run for run in opened(short).element.body.iter(qn("w:r")) if "".join(run.itertext(qn("w:t"))) == text
    )
    properties = run.find(qn("w:rPr"))
    assert properties.find(qn("w:rFonts")).get(qn("w:eastAsia")) == font
    assert half_points is None or properties.find(qn("w:sz")).get(qn("w:val")) == half_points


def test_page_numbers_differ_on_odd_and_even_pages(short):
    made = opened(short)
    assert made.settings.odd_and_even_pages_header_footer
    for footer, side in ((made.sections[0].footer, "right"), (made.sections[0].even_page_footer, "left")):
        (line,) = footer._element.findall(qn("w:p"))
        assert line.find(qn("w:pPr")).find(qn("w:jc")).get(qn("w:val")) == side
        assert "".join(line.itertext(qn("w:t"))) == "— 1 —"
        assert "PAGE" in "".join(line.itertext(qn("w:instrText")))


def test_a_list_lies_on_its_side_in_a_section_of_its_own_with_a_repeated_head(long_one):
    made = opened(long_one)
    sideways = [section.page_width > section.page_height for section in made.sections]
    assert sideways == [False, True, False]
    table = next(table for table in made.tables if len(table._tbl.findall(qn("w:tr"))) == 201)
    first = table._tbl.find(qn("w:tr"))
    assert first.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None


def test_every_text_is_there(short, long_one):
    for block in samples.short_report().blocks:
        assert "".join(block.text.split()) in words(short)
    for text in ("天元区人民政府：", "附件：督导发现问题清单", "2026年11月22日印发", samples.CODE):
        assert text in words(short)
    assert words(long_one).count("㛃𬭎") == 2


def test_pictures_fit_their_places_and_the_qr_code_is_one(long_one):
    sizes = [int(extent.get("cx")) / MM for extent in opened(long_one).element.body.iter(qn("wp:extent"))]
    assert len(sizes) == 6 + 1 + 1
    assert max(sizes) <= 78
    assert pytest.approx(sizes[-1], abs=0.1) == 20


def test_cells_keep_their_text_off_the_lines_and_pictures_keep_no_room_of_their_own(long_one):
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(long_one)).read("word/document.xml"))
    ruled = next(
        table for table in root.iter(qn("w:tbl")) if table.find(f".//{qn('w:tblBorders')}") is not None
    )
    margins = {side.tag: side.get(qn("w:w")) for side in ruled.find(f".//{qn('w:tblCellMar')}")}
    assert margins == {qn("w:top"): "60", qn("w:bottom"): "60", qn("w:left"): "80", qn("w:right"): "80"}
    inlines = list(root.iter(qn("wp:inline")))
    assert inlines
    assert all(one.get(side) == "0" for one in inlines for side in ("distT", "distB", "distL", "distR"))


@pytest.mark.parametrize(("name", "is_under"), [("龙淑贞", False), ("阿卜杜热合曼·买买提", True)])
def test_a_name_is_never_parted_beside_its_signature(name, is_under):
    pictures = samples.Pictures()
    source = pictures.add(samples.photo(1, (600, 240)))
    signer = Signer("学校代表", name, source, samples.ISSUED_ON)
    made = docx.render(page_of(Signatures((signer, signer))), pictures)
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml"))
    runs = [run for run in root.iter(qn("w:r")) if "".join(run.itertext(qn("w:t"))) == name]
    assert len(runs) == 2
    assert all((run.find(qn("w:br")) is not None) is is_under for run in runs)


@pytest.mark.parametrize("which", LAST)
def test_signatures_and_pictures_that_stand_last_stay_with_name_and_date(which):
    block, words = LAST[which]
    made = opened(docx.render(page_of(Paragraph(text="检查。"), block, organ=samples.ORGAN), no_pictures))
    paragraphs = list(made.element.body.iter(qn("w:p")))
    texts = ["".join(text.text or "" for text in one.iter(qn("w:t"))) for one in paragraphs]
    begins = max(index for index, text in enumerate(texts) if words in text)
    ends = next(index for index, text in enumerate(texts) if text == samples.ORGAN)
    assert begins < ends
    for one in paragraphs[begins : ends + 1]:
        assert one.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None, texts


def test_a_picture_that_has_not_arrived_says_so():
    made = docx.render(
        page_of(FigureGrid((Figure("evidence:absent", "图1"),)), Figure("evidence:absent")), no_pictures
    )
    assert words(made).count("图片尚未到达") == 2


def test_the_same_document_gives_the_same_bytes():
    pictures = samples.Pictures()
    document = samples.long_report(pictures, photos=3)
    assert docx.render(document, pictures) == docx.render(document, pictures)


def test_properties_are_the_documents_own(short):
    properties = opened(short).core_properties
    assert (properties.title, properties.author) == (samples.short_report().title, samples.ORGAN)
    assert properties.created.date() == properties.modified.date() == samples.ISSUED_ON


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_people_type_acts_or_breaks(text):
    table = Table((Column("甲"), Column("乙", 0.3)), ((text, text),), caption=text[:100])
    document = replace(page_of(Heading(text), Paragraph(text), table), organ=text[:40], number=text[:40])
    body = docx.render(document, no_pictures)
    shown = "".join(document.blocks[1].text.split())
    assert shown in words(body)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_text_can_be_written(text):
    document = OfficialDocument(
        kind="x", title=text, mark=text, issued_on=samples.ISSUED_ON, blocks=(Heading(text), Paragraph(text))
    )
    opened(docx.render(document, no_pictures))
