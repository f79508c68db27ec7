"""The cells of a list as a file has them: every column of every filtered row, shown or not.

Where every exported column is a path of fields, the database gives plain values and no record is built: of a problem's
four records with sixty fields a file has twenty-one. Lists with a computed column are read record by record.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, JSONField, Model

from dudao.ui.lists.declared import Column, Listing, choice_words
from dudao.ui.lists.filters import Rows
from dudao.ui.lists.reading import View

AT_ONCE = 2_000


class Read(NamedTuple):
    """A column as the database reads it: `path` of the field, and what its values are called that have another word."""

    path: str
    field: Field[Any, Any]
    words: Mapping[Any, str]

    @property
    def say(self) -> Callable[[Any], Any] | None:
        """What makes the cell of a value, where they differ."""
        if words := self.words:
            return lambda value: words.get(value, value)
        return _joined if isinstance(self.field, JSONField) else None


def head_of(listing: Listing) -> list[tuple[str, int]]:
    """The heads of the exported columns, each with its width."""
    return [(str(one.label), one.width) for one in _exported(listing)]


def rows_of(view: View) -> Iterator[Sequence[Any]]:
    """The exported cells of every filtered row, read a portion at a time."""
    plain = plain_reads(view.listing, view.rows.model)
    return _values(view.rows, plain) if plain else _cells(view)


def plain_reads(listing: Listing, model: type[Model]) -> list[Read]:
    """How the database reads each exported column; nothing if one of them needs the record."""
    reads = [_read(one, model) for one in _exported(listing)]
    found = [one for one in reads if one]
    return found if len({one.path for one in found}) == len(reads) else []


def _exported(listing: Listing) -> list[Column]:
    return [one for one in listing.columns if one.is_exported]


def _read(column: Column, model: type[Model]) -> Read | None:
    if not isinstance(column.value, str):
        return None
    *steps, last = column.value.split(".")
    for step in steps:
        field = _field(model, step)
        if field is None or field.related_model is None:
            return None
        model = field.related_model
    name = last.removeprefix("get_").removesuffix("_display") if last.startswith("get_") else last
    field = _field(model, name)
    if field is None or field.related_model is not None:
        return None
    words = choice_words(model, name) if name != last else column.words() if column.words else {}
    return Read("__".join([*steps, name]), field, words)


def _field(model: type[Model], name: str) -> Any:
    """The column of its own that the model has under this name, if it has one."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:  # computed, or set by the list's `prepare`
        return None
    return field if isinstance(field, Field) and field.concrete and not field.many_to_many else None


def _values(rows: Rows, reads: Sequence[Read]) -> Iterator[Sequence[Any]]:
    said = [(index, say) for index, one in enumerate(reads) if (say := one.say)]
    for row in rows.values_list(*(one.path for one in reads)).iterator(chunk_size=AT_ONCE):
        cells = list(row)
        for index, say in said:
            cells[index] = say(cells[index])
        yield cells


def _cells(view: View) -> Iterator[Sequence[Any]]:
    readers = [one.reader() for one in _exported(view.listing)]
    rows = view.rows.iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        view.listing.prepare(some)
        for row in some:
            yield [_joined(read(row)) for read in readers]


def _joined(value: Any) -> Any:
    return "，".join(map(str, value)) if isinstance(value, list | tuple) else value
