"""Asked along: the phone knows it, the answer comes through the door or from a page, and what is too late is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import translation

from dudao.field import bundle
from dudao.inspections.models import Visit
from dudao.inspections.states import VisitState
from dudao.inspectors import services as inspectors
from dudao.inspectors.models import Engagement
from dudao.intake import projectors as door
from dudao.intake.models import Entry
from dudao.intake.reasons import is_known, reason_words
from dudao.intake.states import EntryState
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import StaleState
from dudao.kernel.ids import uuid7
from dudao.notify.models import Message
from dudao.people.models import Assignment, User
from dudao.people.roles import Role
from dudao.plans import services
from dudao.plans.models import Answer, Invitation, MonthPlan
from tests import factories
from tests.inspections.together import hand_in, team


@pytest.fixture
def asked(at: factories.Place) -> Invitation:
    """An inspector is asked along to a colleague's school, today."""
    friend = factories.person(Role.INSPECTOR, name="王芳")
    inspectors.register(friend, at.county, by=at.officer, engagement=Engagement.PART_TIME)
    item = services.add(
        at.unit, at.inspector, services.this_month(), planned_on=clock.today(), note="看食堂", by=at.officer
    )
    return of_yesterday(services.invite(item, friend, by=at.inspector))


def of_yesterday(made: Invitation) -> Invitation:
    """Asked before the visits of today."""
    Invitation.objects.filter(pk=made.pk).update(asked_at=clock.now() - timedelta(days=1))
    return made


def sent(who: User, plan: UUID, *, comes: bool) -> Entry:
    """The phone's answer, as the door has committed it and the worker has looked at it."""
    now, entry_id = clock.now(), uuid7()
    payload = {"plan": str(plan), "comes": comes, "manifest": [], "app": "0.1.0"}
    envelope: dict[str, Any] = {
        "id": str(entry_id),
        "kind": "invitation-answer",
        "schema": 1,
        "made_at": now.isoformat(),
    }
    entry = Entry.objects.create(
        id=entry_id, kind="invitation-answer", schema=1, user_id=who.pk, device_id=uuid7(), made_at=now, device_time=now,
        received_at=now, body=json.dumps(envelope | {"payload": payload}).encode(), body_sha256="0" * 64, try_at=now,
    )  # fmt: skip
    door.run()
    entry.refresh_from_db()
    return entry


def answer_of(asked: Invitation) -> str:
    asked.refresh_from_db()
    return asked.answer


def told_to(who: User, kind: str) -> int:
    return Message.objects.filter(recipient=who, kind=kind).count()


def test_the_phone_is_told_where_when_with_whom_and_what_for(asked, at) -> None:
    MonthPlan.objects.create(region=at.county, month=services.this_month(), subject="食品安全")
    (told,) = bundle.of(asked.user)["invitations"]
    assert told == {
        "plan": asked.item_id,
        "unit_name": at.unit.name,
        "month": f"{clock.today():%Y-%m}",
        "planned_on": str(clock.today()),
        "lead": {"id": at.inspector.pk, "name": at.inspector.name},
        "note": "看食堂",
        "unannounced": False,
        "about": {"subject": "食品安全", "themes": [], "instruments": []},
    }
    assert bundle.of(at.inspector)["invitations"] == []
    assert bundle.of(asked.user)["units"] == [], "not hers before she has said yes"


def test_an_unannounced_visit_is_marked_for_whoever_is_asked(at) -> None:
    friend = factories.person(Role.INSPECTOR)
    item = services.add(
        at.unit,
        at.inspector,
        services.this_month(),
        planned_on=None,
        note="",
        by=at.officer,
        unannounced=True,
    )
    services.invite(item, friend, by=at.officer)
    (told,) = bundle.of(friend)["invitations"]
    assert (told["unannounced"], told["planned_on"]) == (True, None)


