"""The work behind an import, done by a worker: checking and comparing a file, and applying it."""

import gc
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import override

from dudao.imports import declared, messages
from dudao.imports.declared import Fault, Found, Importing, Ready, Values
from dudao.imports.keeping import Compared, keep
from dudao.imports.models import Import, Row
from dudao.imports.reading import Line, Table, differences, find_table, lines
from dudao.imports.states import UNUSED, RowState, State
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.sheets import Sheet, Unreadable, read
from dudao.kernel.told import as_stored
from dudao.kernel.told import told as _

AT_ONCE = 4000  # rows compared and kept between two looks at the bar of progress
T = TypeVar("T")


class _Moved(Exception):
    """What is stored is no longer what the person was shown."""


def check(pk: UUID | str) -> None:
    """Read the file and compare every row. Run twice, it gives the same."""
    one = Import.objects.select_related("user").filter(pk=pk, state=State.CHECKING).first()
    if one is None:
        return  # discarded meanwhile, or done
    importing = _importing(one)
    with override(one.language), _collecting_by_part():
        try:
            table = find_table(_sheets(one), importing)
            found = lines(table)
            if not found:
                raise Unreadable(_("表头下面没有数据。请填写后再上传。"))
        except Unreadable as error:
            stored = as_stored(error.message)
            one.reason, one.reason_filled = stored if isinstance(stored, list) else (stored, {})
            one.save(update_fields=["reason", "reason_filled"])
            _end(one, State.UNREADABLE, counts(one))
            return
        Row.objects.filter(of=one).delete()
        Import.objects.filter(pk=one.pk).update(
            total=len(found), done=0, same=0, sheet=table.sheet.name[:100], ignored=table.ignored[:50]
        )
        one.done = one.same = 0
        first_at: dict[Any, int] = {}
        for part in _in_parts(found):
            rows = _compared(one, importing, table, part, first_at)
            kept = [row for row in rows if row.state != RowState.SAME]
            one.done, one.same = one.done + len(part), one.same + len(rows) - len(kept)
            with transaction.atomic():
                keep(one, kept)
                Import.objects.filter(pk=one.pk).update(done=one.done, same=one.same)
            gc.collect(0)
    _end(one, State.CHECKED, counts(one))


@contextmanager
def _collecting_by_part() -> Iterator[None]:
    """Without the collector of reference cycles, which comes by numbers and would go through all rows again and again,
    a fifth of the work. Rows are no cycles; what a part left of the kind is collected after it."""
    was_on = gc.isenabled()  # another thread may be at it too; whoever found it on puts it on again
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def apply(pk: UUID | str) -> None:
    """Write the checked rows, all or none. If what is stored has changed since, nothing is written and all is compared
    anew, for the person to look at again."""
    one = Import.objects.select_related("user").filter(pk=pk, state=State.APPLYING).first()
    if one is None:
        return
    importing = _importing(one)
    try:
        with override(one.language), transaction.atomic():
            _write(one, importing)
            after = counts(one)
            journal.record("import.apply", by=one.user, obj=one, label=str(importing.title), after=after)
            _end(one, State.APPLIED, after)
    except _Moved:
        Import.objects.filter(pk=one.pk).update(state=State.CHECKING, has_moved=True)
        check(one.pk)


def counts(one: Import) -> dict[str, int]:
    """How many rows there are of each state."""
    rows = Row.objects.filter(of=one).order_by().values_list("state").annotate(n=Count("pk"))
    found = dict.fromkeys(RowState.values, 0) | dict(rows)
    found[RowState.SAME] += one.same
    return found


def _write(one: Import, importing: Importing) -> None:
    waiting = Row.objects.filter(of=one, state__in=[RowState.NEW, RowState.CHANGED]).order_by("number")
    for part in _in_parts(list(waiting)):
        found = importing.look_up(one.user, [row.values for row in part])
        ready = []
        for row, stored in zip(part, found, strict=True):
            state, changes = _judged(row.values, stored, stored.faults, is_meant=row.is_meant)
            if (state, changes) != (row.state, row.changes):
                raise _Moved
            ready.append(Ready(row.values, stored.current is None))
        importing.save(one.user, ready)


def _compared(
    one: Import, importing: Importing, table: Table, part: Sequence[Line], first_at: dict[Any, int]
) -> list[Compared]:
    """Rows as they will be shown. `first_at` remembers on which line each identity stood first."""
    stored = importing.look_up(one.user, [line.values for line in part])
    rows = []
    for line, found in zip(part, stored, strict=True):
        faults = [*line.faults, *found.faults]
        identity = line.values.get(importing.identity)
        if identity is not None and first_at.setdefault(identity, line.number) != line.number:
            number = first_at[identity]
            faults.append(
                Fault(importing.identity, _("与第 %(n)d 行重复") % {"n": number}, _("同一编码只保留一行"))
            )
        state, changes = _judged(line.values, found, faults)
        title = (
            line.values.get(importing.title_field) or (found.current or {}).get(importing.title_field) or ""
        )
        raw = table.raw(line.number) if state in UNUSED else {}
        told = [fault.stored() for fault in (*faults, *found.doubts)]
        rows.append(Compared(line.number, state.value, str(title)[:120], raw, line.values, told, changes))
    return rows


def _judged(
    values: Values, found: Found, faults: Sequence[Fault], *, is_meant: bool = False
) -> tuple[RowState, dict[str, list[Any]]]:
    """What a row with these faults would do, and what it would change."""
    if faults:
        return RowState.WRONG, {}
    if found.current is None:
        return RowState.NEW, {}
    changes = differences(values, found.current)
    if found.doubts and not is_meant:
        return RowState.DOUBTFUL, changes
    return (RowState.CHANGED if changes else RowState.SAME), changes


def _sheets(one: Import) -> list[Sheet]:
    with tempfile.NamedTemporaryFile() as copy, one.file.open("rb") as source:
        shutil.copyfileobj(source, copy)
        copy.flush()
        return read(Path(copy.name), Path(one.file_name).suffix)


def _importing(one: Import) -> Importing:
    importing = declared.of(one.kind)
    assert importing is not None, f"no such import: {one.kind=}"
    return importing


@transaction.atomic
def _end(one: Import, state: State, found: Mapping[str, int]) -> None:
    one.state, one.ended_at = state, clock.now()
    one.save(update_fields=["state", "ended_at"])
    messages.tell(one, found)


def _in_parts(everything: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(everything)
    while part := list(islice(rest, AT_ONCE)):
        yield part
