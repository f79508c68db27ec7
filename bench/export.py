"""A ledger of a million problems as an Excel file, by the code a worker runs, against the writer alone on ready tuples.

Floor: XlsxWriter in constant memory writing as many rows of the same cells, ready in memory a portion at a time. Bar: at most
twice the time, 256 MiB added. SQLite. `DUDAO_BENCH_ROWS` sets the number of rows of the pairs (default 20,000, five pairs); the
whole million is written once and its time and memory printed.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import django

from bench.pairs import measure_pairs, memory_mib, peak_memory_mib, print_line

ROWS = int(os.environ.get("DUDAO_BENCH_ROWS", "20000"))
WHOLE = int(os.environ.get("DUDAO_BENCH_WHOLE", "1000000"))


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "DUDAO_HOME": home,
            "DUDAO_SECRET_KEY": "bench",
            "DJANGO_SETTINGS_MODULE": "dudao.settings",
        }
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        measure()


def measure() -> None:
    from dudao.cli.preparing import prepare

    prepare(say=lambda _line: None)
    at = fill(WHOLE)
    cells = list(islice(rows_for(at), 2000))
    result = measure_pairs(
        ours=lambda: write(islice(rows_for(at), ROWS)),
        floor=lambda: write(cells[number % len(cells)] for number in range(ROWS)),
        warm_up=0,
    )
    print_line(
        "export",
        what=f"{ROWS} problems, 21 columns, XLSX",
        result=result,
        packages=("xlsxwriter", "django"),
        target="ratio ≤ 2",
    )
    before, begun = memory_mib(), time.perf_counter()
    written = write(rows_for(at))
    print_line(
        "export", what=f"{written} problems, XLSX, once", seconds=round(time.perf_counter() - begun, 1),
        added_mib=round(peak_memory_mib() - before), packages=("xlsxwriter", "django"), target="256 MiB added",
    )  # fmt: skip


def write(rows: Any) -> int:
    from dudao.findings.lists import LEDGER
    from dudao.kernel.excel import write_workbook
    from dudao.ui.lists.pages import head_of

    with tempfile.TemporaryFile() as out:
        return write_workbook(out, "台账", head_of(LEDGER), rows)


def rows_for(user: Any) -> Iterator[list[Any]]:
    """The cells as the export of the whole ledger reads them."""
    from django.http import HttpRequest, QueryDict

    from dudao.findings.lists import LEDGER
    from dudao.ui.lists.pages import rows_of
    from dudao.ui.lists.reading import View

    request = HttpRequest()
    request.GET, request.user = QueryDict("state=&sort=number"), user
    return rows_of(View(LEDGER, request))


def fill(count: int) -> Any:
    """One real problem, and as many more like it, in bulk."""
    from tests import factories

    from dudao.findings.models import Finding
    from dudao.kernel.ids import uuid7

    at = factories.place()
    first = factories.finding(at)
    fields = [one.attname for one in Finding._meta.concrete_fields if one.attname not in ("id", "number")]
    same = {name: getattr(first, name) for name in fields}
    for start in range(1, count, 5000):
        Finding.objects.bulk_create(
            Finding(id=uuid7(), number=f"B-{number:08d}", **same)
            for number in range(start, min(start + 5000, count))
        )
        print(f"{start} rows", file=sys.stderr)
    return at.officer


if __name__ == "__main__":
    main()
