"""Instruments: what is relevant, missing, raised; and that a published version stays."""

import msgspec
import pytest

from dudao.instruments import services
from dudao.instruments.definitions import BadDefinition, Definition, check, content_hash, with_trees
from dudao.instruments.models import Version
from dudao.instruments.queries import current_versions
from dudao.instruments.sheets import Fault, asked, faults, raised, relevant_answers


@pytest.fixture
def double_reduction(db) -> Definition:
    return next(v.definition for v in current_versions() if v.definition.key == "double-reduction-school")


def changed(definition: Definition, **changes) -> Definition:
    plain = msgspec.to_builtins(definition) | changes
    return msgspec.convert(plain, Definition)


def item(key: str, **more) -> dict:
    return {"key": key, "type": "yes_no", "label": {"zh": key, "en": key}} | more


RULE = {
    "key": "r", "when": ". = 'no'", "category": "C", "severity": "MINOR",
    "wording": {}, "requirement": {}, "basis": {},
}  # fmt: skip


def choices(*keys: str) -> list[dict]:
    return [{"key": key, "label": {"zh": key, "en": key}} for key in keys]


def matrix(key: str, **more) -> dict:
    return item(key, type="matrix", rows=choices("desk", "lamp"), choices=choices("good", "bad")) | more


def repeat(key: str, *items: dict, **more) -> dict:
    return item(key, type="repeat", entry={"zh": "班级", "en": "class"}, items=list(items)) | more


def section(key: str, *items: dict, **more) -> dict:
    return {"key": key, "title": {"zh": key, "en": key}, "items": list(items)} | more


def of(*sections: dict) -> Definition:
    return msgspec.convert(
        {"key": "t", "title": {"zh": "x", "en": "x"}, "sections": list(sections)}, Definition
    )


def made(*items: dict) -> Definition:
    return of(section("s", *items))


def test_the_double_reduction_check_has_25_items_with_legal_basis_in_both_languages(double_reduction) -> None:
    based = [item for _section, item in double_reduction.items() if item.basis]
    assert len(based) >= 25
    for one in based:
        assert one.basis.text.zh
        assert one.basis.text.en
        assert one.basis.rule
    for section, one in double_reduction.items():
        for words in (
            section.title,
            one.label,
            *(w for r in one.findings for w in (r.wording, r.requirement, r.basis)),
        ):
            assert words.zh
            assert words.en


def test_homework_of_65_minutes_in_grade_4_raises_a_problem_and_60_does_not(double_reduction) -> None:
    over = raised(double_reduction, {"stage": "primary", "hw_g36_minutes": 65})
    assert [(one.item.key, one.rule.severity) for one in over] == [("hw_g36_minutes", "MAJOR")]
    assert raised(double_reduction, {"stage": "primary", "hw_g36_minutes": 60}) == []


def test_junior_homework_is_not_asked_of_a_primary_school(double_reduction) -> None:
    assert raised(double_reduction, {"stage": "primary", "hw_g79_minutes": 200}) == []
    assert Fault("hw_g79_minutes", "required") not in faults(double_reduction, {"stage": "primary"}, {})
    assert Fault("hw_g79_minutes", "required") in faults(double_reduction, {"stage": "junior"}, {})


def test_not_applicable_needs_a_reason(double_reduction) -> None:
    answers = {"stage": "primary", "as_offered": "na"}
    assert Fault("as_offered", "reason-missing") in faults(double_reduction, answers, {})
    assert Fault("as_offered", "reason-missing") not in faults(
        double_reduction, answers, {"as_offered": "教学点豁免"}
    )


def test_wrong_kinds_and_unknown_items_are_named(double_reduction) -> None:
    found = faults(double_reduction, {"stage": "moon", "hw_g36_minutes": "many", "bogus": 1}, {})
    assert Fault("stage", "wrong-kind") in found
    assert Fault("bogus", "unknown-item") in found


