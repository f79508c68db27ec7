"""The pages of an import: whose they are, what they offer, and in which language they speak."""

import io

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.imports import running, services
from dudao.imports.declared import of
from dudao.imports.models import Import
from dudao.kernel.errors import Forbidden
from dudao.people.models import Grant
from dudao.people.roles import Role
from tests import factories
from tests.imports.sheets import book, confirm, school, upload


@pytest.mark.parametrize(
    ("kind", "entry", "leads_to"),
    [
        ("schools", "学校", ["学校"]),
        ("inspectors", "督学", ["督学"]),
        ("problems", "问题整改", ["问题台账"]),
        ("accounts", "账号与授权", ["账号与授权", "领取初始密码"]),
    ],
)
def test_the_pages_of_an_import_stand_under_what_they_fill(at, signed_in, kind, entry, leads_to) -> None:
    page = signed_in(at.officer).get(reverse("imports:start", args=[kind]))
    soup = BeautifulSoup(page.content, "html.parser")
    assert [one.get_text(strip=True) for one in soup.select("aside [aria-current=page]")] == [entry]
    assert [one.get_text(strip=True) for one in soup.select(".page-pretitle a")] == leads_to


def test_only_the_person_who_brought_it_sees_it_and_only_offices_may(at, bring, signed_in) -> None:
    one = bring(book([school()]))
    assert signed_in(at.city_officer).get(reverse("imports:show", args=[one.pk])).status_code == 404
    assert signed_in(at.head).get(reverse("imports:start", args=["schools"])).status_code == 403
    with pytest.raises(Forbidden):
        services.bring_in(upload(b"x"), of("schools"), by=at.inspector)


def test_from_the_page_to_the_list_with_a_worker_between(at, signed_in) -> None:
    client = signed_in(at.officer)
    start = client.get(reverse("imports:start", args=["schools"]))
    assert "下载模板" in start.content.decode()
    answer = client.post(
        reverse("imports:start", args=["schools"]), {"file": upload(book([school(pupils=9)]))}
    )
    page = answer["Location"]
    waiting = client.get(page).content.decode()
    assert "可以离开本页" in waiting
    watching = {"hx-request": "true", "hx-trigger": "progress"}
    assert "可以离开本页" in client.get(page, headers=watching).content.decode()
    one = Import.objects.get()
    running.check(one.pk)
    assert client.get(page, headers=watching)["HX-Refresh"] == "true"
    checked = BeautifulSoup(client.get(page).content.decode(), "html.parser")
    assert "泰山学校" in checked.select_one(".list").get_text()
    assert "学生数：9" in checked.select_one(".list").get_text(), "a new row says what it would write"
    form = checked.select_one("form[action$='/confirm/']")
    client.post(form["action"])
    running.apply(one.pk)
    assert "已写入" in client.get(page).content.decode()
    assert "泰山学校" in client.get(reverse("office:units")).content.decode()


def test_the_template_goes_back_in_and_offers_the_words(at, signed_in, bring) -> None:
    answer = signed_in(at.officer).get(reverse("imports:template", args=["schools"]))
    made = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = made.worksheets[0]
    assert any("九年一贯制学校" in (rule.formula1 or "") for rule in sheet.data_validations.dataValidation)
    sheet.append(["0012345678", "新学校", "完全中学"])
    buffer = io.BytesIO()
    made.save(buffer)
    one = bring(buffer.getvalue())
    assert one.rows.get().values == {
        "code": "0012345678",
        "name": "新学校",
        "kind": "COMPLETE_SECONDARY",
        "region": at.county.code,
    }


def test_schools_nobody_can_sign_in_for_come_ready_to_be_given_accounts(at, signed_in, bring) -> None:
    mute = factories.unit(of=at.county)
    client, address = signed_in(at.officer), reverse("imports:template", args=["accounts"])
    assert "有 1 所学校还没有账号" in client.get(reverse("imports:start", args=["accounts"])).content.decode()
    filled = client.get(address + "?filled=1").content
    codes = [row[7].value for row in openpyxl.load_workbook(io.BytesIO(filled)).worksheets[0].iter_rows(2)]
    assert codes == [mute.code], (
        "a school that has an account needs none, and none of another county is offered"
    )
    confirm(bring(filled, kind="accounts"))
    assert Grant.objects.get(user__username=mute.code, role=Role.UNIT).unit == mute
    assert (
        openpyxl.load_workbook(io.BytesIO(client.get(address + "?filled=1").content)).worksheets[0].max_row
        == 1
    )


def test_a_file_that_changes_nothing_does_not_ask_for_rows(at, bring, signed_in) -> None:
    confirm(bring(book([school()])))
    again = bring(book([school()]))
    page = signed_in(at.officer).get(reverse("imports:show", args=[again.pk])).content.decode()
    assert "完全一致" in page
    assert "请在模板的表头下面填写" not in page


def test_what_is_wrong_is_said_in_the_language_of_the_reader(at, bring, signed_in) -> None:
    rows = [
        school("4302110001", "类型不对", kind="大学"),
        school("4302110002", "人数不对", pupils="三百"),
        school("", "没有代码"),
    ]
    one = bring(book(rows))
    client = signed_in(at.officer)
    page = reverse("imports:show", args=[one.pk])
    chinese = client.get(page).content.decode()
    assert "请填写 0 至 100000 的整数" in chinese
    assert "小学、" in chinese
    client.cookies["dudao_language"] = "en"
    english = client.get(page).content.decode()
    assert "write a whole number from 0 to 100000" in english
    assert "Primary school, " in english
    assert "整数" not in english
    assert "Pupils: “三百” not a whole number (write a whole number" in english
    file = client.get(reverse("imports:wrong", args=[one.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
    assert "write a whole number from 0 to 100000" in sheet["A3"].value
    again = bring(file.content, "wrong.xlsx")
    assert again.ignored == [], "our own column of reasons is known in every language"


def test_why_a_file_cannot_be_read_is_said_in_the_language_of_the_reader(at, bring, signed_in) -> None:
    client = signed_in(at.officer)
    client.cookies["dudao_language"] = "en"
    missing = bring(book([["1", "2"]], head=["单位代码", "名称"]), "a.xlsx")
    page = client.get(reverse("imports:show", args=[missing.pk])).content.decode()
    assert "缺少必填列" not in page
    assert "Type" in page
    broken = bring(b"nonsense", "a.xlsx")
    assert "已损坏" not in client.get(reverse("imports:show", args=[broken.pk])).content.decode()
