"""The declaration of a list: its columns, filters, order, words, and what may be done with several rows at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Field, Model
from django.db.models.expressions import Expression
from django.utils.translation import get_language

from dudao.ui.lists.filters import Filter, Rows


def _nothing_more(rows: Sequence[Any]) -> None:
    """The rows' query brings all that their cells need."""


@dataclass(frozen=True)
class Column:
    """One column.

    `value` is a path of attributes from the row ("unit.region.name"; methods are called) or a function of the row; it
    is what Excel gets and, without `template`, what the cell shows; `words` says how values are called that are keys of
    a list kept in the database. `template` is a fragment that finds the `row`.
    `sort` is a field or an expression; without it the column does not sort.
    """

    key: str
    label: Any
    value: str | Callable[[Any], Any]
    template: str = ""
    sort: str | Expression | None = None
    width: int = 16  # characters, in Excel
    css: str = ""
    is_shown: bool = True  # on the page, until the person chooses columns
    is_exported: bool = True
    words: Callable[[], Mapping[Any, str]] | None = None

    def reader(self) -> Callable[[Any], Any]:
        """What gives the plain value of this column for a row; made once for many rows, since it may look up words."""
        read = self.value if callable(self.value) else partial(_follow, _steps(self.value))
        if self.words is None:
            return read
        words = self.words()
        return lambda row: words.get(found := read(row), found)

    def order(self, model: type[Model], *, falling: bool) -> Any:
        """Rows by this column, those without a value last. A field that is never empty keeps its index usable."""
        by = F(self.sort) if isinstance(self.sort, str) else self.sort
        assert by is not None, f"{self.key} does not sort"
        last = None if isinstance(self.sort, str) and _is_never_empty(model, self.sort) else True
        return by.desc(nulls_last=last) if falling else by.asc(nulls_last=last)


def _follow(steps: Sequence[tuple[str, str]], row: Any) -> Any:
    found = row
    for name, field in steps:
        if field:
            found = _word(found, field)
            continue
        found = getattr(found, name, None)
        found = found() if callable(found) else found
    return found


@cache
def _steps(path: str) -> list[tuple[str, str]]:
    """The attributes of a path, each with the field whose word it stands for, if it does."""
    names = path.split(".")
    return [
        (
            name,
            name[len("get_") : -len("_display")]
            if name.startswith("get_") and name.endswith("_display")
            else "",
        )
        for name in names
    ]


def _word(row: Any, field: str) -> Any:
    """What Django's get_…_display says; looked up, since that hashes every choice anew for each row of an export."""
    value = getattr(row, field, None)
    return choice_words(type(row), field).get(value, value)


def choice_words(model: type[Model], field: str) -> Mapping[Any, str]:
    """The words of a field's choices in the language of the moment."""
    return _words(model._meta.label, field, get_language() or "")


@cache
def _words(model: str, field: str, language: str) -> dict[Any, str]:
    found = apps.get_model(model)._meta.get_field(field)
    assert isinstance(found, Field), f"no field of its own: {model=} {field=}"
    return {value: str(label) for value, label in found.flatchoices}


def _is_never_empty(model: type[Model], name: str) -> bool:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:  # a field of a related row, or computed
        return False
    return not getattr(field, "output_field", field).null  # what the database computes says so of its result


@dataclass(frozen=True)
class Empty:
    """What stands where no row is: why, and what to do about it."""

    icon: str
    title: Any
    advice: Any


@dataclass(frozen=True)
class Action:
    """Something done to the chosen rows: their keys are posted as `chosen` to `url_name`.

    Offered to those with any of `capabilities`; to everyone when it names none.
    """

    label: Any
    url_name: str
    icon: str
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grouping:
    """A way to lay the rows out in lanes: by `field`, whose values are those of the choice filter `key`."""

    key: str
    label: Any
    field: str


@dataclass(frozen=True)
class Listing:
    """A list. `rows(user)` begins at `visible_to`; `sort` is the order while the address names none ("-key" falls).

    `prepare` completes the rows of one page by a constant number of queries, setting attributes that cells read.
    `counted` puts the number of rows into words.
    """

    name: str
    title: Any
    url_name: str
    rows: Callable[[Any], Rows]
    columns: tuple[Column, ...]
    sort: str
    counted: Callable[[int], str]
    empty: Empty
    filters: tuple[Filter, ...] = ()
    actions: tuple[Action, ...] = ()
    prepare: Callable[[Sequence[Any]], None] = _nothing_more
    page_size: int = 20
    groupings: tuple[Grouping, ...] = ()
    card: tuple[str, ...] = ()  # keys of the columns that a card of a lane shows

    def column(self, key: str) -> Column | None:
        return next((one for one in self.columns if one.key == key), None)


_declared: dict[str, Listing] = {}


def declare(listing: Listing) -> Listing:
    """Make a list known under its name; a name stands for one list."""
    if listing.name in _declared:
        raise ValueError(f"list declared twice: {listing.name=}")
    _declared[listing.name] = listing
    return listing


def declared() -> list[Listing]:
    return list(_declared.values())
