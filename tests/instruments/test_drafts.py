"""An office writes its own instruments: begins, saves, is told what is missing, publishes, revises, compares, retires."""

import json
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from dudao.field import bundle
from dudao.instruments import drafts
from dudao.instruments.compare import changes
from dudao.instruments.definitions import Choice, Definition, FindingRule, Item, Section, Words
from dudao.instruments.models import Draft, Instrument, Version
from dudao.instruments.queries import current_version, current_versions
from dudao.instruments.sentences import Speaker
from dudao.instruments.services import publish
from dudao.journal.models import Event
from dudao.kernel.errors import Forbidden
from dudao.people.roles import Role
from tests import factories


def begun(client: Client, *, source: str = "", title: str = "食堂专项检查表") -> Draft:
    level = client.get(reverse("instruments:new")).context["form"].fields["level"].choices[0][0]
    answer = client.post(reverse("instruments:new"), {"title": title, "level": level, "source": source})
    assert answer.status_code == 302, answer.context["form"].errors
    return Draft.objects.get(pk=answer.url.strip("/").split("/")[-1])


def save(client: Client, draft: Draft, content: dict[str, Any], *, revision: int) -> Any:
    body = json.dumps({"revision": revision, "content": content})
    return client.post(
        reverse("instruments:draft-save", args=[draft.pk]), body, content_type="application/json"
    )


def written(draft: Draft, **item: Any) -> dict[str, Any]:
    """The draft's content with one question in its first section."""
    content = json.loads(json.dumps(draft.content))
    content["sections"][0]["items"] = [
        {"key": "q1", "type": "yes_no", "label": {"zh": "食堂是否公示菜谱"}, "required": True} | item
    ]
    return content


def publish_page(client: Client, draft: Draft, revision: int) -> Any:
    return client.post(
        reverse("instruments:draft-publish", args=[draft.pk]), {"revision": revision}, follow=True
    )


def test_an_office_writes_a_checklist_and_its_inspectors_have_it_on_their_phones(at, signed_in) -> None:
    elsewhere = factories.place()
    office = signed_in(at.officer)
    draft = begun(office)
    state = save(office, draft, written(draft), revision=1).json()
    assert (state["revision"], state["flaws"]) == (2, [])
    page = publish_page(office, draft, 2)
    assert "已发布第 1 版" in page.content.decode()
    assert not Draft.objects.exists()
    names = {one["name"]["zh"] for one in bundle.of(at.inspector)["instruments"]}
    assert "食堂专项检查表" in names
    assert "食堂专项检查表" not in {
        one["name"]["zh"] for one in bundle.of(elsewhere.inspector)["instruments"]
    }
    assert "食堂专项检查表" in signed_in(at.inspector).get(reverse("instruments:list")).content.decode()
    assert (
        "食堂专项检查表" not in signed_in(elsewhere.officer).get(reverse("instruments:list")).content.decode()
    )
    version = Version.objects.get(instrument__region=at.county)
    assert (
        signed_in(elsewhere.officer).get(reverse("instruments:show", args=[version.hash])).status_code == 404
    )


def test_what_a_city_publishes_its_counties_use_and_what_a_county_publishes_its_city_sees(
    at, signed_in
) -> None:
    of_city = publish(msgspec.structs.replace(example(), key="city-one"), by=None, region=at.city)
    of_county = publish(msgspec.structs.replace(example(), key="county-one"), by=None, region=at.county)
    assert {of_city, of_county} <= set(current_versions(at.county))
    assert of_county not in current_versions(at.city)
    assert of_county.hash in signed_in(at.city_officer).get(reverse("instruments:list")).content.decode()


def test_the_draft_says_what_is_missing_and_is_not_published_before(at, signed_in) -> None:
    office = signed_in(at.officer)
    draft = begun(office)
    content = written(
        draft, type="single", label={"zh": ""}, relevant="${gone} = 'yes'", constraint="${q1} = = 2"
    )
    flaws = save(office, draft, content, revision=1).json()["flaws"]
    assert {(flaw["item"], flaw["field"]) for flaw in flaws} == {
        ("q1", "choices"), ("q1", "relevant"), ("q1", "constraint"), ("q1", "label"),
    }  # fmt: skip
    page = publish_page(office, draft, 2).content.decode()
    assert "引用了不存在的题目：gone" in page
    assert Draft.objects.get().revision == 2, "nothing is lost"
    assert not Instrument.objects.filter(region=at.county).exists()


