"""Checking in (到校亮证): the unit learns who has come, the offices see who is under way, a covert visit tells nobody."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from dudao.field import bundle
from dudao.inspections import check_ins
from dudao.inspections.models import CheckIn, Visit
from dudao.inspectors import services as inspectors
from dudao.intake import projectors as door
from dudao.intake.models import Entry
from dudao.intake.states import EntryState
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.notify.models import Message
from dudao.people.models import User
from tests import factories
from tests.inspections.together import hand_in, team


def check_in(at: factories.Place, who: User, *, visit: UUID | None = None, **changes: Any) -> Entry:
    """As the door has committed it, and the worker has looked at it."""
    now, entry_id = clock.now(), uuid7()
    payload = {
        "visit": str(visit or uuid7()), "unit": str(at.unit.pk), "started_at": now.isoformat(), "unplanned": True,
    } | changes  # fmt: skip
    envelope = {
        "id": str(entry_id),
        "kind": "check-in",
        "schema": 1,
        "made_at": now.isoformat(),
        "payload": payload,
    }
    entry = Entry.objects.create(
        id=entry_id, kind="check-in", schema=1, user_id=who.pk, device_id=uuid7(), made_at=now, device_time=now,
        received_at=now, body=json.dumps(envelope).encode(), body_sha256="0" * 64, try_at=now,
    )  # fmt: skip
    door.run()
    entry.refresh_from_db()
    return entry


def stream(at: factories.Place, signed_in: Any) -> str:
    return str(signed_in(at.officer).get("/visits/live/").content.decode())


def told(at: factories.Place) -> list[Message]:
    return list(Message.objects.filter(recipient=at.head, kind="visit.checked_in"))


def test_the_school_is_told_who_has_come_and_the_office_sees_it_under_way(at, signed_in) -> None:
    User.objects.filter(pk=at.inspector.pk).update(certificate_no="株督证2024-031")
    at.inspector.refresh_from_db()
    assert "督导中" not in stream(at, signed_in)
    assert check_in(at, at.inspector).state == EntryState.PROJECTED
    page = stream(at, signed_in)
    assert "督导中" in page
    assert at.inspector.name in page
    [message] = told(at)
    inbox = signed_in(at.head).get("/messages/").content.decode()
    assert "督学已到校" in inbox
    assert message.params["number"] == "株督证2024-031"
    elsewhere = factories.place()
    assert at.inspector.name not in stream(elsewhere, signed_in)
    assert not told(elsewhere)


def test_a_covert_visit_tells_the_school_nothing(at, signed_in) -> None:
    head = signed_in(at.head)
    check_in(at, at.inspector, covert=True)
    assert not Message.objects.filter(recipient=at.head).exists()
    for address in (
        "/",
        "/messages/",
        "/visits/",
        f"/units/{at.unit.pk}/",
        f"/search/?q={at.inspector.name}",
    ):
        assert "督导中" not in head.get(address).content.decode(), address
    assert head.get("/visits/live/").status_code == 403
    assert "暗访" in stream(at, signed_in)


def test_it_is_under_way_no_longer_once_the_record_is_here_or_the_day_is_over(at, signed_in) -> None:
    entry = check_in(at, at.inspector)
    visit = CheckIn.objects.get(pk=entry.pk).visit
    made = factories.visit(at)
    CheckIn.objects.filter(pk=entry.pk).update(visit=made.pk)
    assert "督导中" not in stream(at, signed_in)
    CheckIn.objects.filter(pk=entry.pk).update(visit=visit)
    assert "督导中" in stream(at, signed_in)
    with clock.set_to(clock.now() + timedelta(hours=check_ins.SHOWN_HOURS + 1)):
        assert "督导中" not in stream(at, signed_in)


def test_with_colleagues_the_school_is_told_of_each_and_both_are_under_way(at, signed_in) -> None:
    us = team(at)
    check_in(at, us.lead, plan=str(us.plan))
    check_in(at, us.members[0], plan=str(us.plan))
    assert len(told(at)) == 2
    assert us.members[0].name in told(at)[-1].params["others"]
    page = stream(at, signed_in)
    assert us.lead.name in page
    assert us.members[0].name in page


def test_an_unknown_school_waits_for_a_person_and_a_second_sending_is_one(at) -> None:
    assert check_in(at, at.inspector, unit=str(uuid7())).reason == "unit-unknown"
    assert not CheckIn.objects.exists()


def test_the_phone_has_what_the_certificate_shows(at) -> None:
    assert bundle.of(at.inspector)["user"]["photo"] == ""
    one = inspectors.register(at.inspector, at.county, by=None, engagement="PART_TIME")
    inspectors.add_term(one, starts_on=clock.today() - timedelta(days=30), by=None)
    holder = bundle.of(at.inspector)["user"]
    assert holder["valid_until"] == str(one.terms.get().ends_on)
    assert holder["photo"] == ""


def test_a_check_in_comes_before_or_after_the_record_and_is_never_doubled(at) -> None:
    us = team(at)
    hand_in(us, us.lead, without="单独")
    visit = Visit.objects.get(unit=at.unit)
    check_in(at, us.lead, visit=visit.pk)
    assert CheckIn.objects.count() == 1
    assert check_ins.under_way([at.county.path]) == []
