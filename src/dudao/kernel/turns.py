"""Several workers at the same rows."""

from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def unheld(rows: QuerySet[M]) -> QuerySet[M]:
    """Those of `rows` that no other worker holds, held until the caller's transaction ends.

    PostgreSQL passes by what another holds, so that nobody waits; on SQLite the transaction holds the only write lock.
    """
    return rows.select_for_update(skip_locked=True) if connection.vendor == "postgresql" else rows
