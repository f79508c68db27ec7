"""Pages that steer with ten times the visits in the database: home, one glance, coverage and its matrices, the live page.

A city of nine counties with 69 schools each, half a year back: ours with ten visits a school and month, floor with one, a problem with
each. The figure is one page for whoever steers the city or a county. Bar: at most 1.2 times. SQLite.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from subprocess import DEVNULL, PIPE
from typing import Any

import django

from bench.pairs import measure_pairs, print_line
from bench.server import Asked

SCHOOLS_A_COUNTY, MONTHS, PAIRS = 69, 6, 9
FEW, MANY = 1, 10
COUNTY, CITY = "430211", "430200"
PAGES = {
    "home": (CITY, "/"),
    "home of a county": (COUNTY, "/"),
    "one glance": (CITY, "/glance/"),
    "coverage of the city": (CITY, f"/coverage/{CITY}/"),
    "counties by month": (CITY, f"/coverage/{CITY}/?by=counties"),
    "inspectors by month, city": (CITY, f"/coverage/{CITY}/?by=inspectors"),
    "burden, city": (CITY, f"/coverage/{CITY}/?by=burden"),
    "schools by month": (COUNTY, f"/coverage/{COUNTY}/"),
    "schools by theme": (COUNTY, f"/coverage/{COUNTY}/?by=themes"),
    "map of problems": (COUNTY, f"/coverage/{COUNTY}/?by=map"),
    "live": (CITY, "/visits/live/"),
}


class House(Asked):
    """A process with a database of its own that answers pages."""

    def __init__(self, home: str, visits: int) -> None:
        command = [sys.executable, "-m", "bench.dashboard", home, str(visits)]
        self.process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, text=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        floor, ours = House(few, FEW), House(many, MANY)
        floor.ready()
        ours.ready()
        for what, (code, address) in PAGES.items():
            result = measure_pairs(
                ours=lambda code=code, address=address: ours.page(code, address),
                floor=lambda code=code, address=address: floor.page(code, address),
                pairs=PAIRS,
            )
            print_line(
                "dashboard", what=f"{what}, ten times the visits", result=result, packages=("django",),
                target="ratio ≤ 1.2",
            )  # fmt: skip
        for one in (floor, ours):
            one.process.kill()


def serve(home: str, visits: int) -> None:
    """Fill a database, then answer a page for each line `region address`."""
    os.environ |= {
        "DUDAO_HOME": home,
        "DUDAO_SECRET_KEY": "bench",
        "DJANGO_SETTINGS_MODULE": "dudao.settings",
    }
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    from django.test import Client

    from dudao.cli.preparing import prepare
    from dudao.insight.followers import rebuild
    from dudao.kernel.memory import settle
    from dudao.kernel.statistics import refresh_statistics
    from dudao.people.models import Grant, User
    from dudao.places.models import Region

    prepare(say=lambda _line: None)
    fill(visits)
    rebuild()
    refresh_statistics()  # as the worker does every hour
    clients: dict[str, Client] = {}
    for code, role in ((COUNTY, "COUNTY_OFFICE"), (CITY, "CITY_OFFICE")):
        person = User.objects.create_user(f"of-{code}", None, name="易国栋")
        Grant.objects.create(user=person, role=role, region=Region.objects.get(code=code))
        clients[code] = Client(SERVER_NAME="127.0.0.1")
        clients[code].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    settle()  # as a server does
    print("ready", flush=True)
    for line in sys.stdin:
        code, address = line.split()
        print(clients[code].get(address).status_code, flush=True)


def fill(visits: int) -> None:
    """Schools with their inspectors, and of one real visit and its problem as many like it as are wanted, in bulk."""
    from tests import factories

    from dudao.findings.models import Finding
    from dudao.inspections.models import Sheet, Visit
    from dudao.kernel import clock
    from dudao.kernel.ids import uuid7
    from dudao.people.models import Assignment, User
    from dudao.places.models import Region, Unit

    at = factories.place()
    found = factories.finding(at)
    schools = []
    for county in Region.objects.filter(parent__code=CITY):
        people = User.objects.bulk_create(
            User(username=f"i-{county.code}-{number}", name=f"督学{number}", password="!")
            for number in range(14)
        )
        own = Unit.objects.bulk_create(
            Unit(code=f"{county.code}{number:04d}", name=f"{county.name}第{number}小学", kind="PRIMARY", region=county,
                 lng=113 + number / 100, lat=27.8)
            for number in range(SCHOOLS_A_COUNTY)
        )  # fmt: skip
        Assignment.objects.bulk_create(
            Assignment(unit=unit, inspector=people[number % 14], starts_on="2026-01-01")
            for number, unit in enumerate(own)
        )
        schools += own
    assert found.visit is not None
    one, sheet = plain(found.visit), plain(found.visit.sheets.get())
    problem = plain(found, "number")
    moments = [
        clock.now() - timedelta(days=30 * month + day) for month in range(MONTHS) for day in range(visits)
    ]
    for number, rows in enumerate(batches([(unit, moment) for unit in schools for moment in moments], 500)):
        made = [
            Visit(
                id=uuid7(),
                **one
                | {
                    "unit_id": unit.pk,
                    "unit_name": unit.name,
                    "started_at": when,
                    "finished_at": when + timedelta(hours=1),
                    "arrived_at": when + timedelta(hours=2),
                    "filed_at": when + timedelta(hours=2),
                },
            )
            for unit, when in rows
        ]
        Visit.objects.bulk_create(made)
        Sheet.objects.bulk_create(Sheet(id=uuid7(), **sheet | {"visit_id": each.pk}) for each in made)
        Finding.objects.bulk_create(
            Finding(id=uuid7(), number=f"B-{number:06d}-{index:03d}",
                    **problem | {"unit_id": each.unit_id, "visit_id": each.pk, "recorded_at": each.started_at, "sheet_id": None})
            for index, each in enumerate(made)
        )  # fmt: skip


def plain(row: Any, *but: str) -> dict[str, Any]:
    """The columns of a row, for more like it."""
    names = [one.attname for one in row._meta.concrete_fields if one.attname not in ("id", *but)]
    return {name: getattr(row, name) for name in names}


def batches(rows: list[Any], size: int) -> Iterator[list[Any]]:
    for at in range(0, len(rows), size):
        yield rows[at : at + size]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        serve(sys.argv[1], int(sys.argv[2]))
    else:
        main()
