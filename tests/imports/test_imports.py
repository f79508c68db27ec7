"""A county brings in its schools from its own list: what is right, what is wrong, what changes, and nothing twice."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse
from django.utils.translation import override

from dudao.imports import running, services
from dudao.imports.declared import of
from dudao.imports.models import Import, Row
from dudao.imports.states import RowState, State
from dudao.journal.models import Event
from dudao.kernel.errors import Forbidden, StaleState
from dudao.kernel.told import said
from dudao.notify.models import Message
from dudao.people.models import Grant
from dudao.people.roles import Role
from dudao.places.models import Institution, Kind, ReplacedCode, TurnKind, Unit
from tests import factories

HEAD = ["单位代码*", "名称*", "类型*", "性质", "所属区县", "学生数"]


def book(rows: list[list[object]], *, head: list[str] = HEAD, sheet: str = "学校", merge: str = "") -> bytes:
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer)
    page = made.add_worksheet(sheet)
    for number, row in enumerate([head, *rows]):
        for index, value in enumerate(row):
            (page.write_string if isinstance(value, str) else page.write)(number, index, value)
    if merge:
        page.merge_range(merge, "合并")
    made.close()
    return buffer.getvalue()


def upload(content: bytes, name: str = "学校.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture(autouse=True)
def _chinese_before_and_after() -> Iterator[None]:
    """A page read in English leaves its language to the thread."""
    with override("zh-hans"):
        yield


@pytest.fixture
def bring(at: factories.Place, django_capture_on_commit_callbacks):
    """Bring in a file as the county's officer and let the worker check it."""

    def bring_in(content: bytes, name: str = "学校.xlsx", kind: str = "schools", by=None) -> Import:
        importing = of(kind)
        assert importing is not None
        one = services.bring_in(upload(content, name), importing, by=by or at.officer)
        running.check(one.pk)
        one.refresh_from_db()
        return one

    return bring_in


def confirm(one: Import, *, only_right: bool = False) -> Import:
    importing = of(one.kind)
    assert importing is not None
    services.confirm(one, importing, by=one.user, only_right=only_right)
    running.apply(one.pk)
    one.refresh_from_db()
    return one


def faults(one: Import) -> dict[int, list[str]]:
    return {
        row.number: [said(fault["wrong"]) for fault in row.faults]
        for row in one.rows.filter(state=RowState.WRONG)
    }


def school(code: str = "43021100", name: str = "泰山学校", **more: object) -> list[object]:
    return [
        code,
        name,
        more.get("kind", "小学"),
        more.get("owner", ""),
        more.get("region", ""),
        more.get("pupils", ""),
    ]


def test_new_schools_are_shown_first_and_written_when_confirmed(at, bring) -> None:
    one = bring(
        book(
            [
                school("0430001", "㛃𬭎学校", kind="九年一贯制学校", pupils="1,260"),
                school("0430002", "春晓小学"),
            ]
        )
    )
    assert one.state == State.CHECKED
    assert running.counts(one) == {"WRONG": 0, "DOUBTFUL": 0, "NEW": 2, "CHANGED": 0, "SAME": 0}
    assert not Unit.objects.filter(code="0430001").exists(), "nothing is written before it is confirmed"
    assert confirm(one).state == State.APPLIED
    made = Unit.objects.get(code="0430001")
    assert (made.name, made.kind, made.pupils, made.region) == ("㛃𬭎学校", Kind.NINE_YEAR, 1260, at.county)
    assert Event.objects.filter(kind="unit.add", object_id=str(made.pk), actor_id=at.officer.pk).exists()
    assert Message.objects.filter(recipient=at.officer, kind="import.applied").exists()


def test_the_same_file_twice_changes_nothing(bring) -> None:
    content = book([school(pupils=300, owner="民办")])
    confirm(bring(content))
    events = Event.objects.filter(kind__startswith="unit.").count()
    again = bring(content)
    assert running.counts(again) == {"WRONG": 0, "DOUBTFUL": 0, "NEW": 0, "CHANGED": 0, "SAME": 1}
    assert Event.objects.filter(kind__startswith="unit.").count() == events


