"""An office sets the values of its own level: from when, for whom, on what basis; what was, stays."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Forbidden, Invalid, StaleState
from dudao.people.models import User
from dudao.people.roles import Role
from dudao.places.models import Region
from dudao.rules import setting
from dudao.rules.kinds import Comparison, compared
from dudao.rules.models import Mark, Rule
from dudao.rules.queries import all_in_force, in_force
from tests import factories

KEY = "visit.per_month"
TODAY = clock.today()


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def set_to(region: Region, value: int, starts_on: date, by: User, key: str = KEY) -> Rule:
    return setting.set_rule(
        key, region, value, starts_on=starts_on, source="天教督〔2026〕5号", mark=Mark.SOURCE, by=by
    )


def value_on(region: Region, on: date) -> object:
    return in_force(KEY, region=region, on=on)


def test_a_county_s_value_holds_from_its_day_on_and_only_there(at) -> None:
    other = factories.region(parent=at.city)
    set_to(at.county, 2, in_days(10), at.officer)
    assert [value_on(at.county, in_days(9)), value_on(at.county, in_days(10))] == [1, 2]
    assert value_on(other, in_days(10)) == 1


def test_a_new_value_ends_the_one_before_and_changes_nothing_that_was(at) -> None:
    first = set_to(at.county, 2, TODAY, at.officer)
    second = set_to(at.county, 3, in_days(30), at.officer)
    first.refresh_from_db()
    assert (first.ends_on, first.value, second.version) == (in_days(29), 2, 2)
    assert [value_on(at.county, in_days(day)) for day in (-1, 0, 29, 30)] == [1, 2, 2, 3]


def test_a_value_put_between_two_others_ends_when_the_next_begins(at) -> None:
    set_to(at.county, 2, TODAY, at.officer)
    last = set_to(at.county, 4, in_days(60), at.officer)
    between = set_to(at.county, 3, in_days(30), at.officer)
    assert [value_on(at.county, in_days(day)) for day in (29, 30, 59, 60)] == [2, 3, 3, 4]
    last.refresh_from_db()
    setting.withdraw_rule(last, by=at.officer)
    between.refresh_from_db()
    assert between.ends_on is None
    setting.withdraw_rule(between, by=at.officer)
    assert value_on(at.county, in_days(90)) == 2


def test_what_holds_can_not_be_withdrawn_and_yesterday_can_not_be_set(at) -> None:
    row = set_to(at.county, 2, TODAY, at.officer)
    with pytest.raises(StaleState):
        setting.withdraw_rule(row, by=at.officer)
    with pytest.raises(Invalid):
        set_to(at.county, 3, in_days(-1), at.officer)
    with pytest.raises(Invalid):
        set_to(at.county, 3, TODAY, at.officer)
    assert value_on(at.county, TODAY) == 2


def test_a_pin_is_none_or_long_enough(at) -> None:
    for few in (1, 3):
        with pytest.raises(Invalid) as refused:
            set_to(at.county, few, TODAY, at.officer, key="field.pin")
        assert refused.value.details["field"] == "number"
    set_to(at.county, 4, TODAY, at.officer, key="field.pin")
    set_to(at.county, 0, in_days(1), at.officer, key="field.pin")
    held = [in_force("field.pin", region=at.county, on=in_days(day)) for day in (0, 1)]
    assert held == [4, 0]


def test_an_office_can_go_back_to_the_level_above(at) -> None:
    set_to(at.city, 2, TODAY, at.city_officer)
    row = set_to(at.county, 3, TODAY, at.officer)
    setting.end_rule(row, last_on=in_days(5), by=at.officer)
    assert [value_on(at.county, in_days(5)), value_on(at.county, in_days(6))] == [3, 2]


def test_nobody_sets_another_level_s_value(at) -> None:
    stranger = factories.place()
    for who in (at.city_officer, at.inspector, at.auditor, at.administrator, at.head, stranger.officer):
        with pytest.raises(Forbidden):
            set_to(at.county, 5, in_days(3), who)
    with pytest.raises(Forbidden):
        set_to(at.city, 5, in_days(3), at.officer)
    base = setting.base_of(KEY)
    with pytest.raises(Forbidden):
        setting.end_rule(base, last_on=in_days(3), by=at.city_officer)


def test_a_stale_page_changes_nothing(at) -> None:
    row = set_to(at.county, 2, TODAY, at.officer)
    set_to(at.county, 3, in_days(30), at.officer)
    with pytest.raises(DudaoError):
        setting.end_rule(row, last_on=in_days(3), by=at.officer)  # `row` still thinks it has no end
    assert value_on(at.county, in_days(4)) == 2


class OneAtATime(TestCase):
    """Whatever an office sets and withdraws, one value of its level holds on any day at most, and none is lost."""

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from(["set", "withdraw", "end"]), st.integers(0, 12)), max_size=12))
    def test_rows_of_a_level_never_overlap(self, acts: list[tuple[str, int]]) -> None:
        at = factories.place()
        for act, days in acts:
            rows = list(Rule.objects.filter(key=KEY, region=at.county).order_by("pk"))
            try:
                if act == "set":
                    set_to(at.county, days, in_days(days), at.officer)
                elif rows and act == "withdraw":
                    setting.withdraw_rule(rows[days % len(rows)], by=at.officer)
                elif rows:
                    setting.end_rule(rows[days % len(rows)], last_on=in_days(days), by=at.officer)
            except DudaoError:
                continue
        spans = sorted(Rule.objects.filter(key=KEY, region=at.county).values_list("starts_on", "ends_on"))
        for (_start, end), (start, _end) in pairwise(spans):
            assert end is not None
            assert end < start


@pytest.mark.parametrize(
    ("key", "own", "above", "found"),
    [
        (
            "finding.deadline.MINOR",
            {"days": 3, "unit": "working"},
            {"days": 5, "unit": "working"},
            "STRICTER",
        ),
        ("finding.deadline.MINOR", {"days": 7, "unit": "natural"}, {"days": 5, "unit": "natural"}, "LAXER"),
        (
            "finding.deadline.MINOR",
            {"days": 5, "unit": "natural"},
            {"days": 5, "unit": "working"},
            "STRICTER",
        ),
        ("finding.deadline.MINOR", {"days": 7, "unit": "natural"}, {"days": 5, "unit": "working"}, "OTHER"),
        ("finding.deadline.MINOR", {"days": 6, "unit": "working"}, {"days": 5, "unit": "natural"}, "LAXER"),
        (KEY, 2, 1, "STRICTER"),
        (KEY, 1, 2, "LAXER"),
        ("inspector.schools", 4, 5, "STRICTER"),
        ("homework.minutes.primary", {"minutes": 50}, {"minutes": 60}, "STRICTER"),
        ("finding.office_issues", ["MAJOR", "SERIOUS"], ["SERIOUS"], "STRICTER"),
        ("finding.office_issues", [], ["SERIOUS"], "LAXER"),
        ("finding.office_issues", ["MAJOR"], ["SERIOUS"], "OTHER"),
        ("term.autumn", {"starts": "08-31"}, {"starts": "09-01"}, "OTHER"),
        (KEY, 2, 2, "SAME"),
    ],
)
def test_a_value_is_stricter_or_laxer_than_the_level_above(key, own, above, found) -> None:
    assert compared(key, own, above) == Comparison(found)


def test_every_rule_that_is_shipped_has_a_kind_a_subject_and_a_form(at, signed_in) -> None:
    client = signed_in(at.officer)
    for one in all_in_force(region=at.county, on=TODAY):
        assert client.get(reverse("office:rule-set", args=[one.rule.key, at.county.code])).status_code == 200
        assert client.get(reverse("office:rule", args=[one.rule.key])).status_code == 200


def text(answer) -> str:
    return " ".join(
        BeautifulSoup(answer.content.decode(), "html.parser").select_one("main").get_text(" ").split()
    )


def test_an_officer_sets_reads_and_withdraws_on_the_pages(at, signed_in) -> None:
    client = signed_in(at.officer)
    address = reverse("office:rule-set", args=["finding.deadline.MINOR", at.county.code])
    data = {
        "days": 3,
        "unit": "working",
        "starts_on": str(in_days(5)),
        "source": "天教督〔2026〕5号",
        "mark": "SOURCE",
    }
    assert client.post(address, data | {"days": "三"}).status_code == 422
    assert "请填写不大于 3650 的数。" in text(client.post(address, data | {"days": "99999"}))
    assert client.post(address, data).status_code == 302
    question = {"region": at.county.code, "on": str(in_days(5))}
    page = text(client.get(reverse("office:rules"), question))
    assert "3 个工作日 严于上级 上级：5 个工作日" in page
    assert "天教督〔2026〕5号" in page
    before = text(client.get(reverse("office:rules"), question | {"on": str(TODAY)}))
    assert "严于上级" not in before
    one = text(client.get(reverse("office:rule", args=["finding.deadline.MINOR"]), question))
    assert "尚未生效" in one
    assert f"设定规则 一般问题整改期限（{at.county.name}）" in one
    row = Rule.objects.get(key="finding.deadline.MINOR", region=at.county)
    assert client.post(reverse("office:rule-withdraw", args=[row.pk])).status_code == 302
    assert not Rule.objects.filter(region=at.county).exists()
    kinds = list(
        Event.objects.filter(region_path=at.county.path).order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == ["rule.set", "rule.withdraw"]


def test_a_value_of_another_county_is_not_shown(at, signed_in) -> None:
    stranger = factories.place()
    set_to(stranger.county, 7, TODAY, stranger.officer)
    page = signed_in(at.officer).get(reverse("office:rule", args=[KEY]), {"region": stranger.county.code})
    assert stranger.county.name not in text(page)
    assert "无法识别" in text(page)


def test_an_inspector_reads_the_rules_of_the_own_schools_county(at, signed_in) -> None:
    set_to(at.county, 2, TODAY, at.officer)
    assert f"2 严于上级 上级：1 {at.county.name}" in text(
        signed_in(at.inspector).get(reverse("office:rules"))
    )


def test_the_rules_of_a_day_can_be_taken_along_in_excel(at, signed_in) -> None:
    answer = signed_in(at.auditor).get(reverse("office:rules"), {"export": "xlsx"})
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize("query", [{"on": "2026-99-99"}, {"region": "\x00"}, {"on": "x", "region": "000000"}])
def test_an_address_that_makes_no_sense_is_told(at, signed_in, query) -> None:
    assert "无法识别" in text(signed_in(at.officer).get(reverse("office:rules"), query))


def test_a_county_officer_may_have_grants_at_two_levels(at) -> None:
    factories.Grant.objects.create(
        user=at.officer, role=Role.CITY_OFFICE, region=at.city, starts_on=factories.SINCE
    )
    user = User.objects.get(pk=at.officer.pk)
    set_to(at.city, 2, TODAY, user)
    set_to(at.county, 3, TODAY, user)
    assert value_on(at.county, TODAY) == 3
