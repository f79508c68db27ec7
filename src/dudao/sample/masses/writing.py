"""Rows by the hundred thousand: COPY on PostgreSQL, prepared inserts on SQLite. No signal, no service, no check but the
database's own."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

Row = dict[str, Any]
PORTION = 20_000


class Writer:
    """Collects rows of one table and writes them a portion at a time. What a row does not say is the field's default."""

    def __init__(self, model: type[models.Model], *, gives_keys: bool = False) -> None:
        """`gives_keys`: the rows say their own key where the database would count one up."""
        self._table = model._meta.db_table
        fields = [
            field
            for field in model._meta.concrete_fields
            if not field.generated and (gives_keys or not isinstance(field, models.AutoField))
        ]
        self._columns = [str(field.column) for field in fields]
        self._takers = [_taker(field) for field in fields]
        self._names = {field.attname for field in model._meta.concrete_fields}
        self._rows: list[tuple[Any, ...]] = []
        self.count = 0

    def add(self, **row: Any) -> None:
        """One row, by attribute names (`unit_id`, not `unit`). Raises ValueError for one the table does not have."""
        if not row.keys() <= self._names:
            raise ValueError(f"{self._table} has no {row.keys() - self._names}")
        self._rows.append(tuple([take(row) for take in self._takers]))
        self.count += 1
        if len(self._rows) >= PORTION:
            self.flush()

    def flush(self) -> None:
        """Write what is still held. The caller holds the transaction."""
        if self._rows:
            (_copy if connection.vendor == "postgresql" else _insert)(self._table, self._columns, self._rows)
            self._rows = []


def _taker(field: models.Field[Any, Any]) -> Callable[[Row], Any]:
    """How this field's value is taken from a row and made what the driver stores."""
    name, store = field.attname, _storing(field)
    default = (
        field.default
        if field.has_default()
        else ("" if field.empty_strings_allowed and not field.null else None)
    )

    def take(row: Row) -> Any:
        value = row[name] if name in row else default() if callable(default) else default
        return None if value is None else store(value)

    return take


def _storing(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if connection.vendor == "postgresql":
        return lambda value: value
    if isinstance(target, models.UUIDField):
        return lambda value: UUID(str(value)).hex
    if isinstance(target, models.DateTimeField):
        return _utc
    return lambda value: value


def _utc(moment: datetime) -> str:
    """As Django's SQLite back end writes it."""
    return str(moment.astimezone(UTC).replace(tzinfo=None))


def _copy(table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    named = ", ".join(f'"{one}"' for one in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({named}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _insert(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    named, marks = ", ".join(f'"{one}"' for one in columns), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({named}) VALUES ({marks})', rows)  # noqa: S608 - our own names
