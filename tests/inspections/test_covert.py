"""Covert visits (暗访): the office is told first; the unit sees, counts and is sent nothing until the office releases them."""

import pytest

from dudao.documents.models import Document
from dudao.findings.models import Finding
from dudao.findings.states import State
from dudao.inspections import documents, services
from dudao.inspections.models import Visit
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.journal.models import Event
from dudao.kernel.errors import Forbidden, StaleState
from dudao.notify.models import Message
from tests import factories

WORDS = "操场西北角围栏破损"


def follow() -> None:
    while journal.seal():
        pass
    while followers.run():
        pass


def covert(at: factories.Place) -> Visit:
    photo = factories.picture(at.inspector)
    problems = [
        factories.problem("MINOR", wording=WORDS, evidence=[photo.sha256]),
        factories.problem("CRITICAL", wording=f"{WORDS}，有坠落危险"),
        factories.problem("MAJOR", wording=WORDS, disposition="SMALL"),
        factories.problem("SERIOUS", wording=WORDS),
    ]
    made = factories.visit(
        at, covert=True, unplanned=True, narrative="暗访纪实", files=[photo], findings=problems
    )
    follow()
    return made


def pages(at: factories.Place, client: object, visit: Visit) -> dict[str, str]:
    addresses = (
        "/", "/visits/", "/findings/", "/findings/?state=", "/documents/", "/messages/", f"/units/{at.unit.pk}/",
        f"/search/?q={at.unit.name}", f"/search/?q={WORDS}",
    )  # fmt: skip
    found = {}
    for address in addresses:
        answer = client.get(address)  # type: ignore[attr-defined]
        found[address] = answer.content.decode() if answer.status_code == 200 else str(answer.status_code)
    return found


def plain(page: str) -> str:
    """The page without what differs at every look."""
    return "\n".join(line for line in page.splitlines() if "csrf" not in line and "nonce" not in line)


def test_nothing_of_it_is_anywhere_in_the_school_until_the_office_releases_it(at, signed_in) -> None:
    head = signed_in(at.head)
    follow()
    before = pages(at, head, Visit())
    visit = covert(at)
    after = pages(at, head, visit)
    for address, page in after.items():
        assert plain(page).splitlines() == plain(before[address]).splitlines(), address
    assert head.get(f"/visits/{visit.pk}/").status_code == 404
    for finding in Finding.objects.filter(visit=visit):
        assert finding.state == State.RECORDED
        assert head.get(f"/findings/{finding.pk}/").status_code == 404
    for document in Document.objects.filter(subject_id=str(visit.pk)):
        assert head.get(f"/documents/{document.pk}/").status_code == 404
    assert head.get(f"/evidence/{visit.files.get().sha256}/thumb").status_code == 404
    assert not Message.objects.filter(recipient=at.head).exists()


def test_the_office_is_told_at_once_and_releases_it(at, signed_in) -> None:
    visit = covert(at)
    office = signed_in(at.officer)
    assert Message.objects.filter(recipient=at.officer, kind="finding.record").count() == 2
    page = office.get(f"/visits/{visit.pk}/").content.decode()
    assert "暗访，尚未向学校反馈" in page
    assert not Document.objects.filter(subject_id=str(visit.pk), kind="finding-list").exists()
    office.post(f"/visits/{visit.pk}/release/")
    follow()
    states = Finding.objects.filter(visit=visit).order_by("number").values_list("state", flat=True)
    assert list(states) == [State.NOTIFIED, State.NOTIFIED, State.VERIFIED, State.RECORDED]
    head = signed_in(at.head)
    assert head.get(f"/visits/{visit.pk}/").status_code == 200
    assert Document.objects.get(subject_id=str(visit.pk), kind="finding-list").for_unit
    assert Message.objects.filter(recipient=at.head, kind="finding.issue").count() == 2
    assert Event.objects.filter(kind="visit.release", object_id=str(visit.pk)).count() == 1
    again = office.post(f"/visits/{visit.pk}/release/", follow=True)
    assert "已经反馈" in again.content.decode()


def test_only_the_office_of_the_place_releases(at) -> None:
    visit = covert(at)
    for person in (at.head, at.inspector, at.auditor, factories.place().officer):
        with pytest.raises(Forbidden):
            services.release(visit, by=person)
    with pytest.raises(StaleState):
        services.release(factories.visit(at), by=at.officer)


def test_the_report_says_that_the_school_was_not_asked(at) -> None:
    texts = [getattr(block, "text", "") for block in documents.report(covert(at)).blocks]
    assert any("以暗访方式" in text for text in texts)
    assert "本次为暗访，未请学校签署意见。" in texts


def test_two_phones_of_one_inspector_at_one_school_on_one_day_are_two_visits(at) -> None:
    first, second = factories.visit(at), factories.visit(at)
    assert Visit.objects.filter(unit=at.unit, inspector=at.inspector).count() == 2
    assert {sheet.visit_id for visit in (first, second) for sheet in visit.sheets.all()} == {
        first.pk,
        second.pk,
    }
