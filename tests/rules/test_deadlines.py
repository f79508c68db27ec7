"""The time to rectify by severity and kind of problem: which value decides, an office setting it, the phone agreeing."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.field import bundle
from dudao.findings import asking
from dudao.findings.models import Finding
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.workdays import DayUnit
from dudao.people.models import Assignment, User
from dudao.places.models import Region
from dudao.rules import setting
from dudao.rules.deadlines import ProblemKind, deadlines, time_to_rectify
from dudao.rules.models import Mark, Rule
from dudao.rules.queries import Limit
from tests import factories
from tests.findings.walking import received, seen

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "limits.json").read_text("utf-8"))
TODAY = clock.today()
FORM = {"unit": "working", "source": "天教督〔2026〕8号", "mark": "SOURCE"}


def set_to(
    region: Region, by: User, value: dict[str, Any], *kind: str, on: date = TODAY, source: str = "文件"
) -> Rule:
    return setting.set_rule(
        ProblemKind(*kind).key, region, value, starts_on=on, source=source, mark=Mark.SOURCE, by=by
    )


def days(count: int, unit: str = "working") -> dict[str, Any]:
    return {"days": count, "unit": unit}


def holds(region: Region, *kind: str, on: date = TODAY) -> int:
    severity, category = kind
    found = time_to_rectify(severity, category, region=region, on=on)
    assert deadlines(region=region, on=on).limit(severity, category) == found
    return found.days


def test_the_kind_goes_before_the_severity_and_near_before_far(at) -> None:
    other = factories.region(parent=at.city)
    set_to(at.city, at.city_officer, days(4), "MINOR", "CANTEEN")
    set_to(at.county, at.officer, days(7), "MINOR")
    assert [holds(at.county, "MINOR", "CANTEEN"), holds(at.county, "MINOR", "OTHER")] == [4, 7]
    set_to(at.county, at.officer, days(2), "MINOR", "CANTEEN")
    assert [holds(at.county, "MINOR", "CANTEEN"), holds(other, "MINOR", "CANTEEN")] == [2, 4]
    assert [holds(other, "MINOR", "OTHER"), holds(at.county, "MAJOR", "CANTEEN")] == [5, 15]


def test_a_value_holds_from_its_day_and_can_be_given_back(at) -> None:
    later = TODAY + timedelta(days=9)
    row = set_to(at.county, at.officer, days(2), "MINOR", "CANTEEN", on=later)
    assert [holds(at.county, "MINOR", "CANTEEN", on=later + timedelta(days=n)) for n in (-1, 0)] == [5, 2]
    setting.withdraw_rule(row, by=at.officer)
    assert holds(at.county, "MINOR", "CANTEEN", on=later) == 5
    row = set_to(at.county, at.officer, days(2), "MINOR", "CANTEEN")
    setting.end_rule(row, last_on=TODAY, by=at.officer)
    assert holds(at.county, "MINOR", "CANTEEN", on=TODAY + timedelta(days=1)) == 5


def test_a_kind_that_is_none_is_refused(at) -> None:
    with pytest.raises(Rule.DoesNotExist):
        set_to(at.county, at.officer, days(2), "HARMLESS", "CANTEEN")


def test_a_school_of_another_county_brings_its_own(at) -> None:
    other = factories.unit(of=factories.region(parent=at.city))
    Assignment.objects.create(inspector=at.inspector, unit=other, starts_on=factories.SINCE)
    set_to(at.county, at.officer, days(2), "MINOR", "CANTEEN")
    sent = bundle.of(at.inspector)
    own = {str(one["id"]): one.get("severities", sent["severities"]) for one in sent["units"]}
    minor = {key: next(one for one in rows if one["key"] == "MINOR")["kinds"] for key, rows in own.items()}
    assert {frozenset(kinds) for kinds in minor.values()} == {frozenset({"CANTEEN"}), frozenset()}
    assert list(minor[str(at.unit.pk)]) == ["CANTEEN"]


def test_phone_and_server_agree(at) -> None:
    for one in VECTORS["set"]:
        set_to(at.county, at.officer, one["value"], one["severity"], one["category"])
    assert bundle.of(at.inspector)["severities"] == VECTORS["severities"]
    for one in VECTORS["cases"]:
        limit = one["limit"]
        assert time_to_rectify(one["severity"], one["category"], region=at.county, on=TODAY) == Limit(
            limit["days"], DayUnit(limit["day_unit"])
        )


def test_a_problem_put_right_in_its_weight_takes_the_time_of_its_kind(at) -> None:
    set_to(at.county, at.officer, days(8), "MAJOR", "CANTEEN")
    finding = received(at, severity="MINOR", category="CANTEEN")
    asking.object_to(finding, by=at.head, seen=seen(finding), text="不属实")
    finding = Finding.objects.select_related("unit__region").get(pk=finding.pk)
    asking.amend(
        finding, by=at.officer, seen=seen(finding), reason="从重", wording=finding.wording, severity="MAJOR",
        requirement=finding.requirement,
    )  # fmt: skip
    assert Finding.objects.get(pk=finding.pk).days == 8


def text(answer: Any) -> str:
    return " ".join(
        BeautifulSoup(answer.content.decode(), "html.parser").select_one("main").get_text(" ").split()
    )


def row_of(answer: Any, category: str) -> list[str]:
    """The cells that hold for one category, from left to right."""
    for row in BeautifulSoup(answer.content.decode(), "html.parser").select("tbody tr"):
        names = [*row.select_one("th").stripped_strings]
        if category in (names[0], *names[-1].split("、")):
            return [" ".join(cell.get_text(" ").split()) for cell in row.select("td")]
    raise AssertionError(category)


def test_an_officer_sets_one_kind_and_reads_it_in_the_table(at, signed_in) -> None:
    client = signed_in(at.officer)
    address = reverse("office:deadline-set", args=[at.county.code])
    later = TODAY + timedelta(days=5)
    typed = FORM | {"severity": "SERIOUS", "category": "CANTEEN", "days": "x", "starts_on": str(later)}
    refused = client.post(f"{address}?category=SAFETY", typed)
    assert refused.status_code == 422
    assert "天教督〔2026〕8号" in refused.content.decode()
    assert client.post(f"{address}?category=SAFETY", typed | {"days": 4}).status_code == 302
    assert client.post(address, typed | {"days": 6}).status_code == 422, "one value a day"
    table = reverse("office:deadlines")
    then = {"region": at.county.code, "on": str(later)}
    assert row_of(client.get(table, then), "食堂卫生")[:4] == [
        "5 个工作日", "15 个工作日", f"4 个工作日 {at.county.name}", "3 日",
    ]  # fmt: skip
    now = client.get(table, {"region": at.county.code})
    assert row_of(now, "食堂卫生")[2] == "10 个工作日 全国"
    assert f"严重问题整改期限 · 食堂卫生 ： 4 个工作日 {at.county.name}" in text(now)
    assert f"设定规则 严重问题整改期限 · 食堂卫生（{at.county.name}）：4 个工作日" in text(now)
    one = text(client.get(reverse("office:rule", args=["finding.deadline.SERIOUS.CANTEEN"]), then))
    assert "严重问题整改期限 · 食堂卫生" in one
    assert "尚未生效" in one
    rules = text(client.get(reverse("office:rules"), then))
    assert "严重问题整改期限 · 食堂卫生" in rules
    row = Rule.objects.get(region=at.county)
    client.post(reverse("office:rule-withdraw", args=[row.pk]))
    assert row_of(client.get(table, then), "食堂卫生")[2] == "10 个工作日 全国"


def test_the_history_of_one_kind_is_not_that_of_another(at, signed_in) -> None:
    set_to(at.county, at.officer, days(2), "MINOR", "CANTEEN", source="甲号文件")
    set_to(at.county, at.officer, days(3), "MINOR", "SAFETY", source="乙号文件")
    client = signed_in(at.officer)

    def steps(key: str) -> int:
        page = client.get(reverse("office:rule", args=[key])).content.decode()
        return len(BeautifulSoup(page, "html.parser").select(".timeline-plain li"))

    kinds = [ProblemKind("MINOR", category).key for category in ("CANTEEN", "SAFETY", "")]
    assert [steps(key) for key in kinds] == [1, 1, 2]
    assert Event.objects.filter(kind="rule.set").count() == 2


def test_an_address_that_names_no_kind_is_not_found(at, signed_in) -> None:
    client = signed_in(at.officer)
    address = reverse("office:deadline-set", args=[at.county.code])
    assert client.get(address, {"category": "CANTEEN", "severity": "MAJOR"}).status_code == 200
    for query in ({"category": "NONE"}, {"severity": "NONE"}):
        assert client.get(address, query).status_code == 404
    assert client.post(address, FORM | {"severity": "NONE", "days": 3}).status_code == 422
