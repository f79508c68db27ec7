"""The cells of a list as CSV shows them, said by the database itself: reading values only to put them into words would
take Python longer than all the writing.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    DateTimeField,
    Expression,
    F,
    FloatField,
    IntegerField,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat, Ord, Substr, TruncMinute
from django.db.models.lookups import In

from dudao.kernel.excel import plain, write_csv
from dudao.ui.lists.exported import AT_ONCE, Read, plain_reads
from dudao.ui.lists.reading import View

_FORMULA_STARTS = [ord(one) for one in map(chr, range(128)) if plain(one) != one]
_LENGTH_OF_A_MOMENT = len("2026-09-01 08:30")
_SAID_BY_CSV = (IntegerField, FloatField, BooleanField, DateField)


def texts_of(view: View) -> Iterator[Sequence[Any]] | None:
    """The exported cells of every filtered row, which `csv` writes as they are; nothing if a column needs Python."""
    reads = plain_reads(view.listing, view.rows.model)
    said = [cell for one in reads if (cell := _said(one)) is not None]
    if not said or len(said) < len(reads):
        return None
    return view.rows.values_list(*said).iterator(chunk_size=AT_ONCE)


def write_texts(out: BinaryIO, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> int:
    """Write the file that `write_csv` makes of the same cells; returns how many rows."""
    count = write_csv(out, "", columns, ())
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(row)
        count += 1
    text.flush()
    text.detach()
    return count


def _said(read: Read) -> Expression | F | None:
    """The cell of a column; nothing where only Python knows how to say its values."""
    if isinstance(read.field, CharField | TextField):
        words = (When(**{read.path: key}, then=Value(plain(word))) for key, word in read.words.items())
        return Case(*words, default=_safe(read.path), output_field=TextField())
    if read.words:
        return None
    if isinstance(read.field, DateTimeField):
        return Substr(Cast(TruncMinute(read.path), CharField()), 1, _LENGTH_OF_A_MOMENT)
    return F(read.path) if isinstance(read.field, _SAID_BY_CSV) else None


def _safe(path: str) -> Case:
    """A text as a cell that no spreadsheet will execute: the rule of `plain`."""
    starts = In(Ord(path, output_field=IntegerField()), _FORMULA_STARTS)
    return Case(When(starts, then=Concat(Value("'"), path)), default=F(path), output_field=TextField())