def test_the_day_that_is_nearest_comes_first_and_more_invitations_cost_no_more(
    asked, at, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(80) as few:
        bundle.of(asked.user)
    for days in (None, clock.today() - timedelta(days=clock.today().day - 1)):
        unit = factories.unit(of=at.county)
        item = services.add(
            unit, at.inspector, services.this_month(), planned_on=days, note="", by=at.officer
        )
        services.invite(item, asked.user, by=at.officer)
    with django_assert_max_num_queries(80) as many:
        told = bundle.of(asked.user)["invitations"]
    assert len(many) == len(few)
    days = [one["planned_on"] for one in told]
    assert days[-1] is None
    assert days[:-1] == sorted(days[:-1])


@pytest.mark.parametrize(("comes", "answer", "kind"), [(True, "ACCEPTED", "plan.accepted"), (False, "DECLINED", "plan.declined")])  # fmt: skip
def test_the_answer_of_the_phone_is_that_of_the_page(asked, at, signed_in, comes, answer, kind) -> None:
    assert sent(asked.user, asked.item_id, comes=comes).state == EntryState.PROJECTED
    assert answer_of(asked) == answer
    assert told_to(at.inspector, kind) == 1
    page = signed_in(at.officer).get(reverse("plans:item", args=[asked.item_id])).content.decode()
    assert str(Answer(answer).label) in page
    told = bundle.of(asked.user)
    assert told["invitations"] == []
    assert [one["plan"] for one in told["joints"]] == ([asked.item_id] if comes else [])
    assert [one["id"] for one in told["units"]] == ([at.unit.pk] if comes else [])


def test_the_same_said_twice_changes_and_tells_nothing_more(asked, at, signed_in) -> None:
    page = reverse("plans:answer", args=[asked.item_id])
    for _again in range(2):
        signed_in(asked.user).post(page, {"answer": "ACCEPTED"})
    for _again in range(2):
        assert sent(asked.user, asked.item_id, comes=True).state == EntryState.PROJECTED
    assert Event.objects.filter(kind="plan.answer").count() == 1
    assert told_to(at.inspector, "plan.accepted") == 1


def test_what_was_said_on_the_page_meanwhile_stands_and_is_told(asked, signed_in) -> None:
    signed_in(asked.user).post(reverse("plans:answer", args=[asked.item_id]), {"answer": "DECLINED"})
    entry = sent(asked.user, asked.item_id, comes=True)
    assert (entry.state, entry.reason) == (EntryState.QUARANTINED, "invitation-answered")
    assert answer_of(asked) == Answer.DECLINED


def test_a_plan_withdrawn_meanwhile_is_told_without_its_name(asked, at, signed_in) -> None:
    plan = asked.item_id
    own = factories.unit(of=at.county)
    Assignment.objects.create(inspector=asked.user, unit=own, starts_on=factories.SINCE)
    services.drop(asked.item, by=at.officer)
    for comes in (True, False):
        entry = sent(asked.user, plan, comes=comes)
        assert (entry.state, entry.reason) == (EntryState.QUARANTINED, "invitation-gone")
        assert at.unit.name not in entry.detail
    listed = signed_in(at.officer).get(reverse("intake:quarantine")).content.decode()
    assert "同行邀请的答复" in listed
    assert "可以了结" in listed


def test_withdrawn_between_reading_and_answering(asked, at) -> None:
    stale = Invitation.objects.select_related("item__unit__region", "user").get(pk=asked.pk)
    services.drop(asked.item, by=at.officer)
    with pytest.raises(StaleState) as refused:
        services.answer(stale, Answer.ACCEPTED, by=asked.user)
    assert refused.value.details["reason"] == "gone"


def test_nobody_answers_for_another(asked, at) -> None:
    entry = sent(at.inspector, asked.item_id, comes=True)
    assert entry.reason == "invitation-gone"
    assert answer_of(asked) == Answer.WAITING


@contextmanager
def month_over() -> Iterator[None]:
    with clock.set_to(clock.now() + timedelta(days=32)):
        yield


def filed_visit(at: factories.Place) -> None:
    assert factories.visit(at, findings=[]).state == VisitState.FILED


def test_after_the_visit_or_the_month_nobody_can_still_come_but_may_say_no(asked, at, signed_in) -> None:
    page = reverse("plans:item", args=[asked.item_id])
    client = signed_in(asked.user)
    assert 'value="ACCEPTED"' in client.get(page).content.decode()
    with month_over():
        assert bundle.of(asked.user)["invitations"] == []
        assert sent(asked.user, asked.item_id, comes=True).reason == "invitation-over"
    home = reverse("office:home")
    assert "同行邀请" in client.get(home).content.decode()
    filed_visit(at)
    assert bundle.of(asked.user)["invitations"] == []
    assert "同行邀请" not in client.get(home).content.decode()
    assert sent(asked.user, asked.item_id, comes=True).reason == "invitation-over"
    answer = client.post(reverse("plans:answer", args=[asked.item_id]), {"answer": "ACCEPTED"}, follow=True)
    assert "不能再同意同行" in answer.content.decode()
    assert 'value="ACCEPTED"' not in answer.content.decode()
    assert answer_of(asked) == Answer.WAITING
    assert sent(asked.user, asked.item_id, comes=False).state == EntryState.PROJECTED
    assert answer_of(asked) == Answer.DECLINED


def test_a_visit_before_the_planned_day_is_not_the_one_she_is_asked_to(asked, at) -> None:
    filed_visit(at)
    tomorrow = clock.today() + timedelta(days=1)
    if tomorrow.month != clock.today().month:
        pytest.skip("the last day of a month")
    services.plan_day(asked.item, tomorrow, note="看食堂", by=at.officer)
    assert len(bundle.of(asked.user)["invitations"]) == 1
    assert sent(asked.user, asked.item_id, comes=True).state == EntryState.PROJECTED


def test_a_visit_before_she_was_asked_is_not_the_one_either(at) -> None:
    filed_visit(at)
    item = services.add(at.unit, at.inspector, services.this_month(), planned_on=None, note="", by=at.officer)
    late = services.invite(item, factories.person(Role.INSPECTOR), by=at.officer)
    assert len(bundle.of(late.user)["invitations"]) == 1
    assert sent(late.user, late.item_id, comes=True).state == EntryState.PROJECTED


def test_who_accepts_while_the_lead_s_visit_waits_is_waited_for_too(at) -> None:
    us = team(at, names=("李强",))
    late = services.invite(us.item, factories.person(Role.INSPECTOR, name="王芳"), by=at.inspector)
    hand_in(us, us.lead)
    assert sent(late.user, us.plan, comes=True).state == EntryState.PROJECTED
    hand_in(us, us.members[0])
    assert Visit.objects.get(unit=at.unit).state == VisitState.RECEIVING
    services.answer(Invitation.objects.get(pk=late.pk), Answer.DECLINED, by=late.user)
    assert Visit.objects.get(unit=at.unit).state == VisitState.FILED


def test_a_change_of_mind_is_offered_on_the_page(asked, signed_in) -> None:
    page, client = reverse("plans:item", args=[asked.item_id]), signed_in(asked.user)
    for given, other in (("ACCEPTED", "DECLINED"), ("DECLINED", "ACCEPTED")):
        client.post(reverse("plans:answer", args=[asked.item_id]), {"answer": given})
        shown = client.get(page).content.decode()
        assert f'value="{other}"' in shown
        assert f'value="{given}"' not in shown


@pytest.mark.parametrize("reason", ["gone", "over", "answered"])
def test_the_office_has_words_for_each_reason_in_both_languages(reason) -> None:
    assert is_known(f"invitation-{reason}")
    texts = set()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            texts.add(str(reason_words(f"invitation-{reason}")))
    assert len(texts) == 2
