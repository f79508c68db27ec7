"""Telephone numbers: hidden until somebody with the right asks, and then the journal knows."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from dudao.inspectors import services as inspectors
from dudao.inspectors.models import Engagement, Inspector
from dudao.journal.models import Event
from dudao.kernel.text import masked
from dudao.people.models import User
from dudao.places.models import Unit
from tests import factories

MOBILE, LIAISON = "13812341234", "13987654321"


@pytest.fixture(autouse=True)
def _numbers(at) -> None:
    User.objects.filter(pk=at.inspector.pk).update(phone=MOBILE)
    Unit.objects.filter(pk=at.unit.pk).update(liaison_name="王主任", liaison_phone=LIAISON)


@pytest.fixture
def registered(at) -> Inspector:
    return inspectors.register(at.inspector, at.county, by=at.officer, engagement=Engagement.PART_TIME)


def ask(client: Client, address: str) -> Any:
    return client.post(address, headers={"HX-Request": "true"})


@pytest.mark.parametrize(
    ("number", "hidden"),
    [(MOBILE, "138****1234"), ("0731-28680001", "073****0001"), ("110", "*10"), ("", "")],
)
def test_the_middle_of_a_number_is_hidden(number, hidden) -> None:
    assert masked(number) == hidden


def test_an_inspectors_number_shows_on_request_and_the_journal_knows(at, registered, signed_in) -> None:
    client = signed_in(at.officer)
    page = client.get(reverse("inspectors:show", args=[registered.pk])).content.decode()
    assert MOBILE not in page
    assert "138****1234" in page
    assert not Event.objects.filter(kind="phone.view").exists(), (
        "looking at the page is no looking at the number"
    )
    address = reverse("people:phone", args=[at.inspector.pk])
    assert f'hx-post="{address}"' in page
    assert MOBILE in ask(client, address).content.decode()
    told = Event.objects.get(kind="phone.view")
    assert (told.actor_id, told.object_id) == (at.officer.pk, str(at.inspector.pk))
    assert MOBILE not in f"{told.before}{told.after}{told.note}{told.object_label}"


def test_without_script_the_number_comes_back_on_the_page_one_was_on(at, registered, signed_in) -> None:
    client = signed_in(at.officer)
    page = reverse("inspectors:show", args=[registered.pk])
    address = reverse("people:phone", args=[at.inspector.pk])
    answer = client.post(address, headers={"Referer": f"http://testserver{page}"}, follow=True)
    assert answer.redirect_chain[-1][0].endswith(page)
    assert MOBILE in answer.content.decode()
    abroad = client.post(address, headers={"Referer": "https://elsewhere.example/"})
    assert abroad["Location"] == "/"


@pytest.mark.parametrize(
    ("who", "status"), [("city_officer", 200), ("inspector", 200), ("head", 200), ("auditor", 403)]
)
def test_the_liaisons_number_is_for_the_offices_the_own_inspector_and_the_unit(
    at, signed_in, who, status
) -> None:
    client = signed_in(getattr(at, who))
    page = client.get(reverse("office:unit", args=[at.unit.pk])).content.decode()
    assert LIAISON not in page
    address = reverse("office:unit-phone", args=[at.unit.pk])
    assert (address in page) == (status == 200), "the button is there for those it works for"
    answer = ask(client, address)
    assert answer.status_code == status
    assert (LIAISON in answer.content.decode()) == (status == 200)
    assert Event.objects.filter(kind="phone.view", unit_id=str(at.unit.pk)).exists() == (status == 200)


def test_a_unit_sees_the_number_of_its_own_inspector_and_of_no_other(at, signed_in) -> None:
    other = factories.place()
    client = signed_in(at.head)
    assert "138****1234" in client.get(reverse("office:unit", args=[at.unit.pk])).content.decode()
    assert MOBILE in ask(client, reverse("people:phone", args=[at.inspector.pk])).content.decode()
    assert ask(client, reverse("people:phone", args=[other.inspector.pk])).status_code == 404
    assert ask(client, reverse("office:unit-phone", args=[other.unit.pk])).status_code == 404


@pytest.mark.parametrize(("who", "expected"), [("officer", MOBILE), ("auditor", "138****1234")])
def test_a_file_carries_numbers_only_for_those_who_may_see_them(at, signed_in, who, expected) -> None:
    client = signed_in(getattr(at, who))
    address = reverse("people:accounts")
    assert MOBILE not in client.get(address, {"columns": ["name", "phone"]}).content.decode()
    answer = client.get(address, {"export": "xlsx"})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    cells = {str(cell) for row in rows for cell in row}
    assert expected in cells
    assert len({MOBILE, "138****1234"} & cells) == 1
    told = Event.objects.get(kind="account.export")
    assert told.after == {"phones": who == "officer"}


def test_whoever_keeps_accounts_without_the_right_corrects_a_name_and_leaves_the_number(
    at, signed_in
) -> None:
    client = signed_in(at.administrator)
    address = reverse("office:account-edit", args=[at.inspector.pk])
    page = client.get(address).content.decode()
    assert MOBILE not in page
    assert client.post(address, {"name": "周敏", "phone": "1"}).status_code == 302
    at.inspector.refresh_from_db()
    assert (at.inspector.name, at.inspector.phone) == ("周敏", MOBILE)
