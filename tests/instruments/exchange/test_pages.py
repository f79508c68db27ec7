"""An office takes instruments out of the system as files and brings files in, over the pages."""

import io
from typing import Any

import msgspec
import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from dudao.instruments.definitions import content_hash
from dudao.instruments.exchange.workbook import write
from dudao.instruments.models import Draft
from dudao.instruments.queries import current_version
from dudao.journal.models import Event
from dudao.people.roles import Role
from tests.factories import person
from tests.instruments.exchange.test_workbook import asked
from tests.instruments.exchange.test_xlsform import HEAD, LISTS, form

IMPORT = "instruments:bring-in"


@pytest.fixture
def office(at, signed_in):
    return signed_in(at.officer)


def put(client: Any, data: bytes, name: str = "表.xlsx") -> Any:
    page = soup(client.get(reverse(IMPORT)))
    level = page.select_one("[name=level]")
    file = SimpleUploadedFile(name, data)
    return client.post(reverse(IMPORT), {"file": file, "level": level.get("value") or ""})


def soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def test_the_list_leads_to_the_template_and_the_import(office) -> None:
    page = soup(office.get(reverse("instruments:list")))
    links = {link["href"] for link in page.select(".btn-list a")}
    assert {reverse("instruments:template"), reverse(IMPORT)} <= links
    answer = office.get(reverse("instruments:template"))
    assert load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "量表"


def test_who_only_reads_is_offered_no_import(at, signed_in) -> None:
    reader = signed_in(at.inspector)
    assert reverse(IMPORT) not in reader.get(reverse("instruments:list")).content.decode()
    assert reader.get(reverse(IMPORT)).status_code == 403


@pytest.mark.parametrize("route", ["instruments:excel", "instruments:xlsform"])
def test_a_version_taken_out_and_brought_in_is_a_draft_of_the_same_content(office, at, route) -> None:
    version = current_version("canteen-food")
    shown = soup(office.get(reverse("instruments:show", args=[version.hash])))
    address = reverse(route, args=[version.hash])
    assert shown.select_one(f'a[href="{address}"]')
    taken = office.get(address)
    assert "canteen-food" in taken["Content-Disposition"]
    answer = put(office, taken.content)
    draft = Draft.objects.get()
    assert answer["Location"] == reverse("instruments:draft", args=[draft.pk])
    same = msgspec.structs.replace(draft.definition, key="canteen-food")
    assert content_hash(same) == version.hash
    assert draft.region == at.county
    assert draft.definition.key != "canteen-food"  # the library's own name stays the library's
    assert Event.objects.filter(kind="instrument.draft").count() == 1


def test_what_is_wrong_is_shown_cell_by_cell_and_nothing_is_begun(office) -> None:
    answer = put(
        office, asked(["q1", "一、校门", "判断题", "有人值守吗？"], ["q2", "", "文字", "x", "", "${q9} = 1"])
    )
    assert answer.status_code == 422
    rows = [
        [cell.get_text(strip=True) for cell in row.select("td")] for row in soup(answer).select("tbody tr")
    ]
    assert [row[:3] for row in rows] == [["题目", "2", "类型"], ["题目", "3", "显示条件"]]
    assert "判断题" in rows[0][3]
    assert "是否题" in rows[0][4]
    assert soup(answer).select_one("input[type=file]"), "the mended file can be sent from the same page"
    assert not soup(answer).select("[name=rest]")
    assert not Draft.objects.exists()


FOREIGN = form([HEAD, ["text", "a", "你的姓名"], ["barcode", "b", "条码"]], LISTS)


def test_the_rest_of_a_form_can_be_taken_over(office) -> None:
    answer = put(office, FOREIGN, "form.xlsx")
    assert answer.status_code == 422
    page = soup(answer)
    assert "barcode" in page.select_one("tbody").get_text()
    rest = page.select_one("[name=rest]")["value"]
    begun = office.post(reverse("instruments:bring-in-rest"), {"rest": rest}, follow=True)
    draft = Draft.objects.get()
    assert begun.redirect_chain[-1][0] == reverse("instruments:draft", args=[draft.pk])
    assert [item.label.zh for _section, item in draft.definition.items()] == ["你的姓名"]


def test_the_rest_of_a_form_is_only_for_who_was_shown_it(office, signed_in, at) -> None:
    rest = soup(put(office, FOREIGN, "form.xlsx")).select_one("[name=rest]")["value"]
    colleague = signed_in(person(Role.COUNTY_OFFICE, of=at.county))
    for client, sent in ((colleague, rest), (office, rest[:-3] + "xxx"), (office, "")):
        assert client.post(reverse("instruments:bring-in-rest"), {"rest": sent}).status_code == 422
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"%PDF-1.7", "a.pdf", "请上传 Excel"),
        (b"", "a.xlsx", "文件是空的"),
        (b"PK\x03\x04" + b"\x00" * 6_000_000, "a.xlsx", "超过 5 MB"),
        (b"PK\x03\x04 broken", "a.xlsx", "已损坏"),
    ],
    ids=["document", "empty", "heavy", "broken"],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(office, data, name, told) -> None:
    answer = put(office, data, name)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_a_questionnaire_typed_by_hand_is_a_draft_at_once(office) -> None:
    data = asked(["一、校门", "是否题", "有人值守吗？"], head=["部分", "类型", "题目内容"])
    assert put(office, data).status_code == 302
    assert Draft.objects.get().definition.key.startswith("own-")


def test_the_workbook_of_a_version_reads_in_excel(office) -> None:
    book = load_workbook(io.BytesIO(write(current_version("canteen-food").definition)))
    assert book["题目"].freeze_panes == "A2"
    assert {row[3].value for row in book["题目"].iter_rows(min_row=2)} >= {"是否题", "单选题"}