def test_a_changed_file_shows_its_differences_and_a_new_name_is_a_turn_in_the_history(bring) -> None:
    confirm(bring(book([school(pupils=300), school("43021199", "不变小学")])))
    one = bring(book([school(name="泰山实验学校", pupils=320), school("43021199", "不变小学")]))
    row = one.rows.get(state=RowState.CHANGED)
    assert row.changes == {"name": ["泰山学校", "泰山实验学校"], "pupils": [300, 320]}
    confirm(one)
    unit = Unit.objects.get(code="43021100")
    assert (unit.name, unit.pupils) == ("泰山实验学校", 320)
    turn = unit.turns.get()
    assert (turn.kind, turn.before, turn.after) == (TurnKind.RENAMED, "泰山学校", "泰山实验学校")


def test_an_empty_cell_leaves_what_is_there_and_a_word_empties_it(bring) -> None:
    head = [*HEAD, "督导联络员"]
    confirm(bring(book([[*school(pupils=300), "王老师"]], head=head)))
    confirm(bring(book([[*school(pupils=310), ""]], head=head)))
    assert Unit.objects.get(code="43021100").liaison_name == "王老师"
    confirm(bring(book([[*school(), "清空"]], head=head)))
    unit = Unit.objects.get(code="43021100")
    assert (unit.liaison_name, unit.pupils) == ("", 310)


def test_wrong_rows_say_what_is_wrong_and_what_would_be_right(at, bring) -> None:
    stranger = factories.unit(of=factories.region(parent=at.city, name="隔壁区"))
    ReplacedCode.objects.create(code="430221", name="旧县", became=at.county, on="2018-06-19")
    one = bring(
        book(
            [
                school("", "没有代码"),
                school("4302110001", "重复一"),
                school("4302110001", "重复二"),
                school("4302110003", "类型不对", kind="大学"),
                school("4302110004", "人数不对", pupils="三百"),
                school("4302110005", "别的区", region="隔壁区"),
                school("4302110006", "撤销的县", region="430221"),
                school("4302110007", "没有的县", region="不存在区"),
                school(stranger.code, "别人的学校"),
                school("一二三四", "代码不对"),
                school("4302110008", "长" * 101),
                school("4302110009", "好的"),
            ]
        )
    )
    found = faults(one)
    assert found[2] == ["没有填写"]
    assert found[4] == ["与第 3 行重复"]
    assert found[5] == ["不在可选范围内"]
    assert found[6] == ["不是整数"]
    assert found[7] == ["隔壁区 不在您的管辖范围内"]
    assert found[8][0].startswith("430221 旧县 已于 2018-06-19 撤销")
    assert found[9] == ["没有这个区县"]
    assert found[10] == ["该代码属于其他地区的单位"]
    assert found[11] == ["格式不对"]
    assert found[12] == ["超过 100 字（现有 101 字）"]
    assert set(found) == {2, 4, 5, 6, 7, 8, 9, 10, 11, 12}
    row = one.rows.get(number=5)
    assert "小学" in said(row.faults[0]["right"]), "it says what would be right"
    became = said(one.rows.get(number=8).faults[0]["right"])
    assert at.county.code in became, "and what an abolished county became"


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


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_of_any_chinese_excel_is_read(bring, encoding) -> None:
    text = "单位代码,名称,类型,学生数\r\n0430001,㛃园小学,小学,12\r\n"
    one = bring(text.encode(encoding), "学校.csv")
    assert running.counts(one)["NEW"] == 1
    assert one.rows.get().values["name"] == "㛃园小学"


def test_titles_above_the_heading_other_sheets_and_unknown_columns_do_not_disturb(bring) -> None:
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer)
    made.add_worksheet("说明").write(0, 0, "先看这里")
    page = made.add_worksheet("名册")
    page.merge_range("A1:D1", "天元区学校名册（2026 年）")
    for index, value in enumerate(["学校代码", "学校名称", "办学类型（必填）", "备注"]):
        page.write(2, index, value)
    for index, value in enumerate([4302110001, "泰山学校", "小学", "无"]):
        page.write(3, index, value)
    made.close()
    one = bring(buffer.getvalue())
    assert (one.sheet, one.ignored) == ("名册", ["备注"])
    assert one.rows.get().values["code"] == "4302110001", "a number where a code is meant"


def test_merged_cells_in_the_data_are_named(bring) -> None:
    one = bring(book([school(), school("43021102", "第二小学")], merge="D2:D3"))
    assert all("合并" in wrong[0] for wrong in faults(one).values())
    assert len(faults(one)) == 2


