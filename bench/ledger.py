"""Ledgers with the whole nation in the database: 2,900 counties, 200,000 schools, 40,000 inspectors, 3,000,000 problems.

Ours: a page as somebody of one county, one city, one province or the nation asks for it: the first one, filtered, sorted, searched, the
hundredth. Two searches find the same row at every scope, two as many as are shown; two more fill a page for a province and find one row or
none for a county, so that most of their ratio is what the other rows cost: these and the hundredth page have no bar. The floor: the same
page of one county in a database that holds nothing else. The bar: at most 1.5 times, at every scope, on PostgreSQL, which is what a
province runs on; on SQLite it is printed.

`python -m bench.ledger URL URL` measures in two databases that stay between runs, of a county and of the nation; filled if empty.
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any
from urllib.parse import urlsplit

import django

from bench import problems
from bench.pairs import measure_pairs, print_line
from bench.server import Asked, Server, prepared

SCHOOLS_A_COUNTY = 69
INSPECTORS_A_COUNTY = 14
PAIRS = 9
COUNTY, CITY, PROVINCE = "430211", "430200", "430000"
NATION = "nation"
SCOPES = {"county": COUNTY, "city": CITY, "province": PROVINCE, "nation": NATION}
PAGES = {
    "schools": "/units/", "schools of one type": "/units/?kind=JUNIOR", "schools by pupils": "/units/?sort=-pupils",
    "schools by name": "/units/?q=第7", "inspectors": "/inspectors/", "problems": "/findings/",
    "serious problems": "/findings/?severity=SERIOUS", "overdue problems": "/findings/?overdue=1",
    "problems by number": "/findings/?sort=-number", "all problems ever": "/findings/?state=",
    "all problems, last page": "/findings/?state=&page=100", "problems by text": "/findings/?q=堆放杂物42",
    "schools by a word in all": "/units/?q=小学", "problems by a word in all": "/findings/?q=消防通道",
    "one school by its name": "/units/?q=天元区第7小学", "one problem by its number": "/findings/?state=&q=430211-2026-0109",
}  # fmt: skip


WITHOUT_BAR = {"schools by name", "problems by text", "all problems, last page"}
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文志红春海燕雪梅晓东峰林鹏飞宇婷慧颖佳欣怡思远博浩然子轩梓涵雨晨嘉诚立新"


class House(Asked):
    """A process with a database of its own that answers pages."""

    def __init__(self, server: Server, extent: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.ledger", extent],
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            text=True,
            env=server.environment(),
        )


def main() -> None:
    for database in ("sqlite", "postgresql"):
        with prepared(database) as few, prepared(database) as all_:
            floor, nation = House(few, "county"), House(all_, "nation")
            floor.ready()
            nation.ready()
            measure(floor, nation, database)
            floor.process.kill()
            nation.process.kill()


def main_kept(county_url: str, nation_url: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        floor, nation = (
            House(Server(Path(home), url, 0), extent)
            for url, extent in ((county_url, "county"), (nation_url, NATION))
        )
        floor.ready()
        nation.ready()
        measure(floor, nation, urlsplit(nation_url).scheme)
        floor.process.kill()
        nation.process.kill()


def measure(floor: House, nation: House, database: str, pairs: int = PAIRS) -> None:
    for what, address in PAGES.items():
        for scope, code in SCOPES.items():
            result = measure_pairs(
                    ours=lambda code=code, address=address: nation.page(code, address),
                    floor=lambda address=address: floor.page(COUNTY, address), pairs=pairs,
                )  # fmt: skip
            print_line(
                "ledger",
                what=f"{what}, {scope}, {database}",
                result=result,
                packages=("django",),
                target="" if what in WITHOUT_BAR else "ratio ≤ 1.5",
            )


def serve(extent: str) -> None:
    """Fill the database if it is empty, then answer a page for each line `region address`."""
    django.setup()
    from django.test import Client

    from dudao.cli.preparing import prepare
    from dudao.people.models import Grant, User
    from dudao.places.models import Region, Unit

    prepare(say=lambda _line: None)
    if not Unit.objects.exists():
        counties = Region.objects.filter(level="COUNTY")
        fill(counties if extent == NATION else counties.filter(code=COUNTY))
        problems.make()
        _know_the_tables()
    clients: dict[str, Client] = {}
    for code in SCOPES.values():
        regions = (
            Region.objects.filter(code=code) if code != NATION else Region.objects.filter(level="PROVINCE")
        )
        person, _made = User.objects.get_or_create(username=f"of-{code}", defaults={"name": "易国栋"})
        for region in regions:
            Grant.objects.get_or_create(
                user=person, role="COUNTY_OFFICE" if code == COUNTY else "CITY_OFFICE", region=region
            )
        clients[code] = Client(SERVER_NAME="127.0.0.1")
        clients[code].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    print("ready", flush=True)
    for line in sys.stdin:
        code, address = line.split()
        print(clients[code].get(address).status_code, flush=True)


def _know_the_tables() -> None:
    """What the worker does every hour on SQLite, and PostgreSQL by itself where autovacuum is not switched off."""
    from django.db import connection

    from dudao.kernel.statistics import refresh_statistics

    refresh_statistics()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


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
                User(
                    username=f"i-{county.code}-{number}",
                    name=chance.choice(FAMILY) + chance.choice(GIVEN) + chance.choice(GIVEN),
                    password="!",
                )
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
    if len(sys.argv) == 2:
        serve(sys.argv[1])
    elif len(sys.argv) == 3:
        main_kept(*sys.argv[1:])
    else:
        main()
