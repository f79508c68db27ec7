"""Unannounced items of a plan (四不两直): known to those who go and who set them up, to nobody else before the check-in.

Every page of the house is opened by everybody who is not on the team (domain §0.4, §8.1).
"""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from dudao.field import bundle
from dudao.inspectors import services as inspectors
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.notify.models import Message
from dudao.people.models import Assignment, User
from dudao.people.roles import Role
from dudao.places.models import Unit
from dudao.plans import services
from dudao.plans.models import Answer, PlanItem
from tests import factories
from tests.contracts.routes import MATRIX, ROLES
from tests.contracts.test_matrix import World
from tests.inspections.test_check_in import check_in

MARK = "突查食堂隐蔽后厨"
SCHOOL = "星火隐蔽小学"
STREAMS = {"inspections:live-stream"}  # never ends; what it draws is the page `inspections:live`
MORE = (
    "/plans/?export=1&state=&month=", "/plans/?month=&q={school}", "/plans/?state=open", "/search/?q={school}",
    "/search/?q={mark}", "/units/{unit}/", "/journal/?q={school}", "/visits/?export=1", "/plans/terms/",
    "/plans/?period=month", "/plans/?period=term", "/plans/?period=year", "/messages/", "/",
)  # fmt: skip


@dataclass
class Secret:
    world: World
    item: PlanItem
    companion: User
    head: User
    responsible: User

    @property
    def at(self) -> factories.Place:
        return self.world.at


@pytest.fixture
def secret(db: None) -> Secret:
    """The city sends an inspector of its own, with a companion, to a school of the county."""
    world = World()
    at = world.at
    school = factories.unit(of=at.county, name=SCHOOL)
    responsible = factories.person(Role.INSPECTOR)
    Assignment.objects.create(inspector=responsible, unit=school, starts_on=factories.SINCE)
    sent, companion = (factories.person(Role.INSPECTOR) for _n in range(2))
    item = services.add(
        school, sent, services.this_month(), planned_on=clock.today(), note=MARK, by=at.city_officer,
        unannounced=True,
    )  # fmt: skip
    invitation = services.invite(item, companion, by=at.city_officer)
    services.answer(invitation, Answer.ACCEPTED, by=companion)
    settle()
    return Secret(world, item, companion, factories.person(Role.UNIT, of=school), responsible)


def page_of(item: PlanItem) -> str:
    return reverse("plans:item", args=[item.pk])


def settle() -> None:
    while journal.seal():
        pass
    while followers.run():
        pass


def outsiders(secret: Secret) -> dict[str, User]:
    """Everybody but the city officer who has set it up, the inspector who goes and her companion."""
    elsewhere = World()
    roles = {role: secret.world.person(role) for role in ROLES if role != "city"}
    return roles | {
        "the school": secret.head,
        "its own inspector": secret.responsible,
        "another officer of the city": factories.person(Role.CITY_OFFICE, of=secret.at.city),
        "another officer of the county": factories.person(Role.COUNTY_OFFICE, of=secret.at.county),
        "the office of another county": elsewhere.at.officer,
        "the office of another city": elsewhere.at.city_officer,
    }


