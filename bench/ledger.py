"""The lists of schools and inspectors with the whole nation in the database: 2,900 counties, 200,000 schools, 40,000 inspectors.

Ours: a page as somebody of one county, one city or one province asks for it: the first one, filtered, sorted, searched. The floor: the
same page of the same county in a database that holds nothing else. The bar: at most 1.5 times, at every scope. SQLite.
"""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from subprocess import DEVNULL, PIPE
from typing import Any

import django

from bench.pairs import measure_pairs, print_line

SCHOOLS_A_COUNTY = 69
INSPECTORS_A_COUNTY = 14
PAIRS = 9
COUNTY, CITY, PROVINCE = "430211", "430200", "430000"
PAGES = {
    "schools": "/units/", "schools of one type": "/units/?kind=JUNIOR", "schools by pupils": "/units/?sort=-pupils",
    "schools by name": "/units/?q=第7", "inspectors": "/inspectors/",
}  # fmt: skip


class House:
    """A process with a database of its own that answers pages."""

    def __init__(self, home: str, extent: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.ledger", home, extent],
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            text=True,
        )

    def ready(self) -> None:
        assert self._answer() == "ready", "the database could not be filled"

    def page(self, code: str, address: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{code} {address}\n")
        self.process.stdin.flush()
        assert self._answer() == "200"

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


def main() -> None:
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as all_:
        floor, nation = House(few, "county"), House(all_, "nation")
        floor.ready()
        nation.ready()
        measure(floor, nation)
        floor.process.kill()
        nation.process.kill()


def measure(floor: House, nation: House) -> None:
    for what, address in PAGES.items():
        for scope, code in (("county", COUNTY), ("city", CITY), ("province", PROVINCE)):
            result = measure_pairs(
                    ours=lambda code=code, address=address: nation.page(code, address),
                    floor=lambda address=address: floor.page(COUNTY, address), pairs=PAIRS,
                )  # fmt: skip
            print_line(
                "ledger",
                what=f"{what}, {scope} of the nation",
                result=result,
                packages=("django",),
                target="ratio ≤ 1.5",
            )


def serve(home: str, extent: str) -> None:
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
    from dudao.kernel.statistics import refresh_statistics
    from dudao.people.models import Grant, User
    from dudao.places.models import Region

    prepare(say=lambda _line: None)
    fill(Region.objects.filter(level="COUNTY") if extent == "nation" else Region.objects.filter(code=COUNTY))
    refresh_statistics()  # as the worker does every hour
    clients: dict[str, Client] = {}
    for code, role in ((COUNTY, "COUNTY_OFFICE"), (CITY, "CITY_OFFICE"), (PROVINCE, "CITY_OFFICE")):
        person = User.objects.create_user(f"of-{code}", None, name="易国栋")
        Grant.objects.create(user=person, role=role, region=Region.objects.get(code=code))
        clients[code] = Client(SERVER_NAME="127.0.0.1")
        clients[code].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    print("ready", flush=True)
    for line in sys.stdin:
        code, address = line.split()
        print(clients[code].get(address).status_code, flush=True)


def fill(counties: Any) -> None:
    """Schools, inspectors, and who is responsible for which school, in bulk."""
    from dudao.inspectors.models import Inspector
    from dudao.people.models import Assignment, Grant, User
    from dudao.places.models import Unit

    chance = random.Random(1)
    for some in batches(list(counties), 200):
        units, people = [], []
        for county in some:
            for number in range(SCHOOLS_A_COUNTY):
                units.append(Unit(
                    code=f"{county.code}{number:04d}", name=f"{county.name}第{number}小学", initials=f"d{number}xx",
                    kind=chance.choice(["PRIMARY", "JUNIOR", "TEACHING_POINT"]), region=county, pupils=chance.randint(20, 3000),
                ))  # fmt: skip
            people += [
                User(username=f"i-{county.code}-{number}", name=f"督学{number}", password="!")
                for number in range(INSPECTORS_A_COUNTY)
            ]
        Unit.objects.bulk_create(units)
        User.objects.bulk_create(people)
        Grant.objects.bulk_create(
            [Grant(user=one, role="INSPECTOR", assigned=True, starts_on="2026-01-01") for one in people]
        )
        homes = {county.code: county for county in some}
        Inspector.objects.bulk_create(
            [
                Inspector(user=one, region=homes[one.username.split("-")[1]], engagement="PART_TIME")
                for one in people
            ]
        )
        by_county: dict[str, list[Any]] = {}
        for one in people:
            by_county.setdefault(one.username.split("-")[1], []).append(one)
        Assignment.objects.bulk_create([
            Assignment(unit=unit, inspector=by_county[unit.region.code][number % INSPECTORS_A_COUNTY], starts_on="2026-01-01")
            for number, unit in enumerate(units)
        ])  # fmt: skip


def batches(rows: list[Any], size: int) -> Iterator[list[Any]]:
    for at in range(0, len(rows), size):
        yield rows[at : at + size]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        serve(*sys.argv[1:])
    else:
        main()
