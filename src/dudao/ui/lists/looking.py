"""The rows that hold a text in any of several columns."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import F, OrderBy, Q, QuerySet


def ways_to_hold(text: str, lookups: Sequence[str]) -> list[Q]:
    """The ways in which a row may hold `text`. A single character has no index: all ways are tried in one reading. What has
    a Chinese character stands in no initials."""
    in_initials = not any("一" <= one <= "鿿" for one in text)
    each = [
        Q(**{lookup: text}) for lookup in lookups if in_initials or not lookup.endswith("initials__holds")
    ]
    return each if len(text) > 1 else [any_of(each)]


def any_of(ways: Sequence[Q]) -> Q:
    return reduce(or_, ways)


def keys_found(rows: QuerySet[Any], ways: Sequence[Q], most: int) -> list[Any]:
    """The keys of the first `most` of `rows`, in their order, that are found in any of `ways`.

    Each way is looked for by itself and has its own first rows, of which the first of all are taken: so each can use the
    index of its own table, which no database does for an OR over several. SQLite has no such index and can not put
    ordered parts together.
    """
    if rows.query.is_empty():
        return []
    if len(ways) == 1 or not connection.features.supports_slicing_ordering_in_compound:
        return list(rows.filter(any_of(ways)).values_list("pk", flat=True)[:most])
    order = [_term(one) for one in rows.query.order_by]
    by = {f"by_{at}": one.expression for at, one in enumerate(order)}
    parts = [rows.filter(way).annotate(**by).values_list("pk", *by)[:most] for way in ways]
    merged = parts[0].union(*parts[1:]).order_by(*map(_of_column, by, order))
    return [row[0] for row in merged[:most]]


def count_found(rows: QuerySet[Any], ways: Sequence[Q], most: int) -> int:
    """How many of `rows` are found in any of `ways`, counted no further than `most`."""
    if rows.query.is_empty():
        return 0
    unordered = rows.order_by().values("pk")
    if len(ways) == 1 or not connection.features.supports_slicing_ordering_in_compound:
        return unordered.filter(any_of(ways))[:most].count()
    first, *others = [unordered.filter(way)[:most] for way in ways]
    return min(first.union(*others).count(), most)


def _term(one: Any) -> OrderBy:
    if isinstance(one, OrderBy):
        return one
    return OrderBy(F(one.removeprefix("-")), descending=one.startswith("-"))


def _of_column(name: str, one: OrderBy) -> OrderBy:
    return OrderBy(F(name), descending=one.descending, nulls_first=one.nulls_first, nulls_last=one.nulls_last)
