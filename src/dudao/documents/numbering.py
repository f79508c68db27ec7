"""Numbers without gaps: a number is given in the transaction that uses it, and goes back with it."""

from datetime import date

from django.db import connection
from django.db.models import F

from dudao.documents.models import NumberSeries
from dudao.places.models import Region


def allot(issuer: Region, series: str, year: int, *, count: int = 1) -> int:
    """The next number of a series: 1, 2, 3 … for each issuer and year; the first of `count` that are taken together.

    The row stays locked by the update until the caller's transaction ends (SQLite locks the whole database), so the
    next caller waits, and a rollback leaves no gap: take it as late as you can. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"a number must share its document's transaction: {series=}")
    mine = NumberSeries.objects.filter(issuer=issuer, series=series, year=year)
    if not mine.update(last=F("last") + count):
        NumberSeries.objects.get_or_create(issuer=issuer, series=series, year=year)
        mine.update(last=F("last") + count)
    return mine.values_list("last", flat=True).get() - count + 1


def document_number(issuer: Region, number: int, on: date) -> str:
    """发文字号: 株天教督〔2026〕12号 (GB/T 9704-2012, 7.2.5: full year, no leading zeros, no 第)."""
    mark = issuer.office_mark or f"{issuer.name}教督"
    return f"{mark}〔{on.year}〕{number}号"
