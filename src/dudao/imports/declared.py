"""The declaration of an import: its columns, whom it is for, how a row is compared, how rows are written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dudao.imports.fields import Field
from dudao.kernel.told import as_stored
from dudao.people.models import User

Values = dict[str, Any]
"""What one row says, by column key; only what is written in it. None means the cell is to be emptied."""


class Fault(NamedTuple):
    """One thing wrong in one row: sentences of `kernel.told`, so that each reader has them in his language."""

    column: str
    wrong: str
    right: str = ""

    def stored(self) -> dict[str, Any]:
        return {"column": self.column, "wrong": as_stored(self.wrong), "right": as_stored(self.right)}


@dataclass
class Found:
    """What is stored for a row: nothing, or the values that stand there now; why the row may not be used; and what
    makes it doubtful, so that it is used only if the person says so."""

    current: Values | None = None
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)


class Ready(NamedTuple):
    """A row to be written: what it says, and whether something stands there already."""

    values: Values
    is_new: bool


@dataclass(frozen=True)
class Importing:
    """A kind of import.

    `look_up(user, rows)` answers for each row what is stored, seen with that person's rights: what lies outside them
    is a fault of the row. `save(user, rows)` writes rows that were checked, in the caller's transaction. `identity` is
    the column that tells rows apart, `title_field` the one a person knows them by. `back` is the page that
    shows what was brought in, `back_label` its name.
    `lacking(user)` gives rows known to be missing, as they would be typed; the page offers them as a filled template.
    """

    name: str
    title: Any
    capability: str
    fields: tuple[Field, ...]
    identity: str
    title_field: str
    look_up: Callable[[User, Sequence[Values]], list[Found]]
    save: Callable[[User, Sequence[Ready]], None]
    back: str
    back_label: Any
    notes: tuple[Any, ...] = ()
    lacking: Callable[[User], list[dict[str, str]]] | None = None

    def field(self, key: str) -> Field:
        return next(one for one in self.fields if one.key == key)


_declared: dict[str, Importing] = {}


def declare(importing: Importing) -> Importing:
    """Make a kind of import known under its name."""
    if importing.name in _declared:
        raise ValueError(f"import declared twice: {importing.name=}")
    _declared[importing.name] = importing
    return importing


def of(name: str) -> Importing | None:
    return _declared.get(name)
