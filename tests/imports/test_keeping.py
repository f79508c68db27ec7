"""Checked rows are kept without the ORM's records, and a file is opened by a process that starts quickly."""

import subprocess
import sys

import pytest
from django.core.files.base import ContentFile

from dudao.imports.fields import Field, Wrong
from dudao.imports.keeping import Compared, keep
from dudao.imports.models import Import, Row
from dudao.imports.reading import Table, lines
from dudao.imports.states import RowState
from dudao.kernel.sheets import Sheet
from tests import factories

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


def test_a_cell_that_comes_again_is_read_once_and_a_number_is_no_text() -> None:
    asked = []

    def read(cell: object) -> object:
        asked.append(cell)
        if cell == "错":
            raise Wrong("不对")
        return cell

    rows = [["列"], ["小学"], ["小学"], [1], ["1"], [1.0], ["错"], ["错"]]
    found = list(lines(Table(Sheet("学校", rows), 0, {0: Field("kind", "列", read)}, [])))
    assert [type(one.values.get("kind")) for one in found] == [
        str,
        str,
        int,
        str,
        float,
        type(None),
        type(None),
    ]
    assert asked == ["小学", 1, "1", 1.0, "错", "错"], "what is wrong is told for each row"
    assert [len(one.faults) for one in found] == [0, 0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("module", ["sheet_process", "word_process"])
def test_the_process_that_opens_a_file_loads_no_more_than_it_needs(module: str) -> None:
    look = f"import sys, dudao.kernel.{module}; print('django' in sys.modules, 'docx' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", str(module == "word_process")]