def bomb() -> bytes:
    """A workbook of some hundred kilobytes that unfolds to gigabytes."""
    source = zipfile.ZipFile(io.BytesIO(book([school()])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in source.namelist():
            if not name.endswith("sheet1.xml"):
                packed.writestr(name, source.read(name))
                continue
            with packed.open(name, "w", force_zip64=True) as sheet:
                sheet.write(
                    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                )
                for number in range(1, 2001):
                    sheet.write(
                        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>'
                        % (number, number, b"A" * 1_000_000)
                    )
                sheet.write(b"</sheetData></worksheet>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"nonsense", "a.xlsx", "已损坏"),
        (book([school()])[:900], "a.xlsx", "已损坏"),
        (book([["1"]], head=["甲", "乙"]), "a.xlsx", "没有找到表头"),
        (book([["1", "2"]], head=["单位代码", "名称"]), "a.xlsx", "缺少必填列：类型"),
        (book([]), "a.xlsx", "没有数据"),
        (b"\x00\x01\x02\xff" * 50, "a.csv", "编码无法识别"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_what_to_do(bring, at, content, name, told) -> None:
    one = bring(content, name)
    assert one.state == State.UNREADABLE
    assert told in one.why
    assert Message.objects.filter(recipient=at.officer, kind="import.unreadable").exists()


def test_a_bomb_ends_in_its_own_process(bring) -> None:
    one = bring(bomb())
    assert one.state == State.UNREADABLE
    assert "过大或过于复杂" in one.why


@pytest.mark.parametrize(("name", "size", "told"), [("a.pdf", 10, "请上传 Excel"), ("a.xlsx", 21 * 1024 * 1024, "超过 20 MB"), ("a.xlsx", 0, "文件是空的")])  # fmt: skip
def test_what_is_no_table_or_too_large_is_refused_on_the_page(at, signed_in, name, size, told) -> None:
    page = reverse("imports:start", args=["schools"])
    answer = signed_in(at.officer).post(page, {"file": upload(b"x" * size, name)})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Import.objects.exists()


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


def test_what_was_left_out_is_still_told_and_given_after_the_rest_is_written(at, bring, signed_in) -> None:
    one = confirm(bring(book([school(), school("4302110002", "人数不对", pupils="三百")])), only_right=True)
    page = signed_in(at.officer).get(reverse("imports:show", args=[one.pk])).content.decode()
    assert "已写入 1 行" in page
    assert "有误的 1 行没有写入" in page
    assert reverse("imports:wrong", args=[one.pk]) in page


def test_a_file_that_changes_nothing_does_not_ask_for_rows(at, bring, signed_in) -> None:
    confirm(bring(book([school()])))
    again = bring(book([school()]))
    page = signed_in(at.officer).get(reverse("imports:show", args=[again.pk])).content.decode()
    assert "完全一致" in page
    assert "请在模板的表头下面填写" not in page


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


def test_institutions_have_their_own_columns(bring) -> None:
    head = ["统一社会信用代码", "机构名称", "培训类别", "许可证有效期至", "收费标准"]
    row = ["52430200MJJ1234567", "启航素养培训中心", "非学科类", "2027年12月31日", "=每课时 60 元"]
    confirm(bring(book([row], head=head), kind="institutions"))
    made = Institution.objects.select_related("unit").get()
    assert (made.unit.kind, str(made.licence_until), made.fees) == (
        Kind.TRAINING,
        "2027-12-31",
        "=每课时 60 元",
    )
    again = bring(book([[*row[:2], "学科类", *row[3:]]], head=head), kind="institutions")
    assert again.rows.get().changes == {"subject_class": ["NON_SUBJECT", "SUBJECT"]}
    wrong = bring(book([school("52430200MJJ1234567", "混在一起")]))
    assert "另一类单位" in faults(wrong)[2][0]


def test_only_the_person_who_brought_it_sees_it_and_only_offices_may(at, bring, signed_in) -> None:
    one = bring(book([school()]))
    assert signed_in(at.city_officer).get(reverse("imports:show", args=[one.pk])).status_code == 404
    assert signed_in(at.head).get(reverse("imports:start", args=["schools"])).status_code == 403
    with pytest.raises(Forbidden):
        services.bring_in(upload(b"x"), of("schools"), by=at.inspector)


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


def test_rows_that_change_nothing_are_counted_and_not_kept(bring) -> None:
    content = book([school(), school("43021102", "第二小学")])
    confirm(bring(content))
    again = bring(content)
    assert running.counts(again)["SAME"] == 2
    assert not again.rows.exists()
