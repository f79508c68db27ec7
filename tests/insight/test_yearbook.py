"""An inspector's own file: what was done in a school year, counted from the records, and what was written."""

import io
import zipfile
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from msgspec.structs import replace

from dudao.findings.models import Finding
from dudao.inspectors import services as inspectors
from dudao.inspectors.models import Work
from dudao.instruments.models import Version
from dudao.instruments.services import publish
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.roles import Role
from tests import factories


@pytest.fixture
def one(at):
    return inspectors.register(at.inspector, at.county, by=None, engagement="PART_TIME")


def docx(*more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *more):
            archive.writestr(name, "<w/>")
    return out.getvalue()


def handed_in(body: bytes, name: str = "作业负担调研.pdf", **more: str) -> dict[str, object]:
    return {
        "kind": "STUDY", "title": "小学作业负担调研", "on": str(clock.today()), "file": SimpleUploadedFile(name, body), **more
    }  # fmt: skip


def figures(page: BeautifulSoup) -> list[str]:
    return [one.get_text(strip=True) for one in page.select(".h1")]


def shown(client, one) -> BeautifulSoup:
    answer = client.get(reverse("insight:yearbook", args=[one.pk]))
    return BeautifulSoup(answer.content.decode(), "html.parser")


def test_a_year_is_counted_from_visits_problems_training_and_works(at, one, signed_in) -> None:
    for _time in range(2):
        factories.finding(at, severity="MAJOR")
    Finding.objects.exclude(visit__inspector=at.inspector).delete()
    inspectors.add_training(one, on=clock.today(), hours=8, title="双减政策", by=None)
    inspectors.add_training(one, on=date(2019, 9, 1), hours=40, title="早年的培训", by=None)
    client = signed_in(at.inspector)
    assert client.get(reverse("insight:yearbook-mine")).url == reverse("insight:yearbook", args=[one.pk])
    page = shown(client, one)
    assert figures(page) == ["2", "0", "2", "0"]
    text = page.get_text()
    assert "较重 2" in text
    assert "双减政策" in text
    assert "早年的培训" not in text, "of another school year"


def test_lessons_are_the_observation_sheets_of_filed_visits(at, one, signed_in) -> None:
    visit = factories.visit(at)
    version = Version.objects.filter(instrument__key="class-observation").latest("number")
    ours = publish(replace(version.definition, key="own-lesson"), by=None, region=at.county)
    other = publish(replace(version.definition, key="own-other", paper=""), by=None, region=at.county)
    for position, one_version in enumerate((version, ours, other), start=1):
        visit.sheets.create(id=uuid7(), position=position, version=one_version, answers={})
    assert figures(shown(signed_in(at.officer), one))[:2] == ["1", "2"]


def test_a_study_is_handed_in_read_by_the_office_and_taken_back(at, one, signed_in) -> None:
    mine, address = signed_in(at.inspector), reverse("insight:work-add", args=[one.pk])
    assert mine.post(address, handed_in(b"%PDF-1.7 study")).status_code == 302
    work = Work.objects.get()
    assert (work.file_name, work.size) == ("作业负担调研.pdf", 14)
    office = signed_in(at.officer)
    answer = office.get(reverse("insight:work", args=[one.pk, work.pk]))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 study"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "小学作业负担调研" in shown(office, one).get_text()
    assert mine.post(reverse("insight:work-take-back", args=[one.pk, work.pk])).status_code == 302
    assert not Work.objects.exists()
    assert [event.kind for event in Event.objects.filter(object_id=str(work.pk)).order_by("pk")] == [
        "inspector.work", "inspector.work_taken_back",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"MZ an executable", "请上传 PDF 或 Word"),
        (b"PK\x03\x04 not an archive", "请上传 PDF 或 Word"),
        (docx("word/vbaProject.bin"), "带有宏"),
        (docx("word/VBAPROJECT.BIN"), "带有宏"),
        (b"", "文件是空的"),
    ],
)
def test_what_is_no_report_is_refused_and_what_was_typed_is_kept(at, one, signed_in, body, told) -> None:
    address = reverse("insight:work-add", args=[one.pk])
    answer = signed_in(at.inspector).post(address, handed_in(body, "报告.docx"))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert told in text
    assert "小学作业负担调研" in text
    assert not Work.objects.exists()


def test_a_word_file_is_taken_and_one_of_tomorrow_is_not(at, one, signed_in) -> None:
    client, address = signed_in(at.inspector), reverse("insight:work-add", args=[one.pk])
    assert client.post(address, handed_in(docx(), "报告.docx")).status_code == 302
    assert client.post(address, handed_in(docx(), on="2099-01-01")).status_code == 422
    assert Work.objects.get().file_name == "报告.docx"


def test_the_file_comes_as_pdf_and_word(at, one, signed_in) -> None:
    factories.finding(at)
    client = signed_in(at.officer)
    made = client.get(reverse("insight:yearbook-pdf", args=[one.pk]))
    assert made.content.startswith(b"%PDF-")
    word = client.get(reverse("insight:yearbook-docx", args=[one.pk]))
    with zipfile.ZipFile(io.BytesIO(word.content)) as archive:
        assert "履职档案" in archive.read("word/document.xml").decode()


def test_a_colleague_s_file_is_not_one_s_own_and_who_is_no_inspector_is_told(at, one, signed_in) -> None:
    stranger = factories.person(Role.INSPECTOR)
    client = signed_in(stranger)
    assert client.get(reverse("insight:yearbook", args=[one.pk])).status_code == 404
    assert client.post(reverse("insight:work-add", args=[one.pk]), handed_in(b"%PDF-1.7")).status_code == 404
    answer = client.get(reverse("insight:yearbook-mine"))
    assert answer.status_code == 422
    assert "请联系督导室登记" in answer.content.decode()
