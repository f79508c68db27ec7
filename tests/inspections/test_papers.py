"""Working papers of a visit: what its sheets say, by one click."""

import pytest
from django.urls import reverse
from msgspec.structs import replace

from dudao.documents import drafting
from dudao.documents.models import Draft
from dudao.inspections.models import Visit
from dudao.inspections.queries import sheets_of
from dudao.inspections.states import VisitState
from dudao.instruments.definitions import Words
from dudao.instruments.queries import current_version
from dudao.instruments.services import publish
from dudao.kernel.ids import uuid7
from tests import factories
from tests.inspections import together
from tests.inspections.together import hand_in, team


@pytest.fixture
def heard(at) -> Visit:
    """A visit in which also a lesson was observed and a head interviewed."""
    made = factories.visit(at)
    for position, (key, answers) in enumerate(
        (
            ("class-observation", {"subject": "maths", "grade": 5, "merits": "板书清楚", "c_goal": 9}),
            ("interview-heads", {"said": "希望减少检查", "lessons_heard": 12}),
        ),
        start=1,
    ):
        made.sheets.create(id=uuid7(), position=position, version=current_version(key), answers=answers)
    return Visit.objects.get(pk=made.pk)


@pytest.mark.parametrize(
    ("kind", "told", "not_told"),
    [
        ("record", ["校园秩序良好", "未建立作业校内公示制度", "推门听课记录表", "板书清楚"], []),
        ("observation", ["推门听课记录表", "数学", "板书清楚", "得分情况"], ["希望减少检查"]),
        ("interview", ["访谈", "希望减少检查"], ["板书清楚"]),
    ],
)
def test_a_paper_tells_what_its_sheets_say(at, heard, signed_in, kind, told, not_told) -> None:
    client = signed_in(at.inspector)
    page = client.get(reverse("inspections:show", args=[heard.pk])).content.decode()
    address = reverse("inspections:draft", args=[heard.pk, kind])
    assert address in page
    answer = client.post(address)
    draft = Draft.objects.get()
    assert answer.url == reverse("documents:draft", args=[draft.pk])
    text = str(drafting.text_of(draft))
    assert [one for one in told if one not in text] == []
    assert [one for one in not_told if one in text] == []
    assert draft.figures[0][2] == reverse("inspections:show", args=[heard.pk])


def test_a_sheet_an_office_wrote_itself_becomes_the_paper_it_says(at, signed_in) -> None:
    ours = replace(
        current_version("class-observation").definition, key="own-lesson", title=Words(zh="我县听课表")
    )
    plain = replace(ours, key="own-other", paper="")
    visit = factories.visit(at)
    address = reverse("inspections:draft", args=[visit.pk, "observation"])
    for position, (definition, is_offered) in enumerate([(plain, False), (ours, True)], start=1):
        version = publish(definition, by=None, region=at.county)
        visit.sheets.create(id=uuid7(), position=position, version=version, answers={"merits": "板书清楚"})
        page = signed_in(at.inspector).get(reverse("inspections:show", args=[visit.pk])).content.decode()
        assert (address in page) is is_offered
    assert signed_in(at.inspector).post(address).status_code == 302


def test_a_lesson_on_a_sheet_of_before_the_property_is_still_told_by_its_key(db) -> None:
    before = replace(current_version("class-observation").definition, paper="")
    assert before.told_as == "observation"
    assert replace(before, key="own-lesson").told_as == ""


def test_a_paper_without_its_sheet_is_neither_offered_nor_made(at, signed_in) -> None:
    visit = factories.visit(at)
    assert len(sheets_of(visit)) == 1
    client = signed_in(at.officer)
    address = reverse("inspections:draft", args=[visit.pk, "observation"])
    assert address not in client.get(reverse("inspections:show", args=[visit.pk])).content.decode()
    refused = client.post(address)
    assert refused.status_code == 422
    assert "没有听课记录" in refused.content.decode()
    assert client.post(reverse("inspections:draft", args=[visit.pk, "nonsense"])).status_code == 404


def test_while_a_joint_visit_waits_for_sheets_nothing_is_drafted_and_the_page_says_for_whom(
    at, signed_in
) -> None:
    us = team(at)
    hand_in(us, us.lead)
    hand_in(us, us.members[0])
    visit = Visit.objects.get(unit=at.unit)
    address, client = reverse("inspections:draft", args=[visit.pk, "record"]), signed_in(us.lead)
    page = client.get(reverse("inspections:show", args=[visit.pk])).content.decode()
    assert address not in page
    assert reverse("findings:papers") not in page, "the problems are not all there"
    assert f"正在等待 {us.members[1].name} 的督导表" in page
    refused = client.post(address)
    assert refused.status_code == 422
    assert us.members[1].name in refused.content.decode()
    assert not Draft.objects.exists()
    hand_in(us, us.members[1])
    page = client.get(reverse("inspections:show", args=[visit.pk])).content.decode()
    assert address in page
    assert reverse("findings:papers") in page
    assert "的督导表，全部并入" not in page
    assert client.post(address).status_code == 302
    text = str(drafting.text_of(Draft.objects.get()))
    assert all(f"{who.name}看到的情况" in text for who in (us.lead, *us.members))


def test_who_no_longer_waits_drafts_with_what_there_is(at, signed_in) -> None:
    us = team(at)
    photo = together.photo_of(77)  # still on the lead's phone: the visit is not filed yet
    hand_in(us, us.lead, without="不等了", photos=[photo])
    visit = Visit.objects.get(unit=at.unit)
    assert visit.state == VisitState.RECEIVING
    assert signed_in(us.lead).post(reverse("inspections:draft", args=[visit.pk, "record"])).status_code == 302