def said(answer: Any) -> str:
    """The text of an answer; of a workbook, of all that is packed in it."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return str(body.decode(errors="replace"))


def addresses(secret: Secret) -> list[str]:
    known = [
        secret.world.address(name, row)
        for name, row in MATRIX.items()
        if row.method == "get" and name not in STREAMS
    ]
    values = {"school": SCHOOL, "mark": MARK, "unit": secret.item.unit_id}
    return [*known, *(one.format(**values) for one in MORE), page_of(secret.item)]


def test_it_stands_on_no_page_of_anybody_who_is_not_on_the_team(secret, signed_in) -> None:
    everywhere = addresses(secret)
    for who, person in outsiders(secret).items():
        client = signed_in(person)
        for address in everywhere:
            text = said(client.get(address)).replace(f'value="{MARK}"', "")
            assert MARK not in text, f"{address} as {who}"
            assert str(secret.item.pk) not in text or address.startswith("/journal"), f"{address} as {who}"
            if address.startswith("/journal"):
                assert SCHOOL not in text.replace(f'value="{SCHOOL}"', ""), f"{address} as {who}"
        assert client.get(page_of(secret.item)).status_code in (403, 404), who
        assert not Message.objects.filter(recipient=person, url__contains=str(secret.item.pk)).exists(), who
        if person.can("visit.record"):
            told = json.dumps(bundle.of(person), default=str, ensure_ascii=False)
            assert str(secret.item.pk) not in told
            assert f'"planned_on": "{clock.today()}"' not in told


def test_no_count_tells_of_it(secret, signed_in) -> None:
    """The pages of plans are the same to the letter with it and without."""
    pages = (
        "/plans/",
        "/plans/?period=month",
        "/plans/?period=term",
        "/plans/?period=year",
        "/plans/terms/",
        "/",
    )
    people = {who: person for who, person in outsiders(secret).items() if person.can("plan.view")}
    settle()
    with_it = {(who, page): plain(signed_in(one).get(page)) for who, one in people.items() for page in pages}
    secret.item.invitations.all().delete()
    secret.item.delete()
    for (who, page), text in with_it.items():
        assert plain(signed_in(people[who]).get(page)) == text, f"{page} as {who}"


def plain(answer: Any) -> list[str]:
    return [
        line for line in answer.content.decode().splitlines() if "csrf" not in line and "nonce" not in line
    ]


def test_the_team_and_who_sent_it_see_it(secret, signed_in) -> None:
    for person in (secret.at.city_officer, secret.item.inspector, secret.companion):
        page = signed_in(person).get(page_of(secret.item)).content.decode()
        assert MARK in page
        assert "不打招呼的督导" in page
    assert str(secret.item.pk) in json.dumps(bundle.of(secret.companion), default=str)


def test_nothing_is_said_to_an_office_that_plans_the_same_school(secret, signed_in) -> None:
    """What stands there in secret does not refuse the same inspector at the same school."""
    again = services.add(
        Unit.objects.get(pk=secret.item.unit_id), secret.item.inspector, services.this_month(),
        planned_on=None, note="", by=secret.at.officer,
    )  # fmt: skip
    assert again.pk != secret.item.pk


@pytest.mark.parametrize("who", ["lead", "companion"])
def test_after_the_check_in_it_is_known_like_any_other(secret, signed_in, who) -> None:
    at = factories.Place(**{**vars(secret.at), "unit": secret.item.unit})
    person = secret.item.inspector if who == "lead" else secret.companion
    check_in(at, person, plan=str(secret.item.pk))
    settle()
    for one in (secret.at.officer, secret.at.auditor):
        assert MARK in signed_in(one).get(page_of(secret.item)).content.decode()
    assert SCHOOL in signed_in(secret.at.auditor).get(f"/journal/?q={SCHOOL}").content.decode()
    assert Message.objects.filter(recipient=secret.head, kind="visit.checked_in").exists()


def test_a_phone_without_a_network_all_day_opens_it_with_its_record(secret, signed_in) -> None:
    at = factories.Place(**{**vars(secret.at), "unit": secret.item.unit, "inspector": secret.item.inspector})
    start = clock.now() - timedelta(minutes=30)
    factories.visit(at, started_at=start.isoformat(), finished_at=clock.now().isoformat())
    assert signed_in(secret.at.officer).get(page_of(secret.item)).status_code == 200


def test_an_office_puts_it_in_by_the_form(at, signed_in) -> None:
    inspectors.register(at.inspector, at.county, by=None, engagement="PART_TIME")
    office = signed_in(at.officer)
    data = {
        "unit": at.unit.name, "inspector": str(at.inspector.pk), "month": f"{services.this_month():%Y-%m}",
        "note": MARK, "unannounced": "on",
    }  # fmt: skip
    assert "不打招呼（四不两直）" in office.get("/plans/add/").content.decode()
    office.post("/plans/add/", data)
    item = PlanItem.objects.get(is_unannounced=True)
    assert item.created_by == at.officer
    assert "不打招呼" in office.get("/plans/").content.decode()
