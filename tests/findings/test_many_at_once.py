"""What a visit with many problems costs, and how long others wait for a number."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dudao.documents import services as documents
from dudao.findings import issuing, services
from dudao.findings.models import Finding
from dudao.journal.models import Event
from tests import factories


def raised(at: factories.Place, count: int) -> CaptureQueriesContext:
    """A visit with so many problems, as it arrives."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        factories.visit(at, filed=False, findings=[factories.problem() for _ in range(count)])
    return asked


def test_six_problems_are_written_down_by_as_many_statements_as_two(at: factories.Place) -> None:
    raised(at, 1)  # the first of the year begins the series
    assert len(raised(at, 6)) == len(raised(at, 2))


def test_problems_of_a_visit_are_numbered_in_their_order_and_each_is_told(at: factories.Place) -> None:
    raised(at, 1)
    factories.visit(at, filed=False, findings=[factories.problem(wording=f"第{n}个") for n in range(3)])
    found = Finding.objects.exclude(wording="x").order_by("number")
    assert [int(one.number[-4:]) for one in found] == [1, 2, 3, 4]
    assert [one.wording for one in found][1:] == ["第0个", "第1个", "第2个"]
    told = Event.objects.filter(kind="finding.record").order_by("pk")
    assert [event.object_id for event in told] == [str(one.pk) for one in found]
    assert {(event.region_path, event.unit_id) for event in told} == {(at.unit.region.path, str(at.unit.pk))}


def test_danger_goes_before_what_the_office_reviews(
    at: factories.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = {"finding.danger": ["DANGER"], "finding.office_issues": ["DANGER", "SERIOUS"]}
    monkeypatch.setattr(services.Rules, "value", lambda _self, key, **_asked: rules[key])
    usual = [services.usual_handling(one, at.unit.region) for one in ("DANGER", "SERIOUS", "MINOR")]
    assert usual == ["DANGER", "SERIOUS", "ORDINARY"]


def test_papers_are_written_before_a_number_is_taken(
    at: factories.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The series stays locked until the visit is filed: whoever else files in this county waits."""
    done: list[str] = []

    def noted(where: Any, name: str) -> None:
        work = getattr(where, name)
        monkeypatch.setattr(
            where, name, lambda *values, **named: (done.append(name), work(*values, **named))[1]
        )

    noted(issuing, "report")
    noted(issuing, "finding_list")
    noted(documents, "allot")
    factories.finding(at)
    assert done == ["report", "finding_list", "allot", "allot"]
