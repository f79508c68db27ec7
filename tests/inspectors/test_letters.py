"""The letter of appointment of a term: numbered, checkable by its code, issued once."""

import io
from datetime import date

import pytest
from django.conf import settings as current
from django.urls import reverse
from pypdf import PdfReader

from dudao.documents import official, pdf, rendering
from dudao.documents.fonts import catalogue
from dudao.documents.models import Document, State
from dudao.inspectors import letters, services
from dudao.inspectors.models import Engagement, Inspector, Term
from dudao.kernel.errors import Invalid, StaleState
from dudao.people.models import User
from dudao.places.models import Region


@pytest.fixture
def term(at) -> Term:
    one = services.register(at.inspector, at.county, by=None, engagement=Engagement.PART_TIME)
    return services.add_term(one, starts_on=date(2026, 9, 1), by=None)


def address(term: Term) -> str:
    return reverse("inspectors:letter", args=[term.inspector_id, term.pk])


def test_the_office_issues_the_letter_and_finds_its_files_at_the_term(
    at, term, signed_in, settings, tmp_path
) -> None:
    settings.STORAGES = current.STORAGES | {
        "documents": {
            "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}
        }
    }  # fmt: skip
    client = signed_in(at.officer)
    page = reverse("inspectors:show", args=[term.inspector_id])
    assert "签发聘书" in client.get(page).content.decode()
    assert client.post(address(term)).status_code == 302
    letter = Document.objects.get(kind=letters.KIND)
    assert letter.number.startswith(f"{at.county.office_mark}〔")
    assert letter.source["verification"]["url"].endswith(f"/v/{letter.code}/")
    body = letter.source["blocks"][0]["text"]
    assert "自2026年9月1日起，至2029年8月31日止" in body
    assert "县督学（兼职督学）" in body
    waiting = client.get(page).content.decode()
    assert letter.number in waiting
    assert "签发聘书" not in waiting
    rendering.render(str(letter.pk))
    letter.refresh_from_db()
    assert letter.state == State.READY
    ready = client.get(page).content.decode()
    for name in ("documents:pdf", "documents:docx"):
        assert reverse(name, args=[letter.pk]) in ready
    assert client.get(reverse("documents:list")).status_code == 200


@pytest.mark.skipif(not catalogue.present(catalogue.folder()), reason="LEFT OUT: no fonts")
def test_a_letter_is_one_page_to_be_framed(at, term) -> None:
    User.objects.filter(pk=at.inspector.pk).update(certificate_no="湘株天督证〔2026〕第000123号")
    Region.objects.filter(pk=at.county.pk).update(office="株洲市天元区人民政府教育督导委员会办公室")
    fresh = Term.objects.select_related("inspector__user", "inspector__region").get()
    letter = letters.issue_letter(fresh, by=at.officer)
    made = pdf.render(official.from_plain(letter.source), lambda source: None)
    assert len(PdfReader(io.BytesIO(made)).pages) == 1


def test_a_letter_is_issued_once_for_a_term_and_never_after_the_inspector_left(at, term) -> None:
    letters.issue_letter(term, by=at.officer)
    with pytest.raises(StaleState):
        letters.issue_letter(term, by=at.officer)
    later = services.add_term(term.inspector, starts_on=date(2029, 9, 1), by=None)
    assert letters.issue_letter(later, by=at.officer)
    last = services.add_term(term.inspector, starts_on=date(2032, 9, 1), by=None)
    Inspector.objects.update(left_on=date(2026, 10, 1))
    with pytest.raises(Invalid, match="已离任"):
        letters.issue_letter(Term.objects.select_related("inspector").get(pk=last.pk), by=at.officer)


def test_a_term_of_someone_else_is_not_found(at, term, signed_in) -> None:
    other = services.register(at.head, at.county, by=None, engagement=Engagement.FULL_TIME)
    wrong = reverse("inspectors:letter", args=[other.pk, term.pk])
    assert signed_in(at.officer).post(wrong).status_code == 404
    assert signed_in(at.auditor).post(address(term)).status_code == 403
    assert not Document.objects.exists()


def test_the_inspected_school_does_not_see_the_letter(at, term, signed_in) -> None:
    letter = letters.issue_letter(term, by=at.officer)
    assert signed_in(at.head).get(reverse("documents:pdf", args=[letter.pk])).status_code == 404
    assert signed_in(at.auditor).get(reverse("documents:pdf", args=[letter.pk])).status_code == 409
