"""Joint visits (同行督导): what several inspectors record becomes one visit, in whatever order it arrives."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dudao.documents.models import Document
from dudao.documents.official import Signatures, Table
from dudao.field import bundle
from dudao.findings.models import Finding
from dudao.findings.states import State
from dudao.insight.yearbook import yearbook
from dudao.inspections import documents, joint
from dudao.inspections.models import Joint, Part, Sheet, Visit
from dudao.inspections.states import Flag, VisitState
from dudao.inspectors.models import Inspector
from dudao.intake.models import Entry
from dudao.intake.states import EntryState
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, StaleState
from dudao.kernel.ids import uuid7
from dudao.plans.models import Answer
from tests import factories
from tests.inspections import together
from tests.inspections.together import Team, hand_in, team, upload, work

LATER = timedelta(days=30)


@pytest.fixture
def us(at: factories.Place) -> Team:
    return team(at)


def only_visit(us: Team) -> Visit:
    return Visit.objects.get(unit=us.at.unit)


def test_the_phones_of_all_know_the_team_before_they_go(us) -> None:
    for who in (us.lead, *us.members):
        told = bundle.of(who)
        assert [str(one["plan"]) for one in told["joints"]] == [str(us.plan)]
        assert us.at.unit.pk in [unit["id"] for unit in told["units"]]
    assert told["joints"][0]["lead"] == {"id": us.lead.pk, "name": us.lead.name}
    assert [one["id"] for one in told["joints"][0]["members"]] == [one.pk for one in us.members]
    unit = next(one for one in told["units"] if one["id"] == us.at.unit.pk)
    assert unit["needed"] == 0  # due for its own inspector, not for who comes along
    us.answer(us.members[1], Answer.DECLINED)
    assert bundle.of(us.members[1])["joints"] == []


def test_a_member_first_then_the_lead_then_the_last_one_make_one_visit(us, signed_in) -> None:
    first, second = us.members
    hand_in(us, first)
    assert not Visit.objects.filter(unit=us.at.unit).exists()
    hand_in(us, us.lead)
    visit = only_visit(us)
    assert visit.state == VisitState.RECEIVING
    page = signed_in(us.lead).get(f"/visits/{visit.pk}/").content.decode()
    assert "正在等待同行督学" in page
    assert [(one.name, one.standing) for one in joint.companions(visit)] == [
        (first.name, "joined"),
        (second.name, "missing"),
    ]
    [past] = bundle.of(us.lead)["visits"]
    assert (past["waits_for"], past["leads"]) == ([second.name], True)
    hand_in(us, second)
    visit = only_visit(us)
    assert visit.state == VisitState.FILED
    assert [sheet.inspector for sheet in visit.sheets.all()] == [us.lead, first, second]
    assert {one.inspector for one in Finding.objects.filter(visit=visit)} == {us.lead, first, second}
    assert set(Finding.objects.filter(visit=visit).values_list("state", flat=True)) == {State.NOTIFIED}
    assert Document.objects.filter(subject_id=str(visit.pk), kind="visit-report").count() == 1
    assert bundle.of(us.lead)["visits"][0]["waits_for"] == []


def test_documents_name_all_who_took_part_and_each_signs(us) -> None:
    for who in (us.lead, *us.members):
        hand_in(us, who)
    blocks = documents.report(only_visit(us)).blocks
    facts = dict(next(block for block in blocks if isinstance(block, Table)).rows)
    for who in (us.lead, *us.members):
        assert who.name in blocks[0].text
        assert who.name in facts["责任督学"]
        assert f"——{who.name}" in facts["检查内容"]
    texts = [getattr(block, "text", "") for block in blocks]
    assert f"{us.members[0].name}：{us.members[0].name}看到的情况" in texts
    signatures = next(block for block in blocks if isinstance(block, Signatures))
    assert [one.name for one in signatures.signers[:3]] == [us.lead.name, *(one.name for one in us.members)]


def test_each_signature_on_the_page_says_whose_it_is(us, signed_in, own_store) -> None:
    shades = dict(zip((us.lead, *us.members), (30, 60, 90), strict=True))
    for who, shade in shades.items():
        signed = upload(shade, who)
        photo = together.photo_of(shade) | {"role": "signature", "item": ""}
        signatures = {"inspector": signed.sha256, "unit": "", "unit_signer": "", "unit_refused": "校长外出"}
        hand_in(us, who, photos=[photo], signatures=signatures)
    page = signed_in(us.at.officer).get(f"/visits/{only_visit(us).pk}/").content.decode()
    for who in shades:
        assert f"督学签字：{who.name}" in page


def test_the_page_names_who_signed_for_the_school(us, signed_in, own_store) -> None:
    signed = upload(30, us.lead)
    photo = together.photo_of(30) | {"role": "signature", "item": ""}
    signatures = {"inspector": "", "unit": signed.sha256, "unit_signer": "王主任", "unit_refused": ""}
    hand_in(us, us.lead, photos=[photo], signatures=signatures)
    page = signed_in(us.at.officer).get(f"/visits/{only_visit(us).pk}/").content.decode()
    assert "学校签字：王主任" in page


def test_a_problem_stays_with_the_member_who_found_it(us, signed_in) -> None:
    for who in (us.lead, *us.members):
        hand_in(us, who)
    found = Finding.objects.get(visit=only_visit(us), inspector=us.members[0])
    assert signed_in(us.members[0]).get(f"/findings/{found.pk}/").status_code == 200
    assert signed_in(us.members[0]).get(f"/visits/{found.visit_id}/").status_code == 200
    assert str(found.pk) in [str(one["id"]) for one in bundle.of(us.members[0])["findings"]]


def test_each_ones_own_file_counts_her_part_and_the_school_one_visit(us) -> None:
    people = (us.lead, *us.members)
    own = [Inspector.objects.create(user=who, region=us.at.county) for who in people]
    for who in people:
        hand_in(us, who)
    visit = only_visit(us)
    for one in own:
        book = yearbook(one, visit.school_year)
        assert (len(book.visits), book.found) == (1, 1)
    assert Event.objects.filter(kind="visit.file", unit_id=str(us.at.unit.pk)).count() == 1


def test_the_lead_files_without_who_is_missing_and_what_comes_later_is_a_supplement(us, signed_in) -> None:
    first, second = us.members
    hand_in(us, us.lead)
    visit = only_visit(us)
    lead = signed_in(us.lead)
    address = f"/visits/{visit.pk}/file/"
    empty = lead.post(address, {"reason": "  "})
    assert empty.status_code == 422
    assert "不再等待的原因" in empty.content.decode()
    lead.post(address, {"reason": "两人临时有会"})
    visit.refresh_from_db()
    assert visit.state == VisitState.FILED
    report = Document.objects.get(subject_id=str(visit.pk), kind="visit-report")
    before = (report.pk, report.number, report.source)
    hand_in(us, first)
    assert [(part.inspector, part.is_supplement) for part in only_visit(us).parts] == [(first, True)]
    found = Finding.objects.get(visit=visit, inspector=first)
    assert found.state == State.NOTIFIED
    lists = Document.objects.filter(subject_id=str(visit.pk), kind="finding-list")
    assert lists.count() == 2  # the supplement has a problem list of its own
    report.refresh_from_db()
    assert (report.pk, report.number, report.source) == before
    page = lead.get(f"/visits/{visit.pk}/").content.decode()
    for text in ("归档后收到 1 份补充", f"{first.name}看到的情况", "两人临时有会", "归档后补充", second.name):
        assert text in page, text
    assert Event.objects.filter(kind="visit.supplement", object_id=str(visit.pk)).count() == 1
    with pytest.raises(StaleState):
        joint.file_without(visit, by=us.lead, reason="再次")


def test_the_lead_may_say_on_the_phone_already_that_nobody_is_waited_for(us) -> None:
    hand_in(us, us.lead, without="同行督学未到校")
    assert only_visit(us).state == VisitState.FILED
    assert Joint.objects.get().without == "同行督学未到校"


def test_a_member_who_withdraws_meanwhile_is_waited_for_no_longer_and_yet_heard(us) -> None:
    first, second = us.members
    hand_in(us, first)
    hand_in(us, us.lead)
    assert only_visit(us).state == VisitState.RECEIVING
    us.answer(second, Answer.DECLINED)
    assert only_visit(us).state == VisitState.FILED
    hand_in(us, second)
    assert {sheet.inspector for sheet in only_visit(us).sheets.all()} == {us.lead, first, second}


def test_who_withdrew_before_is_not_waited_for(us) -> None:
    us.answer(us.members[1], Answer.DECLINED)
    hand_in(us, us.members[0])
    hand_in(us, us.lead)
    assert only_visit(us).state == VisitState.FILED


def test_the_plan_item_is_gone_and_the_phones_still_belong_together(us) -> None:
    us.item.delete()
    for who in (us.members[0], us.lead, us.members[1]):
        hand_in(us, who)
    assert only_visit(us).state == VisitState.FILED
    assert Sheet.objects.filter(visit=only_visit(us)).count() == 3


def test_the_lead_never_comes_and_the_first_member_stands_in(us) -> None:
    first, second = us.members
    hand_in(us, first)
    hand_in(us, second)
    assert joint.give_up_waiting() == 0  # rule visit.joint_wait: five days
    with clock.set_to(clock.now() + LATER):
        assert joint.give_up_waiting() == 1
        assert joint.give_up_waiting() == 0
    visit = only_visit(us)
    assert (visit.inspector, visit.state) == (first, VisitState.FILED)
    assert Flag.ALONE.value in visit.flags
    hand_in(us, us.lead)  # late after all: a supplement of it
    assert {part.inspector: part.is_supplement for part in only_visit(us).parts} == {
        second: False,
        us.lead: True,
    }
    assert {sheet.inspector for sheet in only_visit(us).sheets.all()} == {us.lead, first, second}


def test_a_visit_that_waits_too_long_is_filed_with_what_has_come(us) -> None:
    hand_in(us, us.lead)
    with clock.set_to(clock.now() + LATER):
        assert joint.give_up_waiting() == 1
    assert only_visit(us).state == VisitState.FILED
    [told] = Event.objects.filter(kind="visit.without")
    assert told.after["missing"] == sorted(one.name for one in us.members)


def test_photos_of_a_part_come_before_it_is_put_in(us) -> None:
    hand_in(us, us.lead, without="先归档")
    part = hand_in(us, us.members[0], photos=[together.photo_of(11)])
    assert not Sheet.objects.filter(part=part.pk).exists()
    assert joint.companions(only_visit(us))[0].standing == "arriving"
    upload(11, us.members[0])
    work()
    assert only_visit(us).files.get().part_id == part.pk


def test_the_same_entry_twice_and_one_entry_of_two_phones_are_one(us) -> None:
    hand_in(us, us.lead)
    payload = together.sheet(us, us.members[0])
    together.committed(us.members[0], payload)
    work()
    again = together.committed(us.members[1], payload)  # the same sheets under another id
    work()
    again.refresh_from_db()
    assert (again.state, again.reason) == (EntryState.QUARANTINED, "sheet-id-known")
    assert Sheet.objects.filter(visit=only_visit(us)).count() == 2


def test_two_with_the_same_sheets_before_the_lead_lose_nothing(us) -> None:
    payload = together.sheet(us, us.members[0])
    for who in us.members:
        together.committed(who, payload)
    work()
    hand_in(us, us.lead)
    standings = {one.name: one.standing for one in joint.companions(only_visit(us))}
    assert sorted(standings.values()) == ["joined", "waiting"]
    assert only_visit(us).state == VisitState.FILED
    assert Entry.objects.filter(pk__in=Part.objects.values("pk")).count() == 2  # the bodies are kept


def test_a_stranger_cannot_put_anything_into_it(us) -> None:
    stranger = factories.person(us.lead.grants.get().role)
    hand_in(us, us.lead)
    hand_in(us, stranger)
    assert only_visit_of(us, us.lead).sheets.count() == 1
    assert only_visit_of(us, stranger).state == VisitState.FILED
    with pytest.raises(Forbidden):
        joint.file_without(only_visit_of(us, us.lead), by=stranger, reason="无关")


def only_visit_of(us: Team, who: object) -> Visit:
    return Visit.objects.get(unit=us.at.unit, inspector=who)


def test_a_second_visit_on_another_day_is_another(us) -> None:
    hand_in(us, us.lead, without="单独")
    before = clock.now() - timedelta(days=1)
    times = {"started_at": before.isoformat(), "finished_at": before.isoformat()}
    hand_in(us, us.lead, without="单独", **times)
    assert Visit.objects.filter(unit=us.at.unit).count() == 2


EVENTS = ["lead", "first", "second", "lead-file", "first-file", "second-file"]
EXTRA = ["withdraw", "without", "wait", "first-again", "nothing"]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.permutations(EVENTS),
    st.lists(st.tuples(st.sampled_from(EXTRA), st.integers(0, 6)), max_size=3),
    st.booleans(),
)
def test_in_whatever_order_it_arrives_nothing_is_lost_and_nothing_doubled(order, extra, lead_comes) -> None:
    with transaction.atomic():
        _in_order(list(order), extra, lead_comes)
        transaction.set_rollback(True)


def _in_order(events: list[str], extra: list[tuple[str, int]], lead_comes: bool) -> None:
    us = team(factories.place())
    people = {"lead": us.lead, "first": us.members[0], "second": us.members[1]}
    shades = {"lead": 31, "first": 32, "second": 33}
    for name, place in extra:
        events.insert(place, name)
    if not lead_comes:
        events = [one for one in events if not one.startswith("lead")]
    sent: dict[str, list[str]] = {}
    for event in events:
        if event in people or event == "first-again":
            who = people[event.removesuffix("-again")]
            photo = together.photo_of(shades[event.removesuffix("-again")])
            payload = together.sheet(us, who, photos=[photo])
            together.committed(who, payload, pk=uuid7())
            sent[payload["sheets"][0]["id"]] = [who.pk, payload["findings"][0]["id"]]
        elif event.endswith("-file"):
            name = event.removesuffix("-file")
            upload(shades[name], people[name])
        elif event == "withdraw":
            us.answer(us.members[1], Answer.DECLINED)
        elif event == "without":
            for visit in Visit.objects.filter(unit=us.at.unit, state=VisitState.RECEIVING):
                with suppress(StaleState, Forbidden):  # nobody is awaited, or another leads it
                    joint.file_without(visit, by=us.lead, reason="不等了")
        elif event == "wait":
            with clock.set_to(clock.now() + LATER):
                joint.give_up_waiting()
        work()
    with clock.set_to(clock.now() + LATER):
        while joint.give_up_waiting():
            pass
    visit = Visit.objects.get(unit=us.at.unit)  # one visit, whoever came
    assert visit.state == VisitState.FILED
    there = {str(one.pk): one for one in Sheet.objects.filter(visit=visit).select_related("part", "visit")}
    assert there.keys() == sent.keys()
    for key, (who, finding) in sent.items():
        assert there[key].inspector.pk == who
        found = Finding.objects.get(pk=finding)
        assert (found.inspector_id, found.visit_id, found.state) == (who, visit.pk, State.NOTIFIED)
        assert Event.objects.filter(kind="finding.issue", object_id=finding).count() == 1
    assert Finding.objects.filter(visit=visit).count() == len(sent)
    assert Document.objects.filter(subject_id=str(visit.pk), kind="visit-report").count() == 1
    assert Event.objects.filter(kind="visit.file", object_id=str(visit.pk)).count() == 1
    positions = list(visit.files.values_list("position", flat=True))
    assert sorted(set(positions)) == sorted(positions)
    assert Entry.objects.filter(state=EntryState.PROJECTED, completed_at__isnull=False).count() == len(sent)


def test_how_far_each_colleague_has_come_is_said_in_english_too(us, signed_in) -> None:
    hand_in(us, us.lead)
    hand_in(us, us.members[0])
    client = signed_in(us.lead)
    page = client.get(f"/visits/{only_visit(us).pk}/", headers={"accept-language": "en"}).content.decode()
    assert "Put in" in page
    assert "Not handed in" in page
    assert "未上报" not in page
