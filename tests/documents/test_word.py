"""A draft changed in Word and read back: what differs is shown, what cannot be trusted is refused."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document as Word
from docx.oxml import OxmlElement
from docx.shared import Pt

from dudao.documents import drafting, rendering
from dudao.documents.models import Document, Draft, State
from dudao.documents.official import Attachment, Heading, Paragraph, Table
from dudao.findings import papers
from dudao.findings.models import Finding
from dudao.kernel import clock
from dudao.people.roles import Role
from tests import factories


@pytest.fixture
def draft(at, files_folder) -> Draft:
    factories.finding(at)
    return papers.draft("rectify-notice", Finding.objects.filter(unit=at.unit), by=at.officer)


def download(client, draft: Draft) -> bytes:
    return client.get(reverse("documents:draft-docx", args=[draft.pk])).content


def upload(client, draft: Draft, body: bytes, name="改.docx"):
    address = reverse("documents:draft-word", args=[draft.pk])
    return client.post(address, {"file": SimpleUploadedFile(name, body)})


def changed(body: bytes, change) -> bytes:
    word = Word(io.BytesIO(body))
    change(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def paragraph(word, text: str):
    return next(one for one in word.paragraphs if text in one.text)


def accept(client, draft: Draft, page: str):
    sha256 = page.split('name="sha256" value="')[1][:64]
    sent = {"sha256": sha256, "version": draft.version}
    return client.post(reverse("documents:draft-word-accept", args=[draft.pk]), sent)


def test_an_unchanged_file_says_the_same(at, draft, signed_in) -> None:
    client = signed_in(at.officer)
    page = upload(client, draft, download(client, draft)).content.decode()
    assert "文字没有不同" in page
    before = drafting.text_of(draft)
    assert accept(client, draft, page).status_code == 302
    draft.refresh_from_db()
    after = drafting.text_of(draft)
    assert (after.title, after.addressee, after.blocks) == (before.title, before.addressee, before.blocks)
    assert draft.word_sha256


@pytest.mark.parametrize("kind", ["rectification-ledger", "consultation", "urging-sheet"])
def test_every_kind_comes_back_as_it_was(at, files_folder, signed_in, kind) -> None:
    factories.finding(at)
    with clock.set_to(clock.now() + timedelta(days=40)):
        draft = papers.draft(kind, Finding.objects.filter(unit=at.unit), by=at.officer)
    client = signed_in(at.officer)
    found, pieces = drafting.from_word(draft, download(client, draft))
    text = drafting.text_of(draft)
    assert (found.title, found.addressee, found.blocks) == (text.title, text.addressee, text.blocks)
    assert found.attachments == text.attachments
    assert pieces == drafting.pieces_of(draft)


def edit(word) -> None:
    """What a clerk does in an afternoon."""
    paragraph(word, "高度重视").insert_paragraph_before("一、总体要求")
    line = paragraph(word, "高度重视")
    line.runs[0].text = "请认真整改，"
    for run in line.runs[1:]:
        run.text = ""
    line.add_run("不得延误。").font.size = Pt(16)
    table = next(one for one in word.tables if len(one.columns) == 4)
    table.cell(1, 2).text = "设公示栏并每日更新"
    paragraph(word, "及时签收").clear()


def test_what_was_changed_is_shown_then_taken_and_the_file_is_the_document_s(at, draft, signed_in) -> None:
    client = signed_in(at.officer)
    body = changed(download(client, draft), edit)
    page = upload(client, draft, body).content.decode()
    for told in ("一、总体要求", "请认真整改，不得延误。", "设公示栏并每日更新", "及时签收", "处不同"):
        assert told in page, told
    draft.refresh_from_db()
    assert draft.version == 1, "nothing is taken before it was shown"
    assert accept(client, draft, page).status_code == 302
    draft.refresh_from_db()
    text = drafting.text_of(draft)
    assert Heading("总体要求", 1) in text.blocks
    assert Paragraph("请认真整改，不得延误。") in text.blocks
    (table,) = [block for block in text.blocks if isinstance(block, Table)]
    assert table.rows[0][2] == "设公示栏并每日更新"
    document = issue(at, draft)
    rendering.render(str(document.pk))
    document.refresh_from_db()
    assert document.state == State.READY
    file = client.get(reverse("documents:docx", args=[document.pk]))
    word = Word(io.BytesIO(b"".join(file.streaming_content)))
    told = "\n".join(one.text for one in word.paragraphs)
    assert document.number in told
    assert "签发时编号" not in told
    assert "请认真整改，不得延误。" in told
    check = client.get(reverse("portal:verify", args=[document.code]), {"sha256": document.docx_sha256})
    assert "一致" in check.content.decode()


def issue(at, draft: Draft) -> Document:
    other = factories.person(Role.COUNTY_OFFICE, of=at.county)
    for name, by in (("submit", at.officer), ("pass", other), ("issue", other)):
        draft = drafting.move(draft, name, seen=draft.state, version=draft.version, by=by)
    assert draft.document is not None
    return draft.document


def test_a_text_changed_on_the_page_afterwards_drops_the_file(at, draft, signed_in) -> None:
    client = signed_in(at.officer)
    accept(client, draft, upload(client, draft, download(client, draft)).content.decode())
    draft.refresh_from_db()
    typed = {
        "version": draft.version,
        "title": "标题",
        "addressee": "学校",
        "copies": "",
        "body": "页面上改的",
    }
    client.post(reverse("documents:draft", args=[draft.pk]), typed)
    draft.refresh_from_db()
    assert draft.word_sha256 == ""


def test_a_file_made_before_another_change_is_refused(at, draft, signed_in) -> None:
    client = signed_in(at.officer)
    page = upload(client, draft, download(client, draft)).content.decode()
    typed = {"version": 1, "title": "标题", "addressee": "学校", "copies": "", "body": "同事先改的"}
    client.post(reverse("documents:draft", args=[draft.pk]), typed)
    assert accept(client, draft, page).status_code == 409
    draft.refresh_from_db()
    assert "同事先改的" in str(draft.content)


def with_part(body: bytes, name: str, part: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, part)
    return out.getvalue()


def without_number(word) -> None:
    paragraph(word, "签发时编号").clear()


def without_marks(word) -> None:
    for one in list(word.element.body.iter("{*}bookmarkStart")):
        one.getparent().remove(one)


def with_picture(word) -> None:
    word.add_picture(io.BytesIO(factories.jpeg()))


def with_revision(word) -> None:
    line = paragraph(word, "高度重视")._p
    run = line.r_lst[0]
    tracked = OxmlElement("w:ins")
    run.addprevious(tracked)
    tracked.append(run)


BAD = {
    "macro": (lambda body: with_part(body, "word/vbaProject.bin", b"x"), "带有宏"),
    "docm": (
        lambda body: with_part(
            body,
            "[Content_Types].xml",
            b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>',
        ),
        "带有宏",
    ),
    "lying": (lambda body: factories.jpeg(), "不是 Word 文件"),
    "another package": (lambda body: with_part(body, "word/document.xml", b"<workbook/>"), "不是 Word 文件"),
    "entities": (
        lambda body: with_part(body, "word/document.xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'),
        "不是 Word 文件",
    ),
    "cut": (lambda body: body[: len(body) // 2], "不是 Word 文件"),
    "old": (lambda body: b"\xd0\xcf\x11\xe0" + body, "旧版"),
    "bomb": (lambda body: with_part(body, "word/media/x.bin", b"0" * 90_000_000), "展开后过大"),
    "large": (lambda body: b"PK" + b"0" * (11 * 1024 * 1024), "超过 10 MB"),
    "object": (lambda body: with_part(body, "word/embeddings/a.bin", b"x"), "嵌入对象"),
    "template": (
        lambda body: with_part(body, "word/_rels/settings.xml.rels", b'<a Type="x/attachedTemplate"/>'),
        "别处的模板",
    ),
    "number": (lambda body: changed(body, without_number), "请保留文号"),
    "revision": (lambda body: changed(body, with_revision), "修订或批注"),
    "marks": (lambda body: changed(body, without_marks), "定位标记"),
    "picture": (lambda body: changed(body, with_picture), "加了图片"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_trusted_or_read_is_refused_in_words(at, draft, signed_in, name) -> None:
    make, told = BAD[name]
    client = signed_in(at.officer)
    answer = upload(client, draft, make(download(client, draft)))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.version, draft.word_sha256) == (1, "")


def test_an_annex_and_a_table_made_in_word_are_taken(at, draft, signed_in) -> None:
    client = signed_in(at.officer)

    def add(word) -> None:
        table = word.add_table(2, 2)
        for index, text in enumerate(("学校", "人数", "甲校", "12")):
            table.cell(index // 2, index % 2).text = text
        paragraph(word, "高度重视")._p.addprevious(table._tbl)

    page = upload(client, draft, changed(download(client, draft), add)).content.decode()
    accept(client, draft, page)
    draft.refresh_from_db()
    tables = [block for block in drafting.text_of(draft).blocks if isinstance(block, Table)]
    assert [table.rows for table in tables][1] == (("甲校", "12"),)
    shown = client.get(reverse("documents:draft", args=[draft.pk])).content.decode()
    assert "〔表2〕" in shown
    assert not any(isinstance(block, Attachment) for block in drafting.text_of(draft).blocks)
