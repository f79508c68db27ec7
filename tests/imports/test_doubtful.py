"""A row that is hardly meant as it stands waits for the person's word."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.imports import running
from dudao.imports.models import Import
from dudao.journal.models import Event
from dudao.kernel.told import said
from dudao.places.models import Unit
from tests.imports.sheets import book, confirm, school


@pytest.fixture
def swapped(at, bring) -> Import:
    """A corrected list in which one row carries another school's code, and one is a true change of name."""
    confirm(
        bring(
            book(
                [
                    school("43021101", "泰山学校"),
                    school("43021102", "春晓小学"),
                    school("43021103", "文华中学"),
                ]
            )
        )
    )
    return bring(
        book(
            [
                school("43021101", "春晓小学"),
                school("43021102", "泰山学校"),
                school("43021103", "文华实验中学"),
            ]
        )
    )


def test_a_row_with_another_school_s_code_is_doubtful_and_not_applied(at, swapped) -> None:
    assert running.counts(swapped) == {"WRONG": 0, "DOUBTFUL": 2, "NEW": 0, "CHANGED": 1, "SAME": 0}
    row = swapped.rows.get(number=2)
    assert said(row.faults[0]["wrong"]) == "代码与名称指向不同学校"
    assert "“春晓小学”的代码是 43021102" in said(row.faults[0]["right"])
    assert row.changes == {"name": ["泰山学校", "春晓小学"]}
    confirm(swapped)
    names = dict(Unit.objects.filter(code__startswith="430211").values_list("code", "name"))
    assert names["43021101"] == "泰山学校"
    assert names["43021103"] == "文华实验中学"


def test_who_stands_by_a_doubtful_row_has_it_applied(at, swapped, signed_in) -> None:
    client, page = signed_in(at.officer), reverse("imports:show", args=[swapped.pk])
    shown = BeautifulSoup(client.get(page).content.decode(), "html.parser")
    assert "2 行存疑" in shown.get_text()
    mean = reverse("imports:mean", args=[swapped.pk])
    forms = shown.select(f"form[action='{mean}']:has([name=row])")
    assert len(forms) == 2
    answer = client.post(mean, {"row": forms[0].select_one("[name=row]")["value"]}, follow=True)
    assert "1 行存疑" in answer.content.decode()
    confirm(swapped)
    assert Unit.objects.get(code="43021101").name == "春晓小学"
    assert Unit.objects.get(code="43021102").name == "春晓小学"
    assert Event.objects.get(kind="import.mean").after == {"rows": [2], "count": 1}
    assert client.post(mean).status_code == 409, "what is applied is past"


def test_all_doubtful_rows_are_stood_by_at_once(at, swapped, signed_in) -> None:
    signed_in(at.officer).post(reverse("imports:mean", args=[swapped.pk]))
    assert running.counts(swapped)["DOUBTFUL"] == 0
    confirm(swapped)
    names = dict(Unit.objects.filter(code__startswith="430211").values_list("code", "name"))
    assert (names["43021101"], names["43021102"]) == ("春晓小学", "泰山学校")
