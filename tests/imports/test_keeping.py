"""Checked rows are kept without the ORM's records, and a file is opened by a process that starts quickly."""

import gc
import io
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from dudao.imports.fields import Field, Wrong, code, text, whole
from dudao.imports.keeping import IN_ONE, Compared, keep
from dudao.imports.models import Import, Row
from dudao.imports.reading import Line, Table, lines
from dudao.imports.states import RowState, State
from dudao.kernel import sheets
from dudao.kernel.sheets import Sheet, Value
from dudao.kernel.told import told
from tests import factories
from tests.imports.sheets import book, school

GIVEN = Compared(
    number=7,
    state=RowState.WRONG,
    title="天元区“泰山”𠮷学校%s",
    raw={"code": 2143000123, "name": "泰山 \\ ' \" \n"},
    values={"pupils": 1.5, "address": None},
    faults=[{"column": "name", "wrong": ["超过 %(most)d 字", {"most": 3}], "right": ""}],
    changes={"pupils": [None, 1.5]},
)


@pytest.fixture
def one(at: factories.Place) -> Import:
    made = Import(kind="schools", user=at.officer, language="zh-hans", file_name="a.xlsx")
    made.file.save("a.xlsx", ContentFile(b"a"), save=False)
    made.save()
    return made


def test_a_row_comes_back_as_it_was_kept(one: Import) -> None:
    keep(one, [GIVEN, GIVEN._replace(number=8, raw={}, values={}, faults=[], changes={})])
    found, plain = Row.objects.filter(of=one)
    assert Compared(*(getattr(found, name) for name in Compared._fields)) == GIVEN
    assert (found.is_meant, plain.raw, plain.faults) == (False, {}, [])
    assert list(Row.objects.filter(of=one, values__pupils=1.5)) == [found], "it is JSON to the database too"


def test_keeping_names_every_field_of_a_row(one: Import) -> None:
    fields = {field.name for field in Row._meta.concrete_fields}
    assert fields - {"id", "of", "is_meant"} == set(Compared._fields)


def test_more_rows_than_one_statement_holds_are_all_kept(one: Import) -> None:
    keep(one, [GIVEN._replace(number=number) for number in range(2 * IN_ONE + 3)])
    assert list(Row.objects.filter(of=one).values_list("number", flat=True)) == list(range(2 * IN_ONE + 3))


def test_a_sentence_that_knows_its_source_is_kept_as_its_text(one: Import) -> None:
    keep(one, [GIVEN._replace(values={"name": told("没有填写")})])
    assert Row.objects.get(of=one).values == {"name": "没有填写"}
    with pytest.raises(TypeError):
        keep(one, [GIVEN._replace(values={"on": object()})])


def read_table(rows: list[list[Value]], *fields: Field) -> list[Line]:
    return lines(Table(Sheet("学校", rows), 0, dict(enumerate(fields)), []))


def test_a_cell_that_comes_again_is_read_once_and_a_number_is_no_text() -> None:
    asked = []

    def read(cell: object) -> object:
        asked.append(cell)
        if cell == "错":
            raise Wrong("不对")
        return cell

    found = read_table([["列"], ["小学"], ["小学"], [1], ["1"], ["错"], ["错"]], Field("kind", "列", read))
    assert [one.values.get("kind") for one in found] == ["小学", "小学", 1, "1", None, None]
    assert sorted(asked, key=repr) == ["1", "小学", "错", 1]
    assert [len(one.faults) for one in found] == [0, 0, 0, 0, 1, 1], "what is wrong is told for each row"


def test_rows_of_any_length_and_empty_ones_keep_their_numbers() -> None:
    fields = Field("code", "代码", text(9), required=True), Field("name", "名称", text(9))
    found = read_table([["代码", "名称"], ["1"], [], ["", ""], ["2", "甲", "多"], ["", "乙"]], *fields)
    assert [(one.number, one.values) for one in found] == [
        (2, {"code": "1"}),
        (5, {"code": "2", "name": "甲"}),
        (6, {"name": "乙"}),
    ]
    assert [[fault.column for fault in one.faults] for one in found] == [[], [], ["code"]]


def test_a_code_is_taken_as_it_stands_or_freed_of_slips_of_the_hand() -> None:
    read = code(r"[0-9+()-]{7,20}", "13800001234")
    assert {
        read(cell) for cell in ("13800001234", 13800001234, "138 0000 1234", "１３８００００１２３４")
    } == {"13800001234"}
    for cell in ("1380000 123４x", "12"):
        with pytest.raises(Wrong):
            read(cell)


@pytest.mark.parametrize("cell", [7, "7", "7.0", " ７ "])
def test_a_whole_number_is_one_however_it_is_written(cell: Value) -> None:
    assert whole(0, 9)(cell) == 7
    with pytest.raises(Wrong):
        whole(8, 9)(cell)


def test_the_collector_of_cycles_is_on_again_after_a_file(bring, one: Import) -> None:
    assert gc.isenabled()
    assert bring(book([school()])).state == State.CHECKED
    assert gc.isenabled()
    assert bring(b"nonsense").state == State.UNREADABLE
    assert gc.isenabled()


def test_what_counts_as_a_number_only_for_a_machine_is_text(tmp_path: Path) -> None:
    made, path = book([school(pupils=4711)]), tmp_path / "a.xlsx"
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<v>4711</v>", b"<v>NaN</v>"))
    assert sheets.read(path, ".xlsx")[0].rows[1][-1] == "nan"


@pytest.mark.parametrize("module", ["sheet_process", "csv_process", "word_process"])
def test_the_process_that_opens_a_file_loads_no_more_than_it_needs(module: str) -> None:
    look = f"import sys, dudao.kernel.{module}; print(*({{'django', 'msgspec', 'csv', 'docx'}} & {{*sys.modules}}))"
    command = [*sheets.PYTHON, look]
    loaded = subprocess.run(command, env=sheets.environment(), capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == {"csv_process": ["csv"], "word_process": ["docx"]}.get(module, [])