def test_conditions_that_wait_for_each_other_are_pointed_out_at_each(at, signed_in) -> None:
    office = signed_in(at.officer)
    draft = begun(office)
    content = written(draft, relevant="${q2} = 'yes'")
    content["sections"][0]["items"].append(
        {"key": "q2", "type": "yes_no", "label": {"zh": "二"}, "relevant": "${q1} = 'yes'"}
    )
    flaws = save(office, draft, content, revision=1).json()["flaws"]
    assert {(flaw["item"], flaw["field"]) for flaw in flaws} == {("q1", "relevant"), ("q2", "relevant")}


def test_of_two_authors_the_second_is_shown_what_the_first_changed_and_nothing_is_overwritten(
    at, signed_in
) -> None:
    colleague = factories.person(Role.COUNTY_OFFICE, of=at.county)
    office = signed_in(at.officer)
    draft = begun(office)
    save(office, draft, written(draft), revision=1)
    theirs = written(draft, label={"zh": "食堂是否公示一周菜谱"})
    assert save(signed_in(colleague), draft, theirs, revision=2).status_code == 200
    answer = save(signed_in(at.officer), draft, written(draft, hint={"zh": "看公示栏"}), revision=2)
    assert answer.status_code == 409
    details = answer.json()["details"]
    assert details["by"] == str(colleague)
    told = {(change["field"], change["after"]) for change in details["changes"]}
    assert told == {("题目", "食堂是否公示一周菜谱"), ("说明", "")}
    assert Draft.objects.get().content["sections"][0]["items"][0]["label"]["zh"] == "食堂是否公示一周菜谱"
    mine = save(signed_in(at.officer), draft, written(draft), revision=details["revision"])
    assert mine.status_code == 200, "having seen it, one may overwrite it"


def test_content_of_no_shape_is_refused_in_words_and_the_draft_stays(at, signed_in) -> None:
    office = signed_in(at.officer)
    draft = begun(office)
    answer = save(office, draft, written(draft, type="riddle"), revision=1)
    assert answer.status_code == 422
    assert "格式不对" in answer.json()["message"]
    assert Draft.objects.get().revision == 1


def test_a_revision_is_the_next_version_and_the_difference_can_be_read(at, signed_in) -> None:
    office = signed_in(at.officer)
    draft = begun(office)
    save(office, draft, written(draft), revision=1)
    publish_page(office, draft, 2)
    first = Version.objects.get(instrument__region=at.county)
    office.post(reverse("instruments:revise", args=[first.hash]))
    second_draft = Draft.objects.get()
    again = office.post(reverse("instruments:revise", args=[first.hash]))
    assert str(second_draft.pk) in again.url, "one draft an instrument"
    opened = written(second_draft, hint={"zh": "", "en": ""}, photos={})
    save(office, second_draft, opened, revision=1)
    page = publish_page(office, second_draft, 2).content.decode()
    assert "完全相同" in page, "a field opened and left empty changes nothing"
    content = written(second_draft, label={"zh": "食堂是否公示带量菜谱"})
    save(office, second_draft, content, revision=2)
    publish_page(office, second_draft, 3)
    second = current_version(first.definition.key)
    assert second.number == 2
    shown = office.get(reverse("instruments:compare", args=[second.hash, first.hash])).content.decode()
    assert "食堂是否公示菜谱" in shown
    assert "食堂是否公示带量菜谱" in shown


