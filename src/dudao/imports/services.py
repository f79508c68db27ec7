"""Bringing in a file: upload, confirm, discard. The work itself is done by a worker."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dudao.imports import tasks
from dudao.imports.declared import Importing
from dudao.imports.models import Import, Row
from dudao.imports.states import RowState, State
from dudao.journal import services as journal
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.sheets import MOST_BYTES, SUFFIXES
from dudao.kernel.text import clean
from dudao.people.models import User


@transaction.atomic
def bring_in(file: Any, importing: Importing, *, by: User) -> Import:
    """Keep the uploaded file and have it checked. Raises Invalid for what is no table, or too large."""
    _may(by, importing)
    name = clean(file.name or "")[-200:]
    if Path(name).suffix.lower() not in SUFFIXES:
        raise Invalid(_("请上传 Excel（.xlsx、.xls、.ods）、Word（.docx）里的表格或 CSV 文件。"))
    if (file.size or 0) > MOST_BYTES:
        raise Invalid(_("文件超过 20 MB。请删除图片和多余的工作表，或分成几个文件上传。"))
    one = Import(kind=importing.name, user=by, language=get_language() or "zh-hans", file_name=name)
    one.file.save(f"{one.pk.hex}{Path(name).suffix.lower()}", file, save=False)
    one.save(force_insert=True)
    journal.record("import.upload", by=by, obj=one, label=f"{importing.title}：{name}")
    tasks.check_later.enqueue(str(one.pk))
    return one


@transaction.atomic
def confirm(one: Import, importing: Importing, *, by: User, only_right: bool) -> None:
    """Have the checked rows written: all, or only the right ones if the person says so.

    Doubtful rows are left out. Raises Invalid when rows are wrong and nobody has said to leave them out, StaleState when
    it is no longer waiting.
    """
    _may(by, importing)
    rows = Row.objects.filter(of=one)
    if not only_right and rows.filter(state=RowState.WRONG).exists():
        raise Invalid(_("还有有误的行。请改好后重新上传，或选择只导入正确的行。"))
    if not rows.filter(state__in=[RowState.NEW, RowState.CHANGED]).exists():
        raise Invalid(_("没有可以导入的行。"))
    _move(one, State.CHECKED, State.APPLYING, only_right=only_right, has_moved=False)
    tasks.apply_later.enqueue(str(one.pk))


@transaction.atomic
def mean(one: Import, importing: Importing, *, by: User, number: int | None = None) -> int:
    """The person stands by a doubtful row, or by all of them: they are applied like the others. Returns how many.

    Raises StaleState when the import is no longer waiting.
    """
    _may(by, importing)
    _move(one, State.CHECKED, State.CHECKED)
    rows = Row.objects.filter(of=one, state=RowState.DOUBTFUL)
    if number is not None:
        rows = rows.filter(number=number)
    numbers = list(rows.order_by("number").values_list("number", flat=True))
    rows.update(state=RowState.CHANGED, is_meant=True, faults=[])
    if numbers:
        journal.record("import.mean", by=by, obj=one, after={"rows": numbers[:200], "count": len(numbers)})
    return len(numbers)


@transaction.atomic
def discard(one: Import, *, by: User) -> None:
    """Forget the file and its rows."""
    _move(one, State.CHECKED, State.DISCARDED)
    journal.record("import.discard", by=by, obj=one)
    Row.objects.filter(of=one).delete()
    transaction.on_commit(lambda: one.file.delete(save=False))


def _move(one: Import, source: State, target: State, **changes: Any) -> None:
    if not Import.objects.filter(pk=one.pk, state=source).update(state=target, **changes):
        raise StaleState(_("这次导入的状态已变化，请刷新页面。"))
    one.state = target


def _may(by: User, importing: Importing) -> None:
    if not by.can(importing.capability):
        raise Forbidden
