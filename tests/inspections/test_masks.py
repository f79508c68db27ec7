"""Photos with faces covered on the phone: documents and the unit get the copy, the office sees both, the original is kept."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dudao.documents.models import Document
from dudao.documents.used import evidence_in
from dudao.findings.models import Finding
from dudao.findings.paper_texts import rectification
from dudao.inspections.models import Visit
from dudao.intake import completion, projectors
from dudao.intake.folder_store import FolderStore
from dudao.intake.models import EvidenceFile
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.devices import sign_in
from tests import factories
from tests.intake.signing import Key, arrived, body

Photos = tuple[EvidenceFile, EvidenceFile, EvidenceFile]


@pytest.fixture
def photos(at: factories.Place, own_store: FolderStore) -> Photos:
    """An original, a photo without people, and the copy of the first."""
    original, plain, copy = (factories.picture(at.inspector, shade) for shade in (40, 90, 160))
    return original, plain, copy


def told(at: factories.Place, photos: Photos, **changes: Any) -> dict[str, Any]:
    original, _plain, copy = photos
    evidence = [original.sha256, copy.sha256]
    made = factories.sheet(at, files=list(photos), findings=[factories.problem(evidence=evidence)], **changes)
    made["manifest"][2]["masks"] = original.sha256
    return made


def visit_with(at: factories.Place, photos: Photos, **changes: Any) -> Visit:
    made = told(at, photos, **changes)
    return factories.visit(at, manifest=made["manifest"], findings=made["findings"], **changes)


def test_documents_show_the_copy_in_the_originals_place(at, photos) -> None:
    original, plain, copy = photos
    visit = visit_with(at, photos)
    report = Document.objects.get(subject_id=str(visit.pk), kind="visit-report")
    assert evidence_in(report.code) == [copy.sha256, plain.sha256]
    assert "人脸已遮挡" in str(report.source)
    for document in Document.objects.filter(subject_id=str(visit.pk)):
        assert original.sha256 not in str(document.source)
    finding = Finding.objects.get(visit=visit)
    assert finding.evidence == [copy.sha256]
    assert original.sha256 not in str(rectification([finding]))


def test_the_office_sees_both_and_the_school_only_the_copy(at, photos, signed_in) -> None:
    original, plain, copy = photos
    visit = visit_with(at, photos)
    for person in (at.officer, at.inspector, at.auditor):
        client = signed_in(person)
        page = client.get(f"/visits/{visit.pk}/").content.decode()
        assert page.index(original.sha256) < page.index(copy.sha256) < page.index(plain.sha256)
        assert page.count("遮挡副本") == 1
        assert page.count("原图，仅督导人员可见") == 1
        assert client.get(f"/evidence/{original.sha256}/original").status_code == 200
    head = signed_in(at.head)
    page = head.get(f"/visits/{visit.pk}/").content.decode()
    assert copy.sha256 in page
    assert original.sha256 not in page
    for name in ("thumb", "view", "original"):
        assert head.get(f"/evidence/{original.sha256}/{name}").status_code == 404
        assert head.get(f"/evidence/{copy.sha256}/{name}").status_code == 200
    finding = Finding.objects.get(visit=visit)
    assert original.sha256 not in head.get(f"/findings/{finding.pk}/").content.decode()
    assert signed_in(factories.place().officer).get(f"/evidence/{original.sha256}/view").status_code == 404


def test_a_photo_covered_in_one_visit_is_shown_where_it_was_not_covered_in_another(
    at, photos, signed_in
) -> None:
    original = photos[0]
    visit_with(at, photos)
    assert signed_in(at.head).get(f"/evidence/{original.sha256}/view").status_code == 404
    factories.visit(at, files=[original], findings=[])
    assert signed_in(at.head).get(f"/evidence/{original.sha256}/view").status_code == 200


@pytest.mark.parametrize("named", ["itself", "unknown", "each other"])
def test_a_copy_of_nothing_hides_nothing(at, photos, named) -> None:
    original, _plain, copy = photos
    made = factories.sheet(at, files=list(photos), findings=[])
    made["manifest"][2]["masks"] = {
        "itself": copy.sha256,
        "unknown": "0" * 64,
        "each other": original.sha256,
    }[named]
    if named == "each other":
        made["manifest"][0]["masks"] = copy.sha256
    visit = factories.visit(at, manifest=made["manifest"], findings=[])
    report = Document.objects.get(subject_id=str(visit.pk), kind="visit-report")
    assert evidence_in(report.code) == [one.sha256 for one in photos]


def test_phones_that_cover_no_faces_send_as_before(at, photos) -> None:
    visit = factories.visit(at, files=list(photos), findings=[])
    assert set(visit.files.values_list("masks", flat=True)) == {""}


def test_the_public_page_names_both_files_and_shows_neither(at, photos) -> None:
    original, _plain, copy = photos
    device, key = uuid7(), Key()
    sign_in(at.inspector, device_id=device, name="Android 10 Chrome", public_key=key.public)
    payload = told(at, photos)
    for one in payload["manifest"]:
        one["captured_at"] = clock.now().isoformat()
    sent = body(payload, key=key)
    arrived(sent, user=at.inspector, device=device)
    projectors.run()
    completion.check()
    report = Document.objects.get(subject_id=sent["id"], kind="visit-report")
    page = Client().get(reverse("portal:verify", args=[report.code])).content.decode()
    assert page.count("自遮挡人脸以来未改动") == 1
    assert page.count("自拍摄以来未改动") == 1
    assert original.sha256 in page
    assert copy.sha256 in page
    assert "/evidence/" not in page
