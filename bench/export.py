"""A ledger of a million problems as an Excel and as a CSV file, as an export writes it, against the writer alone on ready tuples.

Floor: XlsxWriter in constant memory, and csv, writing as many rows of the same cells, ready in memory a portion at a time. That
reads nothing, so a second floor does the job by bare means: the same rows of the same columns read by the raw driver
through a cursor of the server, and written as they come. Bar: at most twice the time, 256 MiB added. PostgreSQL.
`DUDAO_BENCH_ROWS` sets the number of rows of the pairs (default 20,000, five pairs); the whole of `DUDAO_BENCH_WHOLE`
(default one million) is written once in each form and its time and memory printed.
"""

import csv
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import django
import xlsxwriter

from bench.pairs import measure_pairs, memory_mib, peak_memory_mib, print_line
from bench.server import prepared

ROWS = int(os.environ.get("DUDAO_BENCH_ROWS", "20000"))
WHOLE = int(os.environ.get("DUDAO_BENCH_WHOLE", "1000000"))
PACKAGES = ("xlsxwriter", "django", "psycopg")


def main() -> None:
    with prepared("postgresql") as server:
        os.environ |= server.environment()
        django.setup()
        from django.db import connections

        try:
            measure()
        finally:
            connections.close_all()


def measure() -> None:
    from dudao.cli.preparing import prepare
    from dudao.ui.lists.exported import rows_of

    prepare(say=lambda _line: None)
    at = fill(WHOLE)
    cells = [tuple(row) for row in rows_of(view_for(at, 2000))]
    for suffix in ("csv", "xlsx"):
        result = measure_pairs(
            ours=lambda suffix=suffix: write(view_for(at, ROWS), suffix),
            floor=lambda suffix=suffix: write_bare(ready(cells), suffix),
            bare=lambda suffix=suffix: write_bare(raw_rows(at), suffix),
        )
        print_line(
            "export",
            what=f"{ROWS} problems, {suffix.upper()}",
            result=result,
            packages=PACKAGES,
            target="ratio ≤ 2",
        )
    for suffix in ("csv", "xlsx"):
        before, begun = memory_mib(), time.perf_counter()
        written = write(view_for(at, WHOLE), suffix)
        print_line(
            "export", what=f"{written} problems, {suffix.upper()}, once", seconds=round(time.perf_counter() - begun, 1),
            added_mib=round(peak_memory_mib() - before), packages=PACKAGES, target="256 MiB added",
        )  # fmt: skip


def write(view: Any, suffix: str) -> int:
    """Ours: what an export writes of a list."""
    from dudao.ui.lists.pages import write_file

    with tempfile.TemporaryFile() as out:
        return write_file(view, suffix, out)


def write_bare(rows: Iterable[Sequence[Any]], suffix: str) -> None:
    with tempfile.TemporaryFile() as out:
        if suffix == "csv":
            csv.writer(io.TextIOWrapper(out, encoding="utf-8", newline="")).writerows(rows)
            return
        book = xlsxwriter.Workbook(out, {"constant_memory": True, "remove_timezone": True})
        sheet, moment = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for at, row in enumerate(rows):
            for index, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, index, value)
                elif isinstance(value, int):
                    sheet.write_number(at, index, value)
                elif value is not None:
                    sheet.write_datetime(at, index, value, moment)
        book.close()


def ready(cells: Sequence[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    return (cells[number % len(cells)] for number in range(ROWS))


def raw_rows(user: Any) -> Iterator[Sequence[Any]]:
    """The same columns of the same rows by the driver alone, as they lie in the database."""
    import psycopg

    from dudao.findings.lists import LEDGER
    from dudao.ui.lists.exported import plain_reads

    rows = view_for(user, ROWS).rows
    wanted = rows.values_list(*(one.path for one in plain_reads(LEDGER, rows.model)))
    with psycopg.connect(os.environ["DATABASE_URL"]) as link, link.cursor(name="bare") as cursor:
        cursor.itersize = 2000
        cursor.execute(*wanted.query.sql_with_params())
        yield from cursor


def view_for(user: Any, most: int) -> Any:
    """The whole ledger by number, its first `most` rows."""
    from django.http import HttpRequest, QueryDict

    from dudao.findings.lists import LEDGER
    from dudao.ui.lists.reading import View

    request = HttpRequest()
    request.GET, request.user = QueryDict("state=&sort=number"), user
    view = View(LEDGER, request)
    view.rows = view.rows[:most]
    return view


def fill(count: int) -> Any:
    """One real problem, and as many more like it, made inside the database."""
    from django.db import connection
    from tests import factories

    from dudao.findings.models import Finding

    at = factories.place()
    first = factories.finding(at)
    said = {"id": "gen_random_uuid()", "number": "'B-' || lpad(n::text, 8, '0')"}
    names = [str(one.column) for one in Finding._meta.concrete_fields if not one.generated]
    values = ", ".join(said.get(name, f'"{name}"') for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO findings_finding ({', '.join(names)}) "
            f"SELECT {values} FROM findings_finding, generate_series(2, %s) AS n WHERE id = %s",
            [count, first.pk],
        )
        cursor.execute("ANALYZE")
    print(f"{count} rows", file=sys.stderr)
    return at.officer


if __name__ == "__main__":
    main()