def test_the_library_is_copied_and_never_changed_and_an_own_instrument_is_retired_and_resumed(
    at, signed_in
) -> None:
    office = signed_in(at.officer)
    library = current_version("canteen-food")
    assert office.post(reverse("instruments:revise", args=[library.hash])).status_code == 403
    draft = begun(office, source=library.hash)
    assert draft.definition.sections == library.definition.sections
    assert draft.definition.key != library.definition.key
    publish_page(office, draft, 1)
    own = Version.objects.get(instrument__region=at.county)
    office.post(reverse("instruments:retire", args=[own.hash]))
    assert own not in current_versions(at.county)
    assert "已停用" in office.get(reverse("instruments:list")).content.decode()
    office.post(reverse("instruments:retire", args=[own.hash]), {"resume": "1"})
    assert own in current_versions(at.county)
    kinds = list(
        Event.objects.filter(kind__startswith="instrument.").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds[-4:] == ["instrument.draft", "instrument.publish", "instrument.retire", "instrument.resume"]


def test_a_draft_thrown_away_stands_in_the_journal(at, signed_in) -> None:
    office = signed_in(at.officer)
    draft = begun(office)
    office.post(reverse("instruments:draft-discard", args=[draft.pk]))
    assert not Draft.objects.exists()
    assert Event.objects.get(kind="instrument.discard").before["content"]["title"]["zh"] == "食堂专项检查表"


def test_nobody_writes_for_another_level(at) -> None:
    with pytest.raises(Forbidden):
        drafts.create(drafts.blank(at.city), region=at.city, by=at.officer)


def example() -> Definition:
    yes = FindingRule("p1", "${a} = 'no'", "HOMEWORK", "MINOR", Words("问题"), Words(), Words())
    items = [
        Item("a", "yes_no", Words("是否公示", "Published?"), findings=[yes]),
        Item("b", "single", Words("学段", "Stage"), choices=[Choice("p", Words("小学", "Primary")), Choice("j", Words("初中", "Junior"))]),
        Item("c", "integer", Words("人数", "People")),
        Item("d", "multiple", Words("原因", "Why"), choices=[Choice("x", Words("设施", "Rooms"))]),
    ]  # fmt: skip
    return Definition("example", Words("例表", "Example"), [Section("s1", Words("一", "One"), items)])


@pytest.mark.parametrize(
    ("text", "own", "zh", "en"),
    [
        ("${a} = 'no'", "", "“是否公示”是“否”", "“Published?” is “No”"),
        ("${b} != 'j'", "", "“学段”不是“初中”", "“Stage” is not “Junior”"),
        ("selected(${d}, 'x') and ${c} > 3", "", "“原因”选了“设施”，并且“人数”大于3", "“Why” includes “Rooms”, and “People” is more than 3"),
        (". >= 0 and (. < 10 or ${a} = '')", "c", "本题答案不少于0，并且（本题答案小于10，或者“是否公示”没有填写）", "this answer is at least 0, and (this answer is less than 10, or “Published?” is not answered)"),
        ("not(selected(${d}, 'x'))", "", "“原因”没有选“设施”", "“Why” does not include “Rooms”"),
        ("count(${d}) >= 2", "", "“原因”的个数不少于2", "the number of “Why” is at least 2"),
        ("if(${c} > 5, 'p', 'j')", "b", "若“人数”大于5则为“小学”，否则为“初中”", "“Primary” if “People” is more than 5, else “Junior”"),
    ],
)  # fmt: skip
def test_a_condition_reads_as_a_sentence(text, own, zh, en) -> None:
    definition = example()
    item = next((one for _s, one in definition.items() if one.key == own), None)
    with override("zh-hans"):
        assert Speaker(definition).sentence(text, item) == zh
    with override("en"):
        assert Speaker(definition).sentence(text, item) == en


def test_what_was_moved_is_told_by_the_fewest_moves() -> None:
    before = example()
    section = before.sections[0]
    a, b, c, d = section.items
    after = msgspec.structs.replace(before, sections=[msgspec.structs.replace(section, items=[d, a, b, c])])
    assert [(change.kind, change.what) for change in changes(before, after)] == [("MOVED", "原因")]
    assert changes(before, before) == []
    without = msgspec.structs.replace(before, sections=[msgspec.structs.replace(section, items=[a, b, d])])
    assert [(change.kind, change.what) for change in changes(before, without)] == [("REMOVED", "人数")]
    assert [(change.kind, change.what) for change in changes(without, before)] == [("ADDED", "人数")]


def test_a_visit_begun_before_a_new_version_arrives_with_the_one_it_began_with(at, signed_in) -> None:
    own = publish(msgspec.structs.replace(example(), key="own-visits"), by=None, region=at.county)
    begun_with = factories.sheet(at, instrument=own.hash, answers={"a": "yes"}, findings=[])
    office = signed_in(at.officer)
    office.post(reverse("instruments:revise", args=[own.hash]))
    draft = Draft.objects.get()
    content = json.loads(json.dumps(draft.content))
    del content["sections"][0]["items"][0]
    save(office, draft, content, revision=1)
    publish_page(office, draft, 2)
    office.post(reverse("instruments:retire", args=[current_version("own-visits").hash]))
    visit = factories.visit(at, **begun_with)
    assert [sheet.version.number for sheet in visit.sheets.all()] == [1]
    page = signed_in(at.officer).get(reverse("inspections:show", args=[visit.pk])).content.decode()
    assert "是否公示" in page, "the question it answered stands on its page although the new version lacks it"
