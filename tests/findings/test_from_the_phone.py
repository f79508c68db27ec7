"""Judgements made on the phone: wholly, in part, of a step of a plan; with faces covered; where somebody was faster."""

from datetime import timedelta
from typing import Any

import pytest

from dudao.field import bundle
from dudao.findings import asking, services, stepping
from dudao.findings.asking import Kept, Step
from dudao.findings.models import Finding, Milestone, PhotoKind
from dudao.findings.paper_texts import verification
from dudao.findings.states import State
from dudao.intake import projectors
from dudao.intake.models import Entry
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from tests import factories
from tests.findings.walking import received, reported, seen
from tests.intake.signing import arrived, body


def sent(at: factories.Place, finding: Finding, **changes: Any) -> Entry:
    """A verification as the phone sends it, and what became of it."""
    payload: dict[str, Any] = {
        "finding": str(finding.pk), "seen_state": finding.state, "seen_round": finding.round, "decision": "pass",
        "method": "on_site", "facts": "已到校核实。", "verified_at": clock.now().isoformat(), "manifest": [],
    } | changes  # fmt: skip
    entry = arrived(body(payload, kind="verification"), user=at.inspector, device=uuid7())
    projectors.run()
    entry.refresh_from_db()
    return entry


def manifest(*photos: Any, masks: dict[str, str] | None = None) -> list[dict[str, Any]]:
    named = [
        {"sha256": one.sha256, "size": one.size, "type": "image/jpeg", "role": "photo"} for one in photos
    ]
    return [one | {"masks": (masks or {}).get(one["sha256"], "")} for one in named]


@pytest.fixture
def with_plan(at: factories.Place) -> Finding:
    """A problem with a plan of two steps, the first of which is reported."""
    finding = received(at)
    days = [finding.due_on + timedelta(days=30), finding.due_on + timedelta(days=60)]
    steps = [Step("完成设计", days[0]), Step("完成施工", days[1])]
    finding = asking.propose(finding, by=at.head, seen=seen(finding), text="须立项", steps=steps)
    finding = asking.decide_plan(finding, by=at.officer, seen=seen(finding), agreed=True, reason="")
    photo = Kept(photos=[factories.picture(at.head, 77).sha256])
    stepping.report_step(finding.milestones.first(), by=at.head, text="设计图已审", kept=photo)
    return finding


def step_of(finding: Finding) -> dict[str, Any]:
    """The first step as the bundle tells it."""
    step = finding.milestones.first()
    return {"id": step.pk, "reported_at": step.reported_at.isoformat()}


def test_passed_in_part_the_rest_goes_on(at, signed_in) -> None:
    finding = reported(at)
    assert sent(at, finding, decision="part", facts="公示栏已建，内容待补").state == "projected"
    finding.refresh_from_db()
    report = finding.reports.get()
    assert (finding.state, report.passed, report.is_partly) == (State.RETURNED, False, True)
    assert "部分通过，其余继续整改" in signed_in(at.head).get(f"/findings/{finding.pk}/").content.decode()


def test_a_phone_of_an_older_edition_is_understood(at) -> None:
    finding = reported(at)
    assert sent(at, finding).state == "projected"
    finding.refresh_from_db()
    assert finding.state == State.VERIFIED


@pytest.mark.parametrize(
    ("decision", "passed", "partly", "word"),
    [("pass", True, False, "核查通过"), ("part", False, True, "部分通过"), ("return", False, False, "退回")],
)
def test_a_step_of_a_plan_is_judged_as_on_its_page(
    at, with_plan, signed_in, decision, passed, partly, word
) -> None:
    photo = factories.picture(at.inspector, 31)
    entry = sent(at, with_plan, decision=decision, step=step_of(with_plan), manifest=manifest(photo))
    assert entry.state == "projected"
    step = Milestone.objects.get(pk=step_of(with_plan)["id"])
    assert (step.passed, step.is_partly, step.verified_by) == (passed, partly, at.inspector)
    page = signed_in(at.head).get(f"/findings/{with_plan.pk}/").content.decode()
    assert word in page
    assert f"/evidence/{photo.sha256}/view" in page
    assert signed_in(at.head).get(f"/evidence/{photo.sha256}/view").status_code == 200


def test_what_was_taken_at_a_step_stays_when_the_step_is_reported_anew(at, with_plan) -> None:
    photo = factories.picture(at.inspector, 31)
    sent(at, with_plan, decision="return", step=step_of(with_plan), manifest=manifest(photo))
    again = Kept(photos=[factories.picture(at.head, 78).sha256])
    step = Milestone.objects.select_related("finding__unit__region").get(pk=step_of(with_plan)["id"])
    stepping.report_step(step, by=at.head, text="已重新送审", kept=again)
    assert [one.sha256 for one in step.proofs.all() if one.kind == PhotoKind.CHECK] == [photo.sha256]
    assert [one.sha256 for one in step.proofs.all() if one.kind == PhotoKind.AFTER] == again.photos


