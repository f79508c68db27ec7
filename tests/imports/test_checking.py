"""A county brings in its schools from its own list: what is right, what is wrong, what changes."""

from dudao.imports import running
from dudao.imports.states import RowState, State
from dudao.journal.models import Event
from dudao.kernel.told import said
from dudao.notify.models import Message
from dudao.places.models import Institution, Kind, ReplacedCode, TurnKind, Unit
from tests import factories
from tests.imports.sheets import HEAD, book, confirm, faults, school


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


def test_rows_that_change_nothing_are_counted_and_not_kept(bring) -> None:
    content = book([school(), school("43021102", "第二小学")])
    confirm(bring(content))
    again = bring(content)
    assert running.counts(again)["SAME"] == 2
    assert not again.rows.exists()


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
