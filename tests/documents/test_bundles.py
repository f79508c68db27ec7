"""Many documents in one file: what goes in, what is left out and why, and for whom."""

import io
import zipfile

import pytest
from django.urls import reverse
from pypdf import PdfReader

from dudao.documents import bundles, rendering, services
from dudao.documents.models import Bundle
from dudao.documents.orders import OrderState
from dudao.notify.models import Message
from tests.documents.conftest import letter


@pytest.fixture
def several(county, files_folder):
    """Three documents of the office: two with files, one still waiting."""
    made = [
        services.issue(
            letter(title=f"第{n}份报告"), issuer=county.region, unit=county.school, by=county.people.office
        )
        for n in (1, 2, 3)
    ]
    return [rendering.render(str(one.pk)) for one in made[:2]] + made[2:]


def order(client, form: str, documents) -> Bundle:
    answer = client.post(reverse(f"documents:bundle-{form}"), {"chosen": [str(one.pk) for one in documents]})
    made = Bundle.objects.get()
    assert answer.url == reverse("documents:bundle", args=[made.pk])
    return made


def body(client, bundle: Bundle) -> bytes:
    return b"".join(client.get(reverse("documents:bundle-file", args=[bundle.pk])).streaming_content)


def test_documents_are_printed_as_one_file_and_told(client, county, several) -> None:
    client.force_login(county.people.office)
    made = order(client, "pdf", several)
    page = reverse("documents:bundle", args=[made.pk])
    assert 'hx-trigger="every 1s"' in client.get(page).content.decode()
    assert client.get(reverse("documents:bundle-file", args=[made.pk])).status_code == 422
    bundles.make(str(made.pk))
    bundles.make(str(made.pk))
    made.refresh_from_db()
    assert (made.state, made.pages, made.done, made.total) == (OrderState.MADE, 2, 3, 3)
    shown = client.get(page).content.decode()
    assert "文件还没有生成" in shown
    assert several[2].number in shown
    words = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(body(client, made))).pages)
    assert words.index("第1份报告") < words.index("第2份报告")
    assert "第3份报告" not in words
    assert Message.objects.get(kind="bundle.made").params == {"pages": 2, "left_out": 1}


def test_an_archive_holds_both_files_of_each_and_names_the_void_one(client, county, several) -> None:
    services.void(several[0], reason="有误", by=county.people.office)
    client.force_login(county.people.office)
    made = order(client, "zip", several[:2])
    bundles.make(str(made.pk))
    with zipfile.ZipFile(io.BytesIO(body(client, made))) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert len(names) == 4
    assert sum(name.startswith("【作废】") for name in names) == 2


def test_a_void_document_is_not_printed(client, county, several) -> None:
    services.void(several[0], reason="有误", by=county.people.office)
    client.force_login(county.people.office)
    made = order(client, "pdf", several[:2])
    bundles.make(str(made.pk))
    made.refresh_from_db()
    assert (made.pages, made.left_out[0][1]) == (1, "void")


def test_nobody_orders_or_gets_what_is_not_theirs(client, county, several) -> None:
    client.force_login(county.people.other_office)
    refused = client.post(
        reverse("documents:bundle-pdf"), {"chosen": [str(several[0].pk), "nonsense"]}, follow=True
    )
    assert "请先勾选文书" in refused.content.decode()
    assert not Bundle.objects.exists()
    client.force_login(county.people.office)
    made = order(client, "pdf", several)
    client.force_login(county.people.city)
    assert client.get(reverse("documents:bundle", args=[made.pk])).status_code == 404


def test_more_than_one_file_holds_is_refused(client, county, several, monkeypatch) -> None:
    monkeypatch.setattr(services, "MOST_BUNDLED", 2)
    client.force_login(county.people.office)
    sent = {"chosen": [str(one.pk) for one in several]}
    assert (
        "一次最多合并 2 份"
        in client.post(reverse("documents:bundle-pdf"), sent, follow=True).content.decode()
    )


def test_a_void_document_s_pdf_says_so_on_every_page_and_its_file_stays(client, county, several) -> None:
    before = several[0].pdf_sha256
    services.void(several[0], reason="有误", by=county.people.office)
    client.force_login(county.people.office)
    answer = client.get(reverse("documents:pdf", args=[several[0].pk]))
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert all("已作废" in page.extract_text() for page in pages)
    several[0].refresh_from_db()
    assert several[0].pdf_sha256 == before
    assert rendering.files().exists(rendering.path_of(before, "pdf"))