def test_a_step_reported_anew_meanwhile_is_not_judged_by_what_was_seen_before(at, with_plan) -> None:
    old = step_of(with_plan)
    step = Milestone.objects.select_related("finding__unit__region").get(pk=old["id"])
    stepping.report_step(
        step, by=at.head, text="改了一稿", kept=Kept(photos=[factories.picture(at.head, 79).sha256])
    )
    entry = sent(at, with_plan, step=old)
    assert (entry.state, entry.reason) == ("quarantined", "finding-moved")
    step.refresh_from_db()
    assert step.waits


def test_a_step_judged_on_the_page_meanwhile_keeps_that_judgement(at, with_plan) -> None:
    told = step_of(with_plan)
    step = Milestone.objects.select_related("finding__unit__region").get(pk=told["id"])
    stepping.verify_step(step, by=at.officer, passed=True, partly=False, facts="好")
    entry = sent(at, with_plan, step=told, decision="return")
    assert (entry.state, entry.reason) == ("quarantined", "finding-moved")
    step.refresh_from_db()
    assert step.verified_by == at.officer


def test_a_step_of_another_problem_is_not_judged(at, with_plan) -> None:
    other = received(at)
    entry = sent(at, other, step=step_of(with_plan))
    assert (entry.state, entry.reason) == ("quarantined", "finding-moved")
    assert Milestone.objects.get(pk=step_of(with_plan)["id"]).waits


def test_a_report_that_moved_meanwhile_is_kept_for_the_office(at) -> None:
    finding = reported(at)
    before = seen(finding)
    services.verify(finding, by=at.officer, seen=before, passed=True, method="material", facts="好")
    entry = sent(at, finding, decision="part", seen_state=before.state, seen_round=before.round)
    assert (entry.state, entry.reason) == ("quarantined", "finding-moved")


def test_the_bundle_tells_steps_and_what_waits(at, with_plan) -> None:
    [told] = bundle.of(at.inspector)["findings"]
    first, second = told["steps"]
    assert (first["title"], first["standing"], first["waits"]) == ("完成设计", "waiting", True)
    assert first["text"] == "设计图已审"
    assert len(first["photos"]) == 1
    assert (second["standing"], second["waits"]) == ("open", False)
    sent(at, with_plan, step=step_of(with_plan), manifest=manifest(factories.picture(at.inspector, 31)))
    [told] = bundle.of(at.inspector)["findings"]
    assert (told["steps"][0]["standing"], told["steps"][0]["waits"]) == ("passed", False)
    assert len(told["steps"][0]["photos"]) == 1, "what was taken at the verification is not the unit's proof"


@pytest.fixture
def covered(at: factories.Place, own_store: Any) -> tuple[Any, Any, list[dict[str, Any]]]:
    """An original, its copy with faces covered, and the manifest that names them."""
    original, copy = (factories.picture(at.inspector, shade) for shade in (40, 160))
    return original, copy, manifest(original, copy, masks={copy.sha256: original.sha256})


def seen_by(client: Any, finding: Finding, photo: Any) -> tuple[bool, int]:
    """Whether the problem's page shows the photo, and what its address answers."""
    page = client.get(f"/findings/{finding.pk}/").content.decode()
    return photo.sha256 in page, client.get(f"/evidence/{photo.sha256}/view").status_code


@pytest.mark.parametrize("judged", ["report", "step"])
def test_the_unit_and_documents_get_the_copy_and_inspection_staff_see_both(
    request, at, covered, signed_in, judged
) -> None:
    original, copy, files = covered
    if judged == "report":
        finding = reported(at)
        assert sent(at, finding, manifest=files).state == "projected"
        finding.refresh_from_db()
        paper = verification([finding])
        assert original.sha256 not in str(paper)
        assert copy.sha256 in str(paper)
        assert "人脸已遮挡" in str(paper)
    else:
        finding = request.getfixturevalue("with_plan")
        assert sent(at, finding, step=step_of(finding), manifest=files).state == "projected"
    head = signed_in(at.head)
    assert seen_by(head, finding, original) == (False, 404)
    assert seen_by(head, finding, copy) == (True, 200)
    for person in (at.inspector, at.officer, at.auditor):
        client = signed_in(person)
        assert seen_by(client, finding, original) == (True, 200)
        assert seen_by(client, finding, copy) == (True, 200)
        page = client.get(f"/findings/{finding.pk}/").content.decode()
        assert page.index(original.sha256) < page.index(copy.sha256)
        assert page.count("原图，仅督导人员可见") == page.count("遮挡副本") == 1
    assert signed_in(factories.place().officer).get(f"/evidence/{original.sha256}/view").status_code == 404


def test_a_copy_of_nothing_hides_nothing(at, covered, signed_in) -> None:
    original, copy, _files = covered
    finding = reported(at)
    sent(at, finding, manifest=manifest(original, copy, masks={copy.sha256: "0" * 64}))
    assert seen_by(signed_in(at.head), finding, original) == (True, 200)
    assert seen_by(signed_in(at.head), finding, copy) == (True, 200)
