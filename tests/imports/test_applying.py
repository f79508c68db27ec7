"""Checked rows are written when asked: all, only the right ones, or none."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.db import IntegrityError
from django.urls import reverse

from dudao.imports import running, services
from dudao.imports.declared import of
from dudao.imports.models import Row
from dudao.imports.states import State
from dudao.kernel.errors import StaleState
from dudao.places.models import Unit
from tests.imports.sheets import book, confirm, school


def test_all_or_only_the_right_rows_and_the_wrong_ones_come_back_as_a_file(at, bring, signed_in) -> None:
    one = bring(book([school(), school("4302110002", "人数不对", pupils="三百")]))
    client = signed_in(at.officer)
    refused = client.post(reverse("imports:confirm", args=[one.pk]))
    assert refused.status_code == 422
    assert not Unit.objects.filter(code="43021100").exists()
    answer = client.get(reverse("imports:wrong", args=[one.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[1]][:3] == ["错误说明", "单位代码*", "名称*"]
    assert "三百" in sheet["A2"].value
    assert sheet.max_row == 2
    sheet["K2"] = None
    assert confirm(one, only_right=True).state == State.APPLIED
    assert set(Unit.objects.filter(region=at.county).values_list("code", flat=True)) >= {"43021100"}
    assert not Unit.objects.filter(code="4302110002").exists()
    for index, cell in enumerate(sheet[1]):
        if cell.value == "学生数":
            sheet.cell(2, index + 1).value = 300
    mended = io.BytesIO()
    sheet.parent.save(mended)
    again = bring(mended.getvalue(), "wrong.xlsx")
    assert running.counts(again) == {"WRONG": 0, "DOUBTFUL": 0, "NEW": 1, "CHANGED": 0, "SAME": 0}, (
        "mended, it goes in as it is"
    )
    assert again.ignored == []


def test_what_was_left_out_is_still_told_and_given_after_the_rest_is_written(at, bring, signed_in) -> None:
    one = confirm(bring(book([school(), school("4302110002", "人数不对", pupils="三百")])), only_right=True)
    page = signed_in(at.officer).get(reverse("imports:show", args=[one.pk])).content.decode()
    assert "已写入 1 行" in page
    assert "有误的 1 行没有写入" in page
    assert reverse("imports:wrong", args=[one.pk]) in page


def test_what_has_changed_since_it_was_checked_is_compared_again_and_shown(at, bring) -> None:
    confirm(bring(book([school(pupils=300)])))
    one = bring(book([school(pupils=320)]))
    Unit.objects.filter(code="43021100").update(pupils=310)
    one = confirm(one)
    assert (one.state, one.has_moved) == (State.CHECKED, True)
    assert one.rows.get().changes == {"pupils": [310, 320]}
    assert Unit.objects.get(code="43021100").pupils == 310
    assert confirm(one).state == State.APPLIED


def test_a_row_that_the_database_refuses_leaves_nothing_of_the_others(bring, at) -> None:
    one = bring(book([school(), school("43021102", "第二小学")]))
    row = one.rows.get(number=3)
    row.values["pupils"] = -5
    row.save()
    services.confirm(one, of("schools"), by=at.officer, only_right=False)
    with pytest.raises(IntegrityError):
        running.apply(one.pk)
    assert not Unit.objects.filter(code__in=["43021100", "43021102"]).exists()


def test_a_discarded_import_keeps_nothing_and_cannot_be_confirmed(
    at, bring, django_capture_on_commit_callbacks
) -> None:
    one = bring(book([school()]))
    path = Path(one.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        services.discard(one, by=at.officer)
    assert not path.exists()
    assert not Row.objects.filter(of=one).exists()
    with pytest.raises(StaleState):
        services.discard(one, by=at.officer)
