"""Two people with the same form open: the second sees what the first has changed, loses nothing, and decides."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.inspectors import services as inspectors
from dudao.kernel import clock
from dudao.kernel.errors import StaleState
from dudao.people import accounts
from dudao.people.models import User
from dudao.places.models import Kind, Unit
from dudao.rules.models import Word, WordKind
from tests import factories
from tests.office.test_units import open_form


class Case(NamedTuple):
    """A form that keeps something, one field of it, and how that field stands afterwards."""

    field: str
    label: str
    address: Callable[[factories.Place], str]
    theirs: str = "甲的说法"
    mine: str = "乙的说法"


def _inspector(at: factories.Place) -> str:
    one = inspectors.register(at.inspector, at.county, by=at.officer, engagement="PART_TIME")
    return reverse("inspectors:edit", args=[one.pk])


def _zone(at: factories.Place) -> str:
    zone = inspectors.open_zone(at.county, name="第一责任区", lead=None, on=clock.today(), by=at.officer)
    return reverse("inspectors:zone-edit", args=[zone.pk])


def _institution(at: factories.Place) -> str:
    centre = factories.unit(of=at.county, kind=Kind.TRAINING)
    return reverse("office:unit-institution", args=[centre.pk])


CASES = {
    "unit": Case("head_name", "负责人", lambda at: reverse("office:unit-edit", args=[at.unit.pk])),
    "institution": Case("fees", "收费标准", _institution),
    "region": Case("office", "督导机构全称", lambda at: reverse("office:region", args=[at.county.code])),
    "account": Case("title", "职务", lambda at: reverse("office:account-edit", args=[at.head.pk])),
    "inspector": Case("employer", "工作单位", _inspector),
    "zone": Case("name", "责任区名称", _zone),
    "term": Case(
        "source", "依据", lambda at: reverse("office:term", args=[at.county.code, clock.today().year + 1, "SPRING"])
    ),
    "rule": Case(
        "number", "数值", lambda at: reverse("office:rule-set", args=["visit.per_month", at.county.code]), "2", "3"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_second_sees_what_the_first_changed_and_decides(at, signed_in, name) -> None:
    case, client = CASES[name], signed_in(at.officer)
    address = case.address(at)
    mine = open_form(client, address) | {case.field: case.mine}
    theirs = open_form(client, address) | {case.field: case.theirs}
    for sent in (mine, theirs):
        if name in ("term", "rule"):
            sent["source"] = sent.get("source") or "株教通〔2026〕1号"
        if name == "rule":
            sent["starts_on"] = str(clock.today())
    assert client.post(address, theirs).status_code == 302

    answer = client.post(address, mine)
    assert answer.status_code == 409
    page = BeautifulSoup(answer.content.decode(), "html.parser")
    rows = [
        [cell.get_text(strip=True) for cell in row.select("th, td")] for row in page.select("form tbody tr")
    ]
    assert [case.label, case.theirs, case.mine] in rows
    assert page.select_one(f"[name={case.field}]")["value"] == case.mine
    assert "以我填写的为准重新提交" in page.get_text()
    if name == "rule":
        return  # a day has one value: the second chooses another day, as the page says
    again = mine | {"seen": page.select_one("[name=seen]")["value"]}
    assert client.post(address, again).status_code == 302
    assert open_form(client, address)[case.field] == case.mine


def test_a_third_change_in_between_is_shown_again(at, signed_in) -> None:
    client, address = signed_in(at.officer), reverse("office:unit-edit", args=[at.unit.pk])
    mine = open_form(client, address) | {"head_name": "丙校长"}
    for name in ("甲校长", "乙校长"):
        client.post(address, open_form(client, address) | {"head_name": name})
        answer = client.post(address, mine)
        assert answer.status_code == 409
        assert name in answer.content.decode()
        page = BeautifulSoup(answer.content.decode(), "html.parser")
        mine["seen"] = page.select_one("[name=seen]")["value"]
    assert client.post(address, mine).status_code == 302


def test_who_changed_it_the_same_way_is_not_in_the_way(at, signed_in) -> None:
    client, address = signed_in(at.officer), reverse("office:unit-edit", args=[at.unit.pk])
    both = open_form(client, address) | {"head_name": "甲校长"}
    assert [client.post(address, both).status_code for _each in range(2)] == [302, 302]


def test_choices_are_told_in_their_words(at, signed_in) -> None:
    client, address = signed_in(at.officer), reverse("office:unit-edit", args=[at.unit.pk])
    mine = open_form(client, address) | {"ownership": "PUBLIC", "address": "泰山路 1 号"}
    client.post(address, open_form(client, address) | {"ownership": "PRIVATE"})
    page = client.post(address, mine).content.decode()
    assert '<td class="wrap-anywhere" data-label="他人改为">民办</td>' in page


def test_what_a_form_carries_is_not_trusted_to_be_ours(at, signed_in) -> None:
    client, address = signed_in(at.officer), reverse("office:unit-edit", args=[at.unit.pk])
    sent = open_form(client, address)
    for seen in ("[]", "{", "null"):
        assert client.post(address, sent | {"seen": seen, "kind": "JUNIOR"}).status_code == 409
    assert Unit.objects.get(pk=at.unit.pk).kind == Kind.PRIMARY


def test_a_number_one_may_not_see_is_not_carried_along(at, signed_in) -> None:
    User.objects.filter(pk=at.head.pk).update(phone="13800001234")
    page = signed_in(at.administrator).get(reverse("office:account-edit", args=[at.head.pk]))
    assert "13800001234" not in page.content.decode()


def test_two_at_the_same_moment_the_slower_writes_nothing(at) -> None:
    one = inspectors.register(at.inspector, at.county, by=at.officer, engagement="PART_TIME")
    twins = [type(one).objects.select_related("user", "region").get(pk=one.pk) for _each in range(2)]
    inspectors.change(twins[0], by=at.officer, employer="教研室")
    with pytest.raises(StaleState):
        inspectors.change(twins[1], by=at.officer, employer="督导室")
    users = [User.objects.get(pk=at.head.pk) for _each in range(2)]
    accounts.change_account(users[0], by=at.officer, title="校长")
    with pytest.raises(StaleState):
        accounts.change_account(users[1], by=at.officer, title="书记")
    assert User.objects.get(pk=at.head.pk).title == "校长"


def test_a_word_is_kept_by_one_at_a_time(at, signed_in) -> None:
    word = Word.objects.filter(kind=WordKind.CATEGORY).first()
    client, address = signed_in(at.administrator), reverse("office:word", args=[word.pk])
    mine = open_form(client, address) | {"zh": "乙的说法", "is_active": "on"}
    client.post(address, open_form(client, address) | {"zh": "甲的说法", "is_active": "on"})
    answer = client.post(address, mine)
    assert answer.status_code == 409
    assert "甲的说法" in answer.content.decode()
