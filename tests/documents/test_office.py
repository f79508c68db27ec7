"""What an office sets for its documents: fixed words by version and day, and the seal."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from dudao.documents import docx, drafting, figures, official, pdf, seals, wording
from dudao.documents.models import Document, Draft, Seal, Wording
from dudao.documents.states import DraftState
from dudao.findings import papers
from dudao.findings.models import Finding
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.people.roles import Role
from tests import factories

WORDS = {
    "mark": "测试区督导",
    "organ": "测试区教育督导委员会办公室",
    "opening": "{单位}：{督导日期}的督导发现{个数}个问题。",
    "closing": "请在{时限}内整改。",
    "contact": "李老师 0731-1234567",
    "copies": "区纪委监委\n区教育局",
}


def notice(at) -> Draft:
    factories.finding(at)
    return papers.draft("rectify-notice", Finding.objects.filter(unit=at.unit), by=at.officer)


def set_words(client, at, kind="rectify-notice", **changes):
    sent = {**WORDS, "starts_on": str(clock.today()), **changes}
    return client.post(reverse("documents:wording", args=[at.county.code, kind]), sent)


def test_an_office_s_words_stand_in_its_next_draft(at, signed_in) -> None:
    client = signed_in(at.officer)
    assert set_words(client, at).status_code == 302
    text = drafting.text_of(notice(at))
    told = str(text)
    assert (text.mark, text.organ, text.copies_to) == (
        WORDS["mark"],
        WORDS["organ"],
        ("区纪委监委", "区教育局"),
    )
    assert f"{at.unit.name}：" in told
    assert "发现1个问题" in told
    assert "请在5个工作日内整改" in told
    assert "联系人和电话：李老师 0731-1234567" in told
    assert "{" not in told.replace("{'", "")
    page = client.get(reverse("documents:office", args=[at.county.code])).content.decode()
    assert "本级第 1 版" in page


def test_a_version_begins_on_its_day_and_the_old_one_stays(at, signed_in) -> None:
    client = signed_in(at.officer)
    set_words(client, at)
    later = clock.today() + timedelta(days=10)
    assert set_words(client, at, mark="新红头", starts_on=str(later)).status_code == 302
    assert drafting.text_of(notice(at)).mark == WORDS["mark"]
    with clock.set_to(clock.now() + timedelta(days=11)):
        assert wording.in_force("rectify-notice", at.county, clock.today()).mark == "新红头"
    assert list(
        Wording.objects.filter(region=at.county).order_by("version").values_list("version", flat=True)
    ) == [1, 2]
    assert Event.objects.filter(kind="document.wording").count() == 2
    neighbour = factories.region(parent=at.city)
    assert wording.in_force("rectify-notice", neighbour, clock.today()).region is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"opening": "{school}你好"}, "没有对应的数据"), ({"starts_on": "2020-01-01"}, "不能早于今天")],
)
def test_what_cannot_be_is_told_and_nothing_typed_is_lost(at, signed_in, changes, told) -> None:
    answer = set_words(signed_in(at.officer), at, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert WORDS["contact"] in page
    assert not Wording.objects.filter(region=at.county).exists()


def upload(client, at, body: bytes, name="seal.png"):
    file = SimpleUploadedFile(name, body, content_type="image/png")
    return client.post(reverse("documents:office", args=[at.county.code]), {"file": file})


def png(size, mode="RGBA") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (lambda: b"\x89PNG" + b"0" * (50 * 1024 * 1024), "超过 2 MB"),
        (lambda: factories.jpeg(size=(500, 500)), "不是 PNG"),
        (lambda: b"<svg/>", "不是 PNG"),
        (lambda: png((4000, 4000)), "超过 3000 像素"),
        (lambda: png((20, 20)), "不小于 300 像素"),
        (lambda: png((1000, 400)), "太长或太宽"),
    ],
    ids=["50 MB", "jpeg", "svg", "bomb", "tiny", "long"],
)
def test_what_is_no_seal_is_refused_in_words(at, signed_in, files_folder, body, told) -> None:
    answer = upload(signed_in(at.officer), at, body())
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Seal.objects.exists()


def test_a_seal_without_a_transparent_ground_is_taken_with_a_word(at, signed_in, files_folder) -> None:
    client = signed_in(at.officer)
    assert upload(client, at, png((500, 500), "RGB")).status_code == 302
    assert "背景不透明" in client.get(reverse("documents:office", args=[at.county.code])).content.decode()


def issued(at) -> Document:
    draft = notice(at)
    Draft.objects.filter(pk=draft.pk).update(state=DraftState.SIGNING)
    signer = factories.person(Role.COUNTY_OFFICE, of=at.county)
    return drafting.move(draft, "issue", seen=DraftState.SIGNING, version=1, by=signer).document


def images(text: official.OfficialDocument) -> int:
    reader = PdfReader(io.BytesIO(pdf.render(text, figures.load)))
    return sum(len(page.images) for page in reader.pages)


def test_the_seal_is_pressed_at_issue_and_stays_when_another_follows(at, signed_in, files_folder) -> None:
    client = signed_in(at.officer)
    upload(client, at, factories.seal())
    first = issued(at)
    text = official.from_plain(first.source)
    assert text.seal.startswith("seal:")
    assert images(text) == 1
    assert b"<wp:anchor" in _part(docx.render(text, figures.load), "word/document.xml")
    upload(client, at, factories.seal(600))
    assert images(official.from_plain(first.source)) == 1
    assert official.from_plain(issued(at).source).seal != text.seal
    assert client.post(reverse("documents:seal-end", args=[at.county.code])).status_code == 302
    assert official.from_plain(issued(at).source).seal == ""
    assert Event.objects.filter(kind="document.seal").count() == 2
    assert Event.objects.filter(kind="document.seal_end").count() == 1


def test_no_draft_and_nothing_the_system_issues_by_itself_bears_the_seal(at, files_folder) -> None:
    seals.set_seal(at.county, factories.seal(), by=at.officer)
    assert drafting.text_of(notice(at)).seal == ""
    assert {official.from_plain(one.source).seal for one in Document.objects.all()} == {""}


def _part(body: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return archive.read(name)