@pytest.mark.parametrize(
    "items",
    [
        [item("a"), item("a")],
        [item("a", relevant="${b} = 'yes'")],
        [item("a", relevant="${b} = 'yes'"), item("b", relevant="${a} = 'yes'")],
        [item("a", type="single")],
        [matrix("a", choices=[])],
        [matrix("a", rows=[])],
        [matrix("a", rows=choices("desk", "desk"))],
        [item("a", na=True)],
        [item("a", items=[item("b")])],
        [repeat("a")],
        [repeat("a", item("b"), entry={})],
        [repeat("a", item("b")), item("b")],
        [repeat("a", item("b", type="photo"))],
        [repeat("a", repeat("b", item("c")))],
        [repeat("a", item("b", findings=[RULE]))],
        [repeat("a", item("b", relevant="${c} = 'yes'"))],
        [repeat("a", item("b")), item("c", relevant="${b} = 'x'", type="text"), item("d", relevant="${e} = 1")],
        [item("c", relevant="count(${b}) > 0"), repeat("a", item("b", relevant="${c} = 'yes'"))],
    ],
    ids=[
        "double key", "unknown reference", "circle", "no choices", "matrix without choices", "matrix without rows",
        "double row", "na of a question", "items of a question", "repeat without items", "nameless entry",
        "double key within", "photo within", "repeat within", "problem within", "unknown reference within",
        "unknown reference beside", "circle through a repeat",
    ],
)  # fmt: skip
def test_a_definition_that_contradicts_itself_is_refused(items) -> None:
    with pytest.raises(BadDefinition):
        check(made(*items))


@pytest.mark.parametrize(
    "sections",
    [
        [section("s", item("a"), parent="t"), section("t", item("b"))],
        [section("s", item("a"), parent="s")],
        [section("s", item("a")), section("s", item("b"))],
        [section("s", item("a"), weight=0)],
        [section("s"), section("t", item("a"))],
        [section("s", relevant="${a} = 'yes'"), section("t", item("a"), parent="s")],
    ],
    ids=["parent behind", "own parent", "double key", "no weight", "empty", "circle through a parent"],
)
def test_sections_that_contradict_each_other_are_refused(sections) -> None:
    with pytest.raises(BadDefinition):
        check(of(*sections))


def test_sections_stand_in_a_tree_and_items_of_a_repeat_speak_to_those_outside() -> None:
    check(
        of(
            section("a", weight=2),
            section("b", parent="a"),
            section("c", matrix("m"), item("v", type="video", photos={"max": 1}), parent="b"),
            section(
                "d",
                repeat("classes", item("size", type="integer"), item("full", relevant="${size} > 45"), max=3),
                item("total", type="integer", suggested="sum(${size})", relevant="count(${classes}) > 1"),
                parent="a",
            ),
            section("e", item("mark", type="score", max=5, na=True)),
        )
    )


def test_items_of_a_repeat_are_asked_once_for_each_entry_where_they_apply() -> None:
    sheet = of(
        section(
            "a",
            repeat("classes", item("size", type="integer"), item("full", relevant="${size} > 45"), max=3),
            item("total", type="integer", relevant="count(${classes}) > 1"),
        )
    )
    none, two = {}, {"classes": [{"size": 50}, {"size": 30}]}
    assert asked(sheet, relevant_answers(sheet, none)) == 1
    assert asked(sheet, relevant_answers(sheet, two)) == 2 + 1 + 1


def test_publishing_the_same_content_again_is_the_same_version(double_reduction) -> None:
    before = Version.objects.count()
    assert services.publish(double_reduction, by=None).hash == content_hash(double_reduction)
    assert Version.objects.count() == before


def test_a_changed_instrument_is_a_new_version_beside_the_old(double_reduction) -> None:
    new = services.publish(changed(double_reduction, title={"zh": "新版", "en": "New"}), by=None)
    assert new.number == 2
    assert Version.objects.get(hash=content_hash(double_reduction)).definition == double_reduction


def test_the_phone_gets_every_expression_compiled(double_reduction) -> None:
    plain = with_trees(double_reduction)
    minutes = next(i for s in plain["sections"] for i in s["items"] if i["key"] == "hw_g36_minutes")
    assert minutes["findings"][0]["when_tree"] == [">", ["ref", "hw_g36_minutes"], ["lit", 60]]
    assert "constraint_tree" not in minutes
