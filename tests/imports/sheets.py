"""Files as people bring them in, and what becomes of them."""

import io

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from dudao.imports import running, services
from dudao.imports.declared import of
from dudao.imports.models import Import
from dudao.imports.states import RowState
from dudao.kernel.told import said

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
