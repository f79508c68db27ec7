"""A county's list of 12,000 schools, checked and written, with and without errors.

Ours: reading in a process of its own, parsing, comparing, keeping every row; then writing all units with their events. The floor: the
same sheet read by the reading library alone. The bar: checking at most five times the floor. The floor guards against nothing and
keeps nothing, so a second one does both by bare means: the same guarded process reads the sheet, and the same rows are kept
durably as one JSON text each by one bulk insert.
"""

import json
import random
import tempfile
import time
from pathlib import Path

import django
import python_calamine
import xlsxwriter
from django.conf import settings
from django.db import transaction

from bench.pairs import collect_pairs, print_line

ROWS = 12_000
WRONG = 37
PAIRS = 5
HEAD = ["单位代码", "名称", "类型", "性质", "所属区县", "地址", "学生数", "督导联络员", "联络电话"]


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        _set_up(Path(home))
        from django.core.files import File

        from dudao.imports import running, services
        from dudao.imports.declared import of
        from dudao.people.models import Grant, User
        from dudao.places.models import Region, Unit

        city = Region.objects.get(code="430200")
        officer = User.objects.create_user("officer", None, name="易国栋")
        Grant.objects.create(user=officer, role="CITY_OFFICE", region=city)
        schools = of("schools")
        assert schools is not None
        for what, wrong in (("without errors", 0), (f"with {WRONG} wrong rows", WRONG)):
            path = _workbook(Path(home), wrong)

            def bring(path: Path = path) -> float:
                with path.open("rb") as file:
                    one = services.bring_in(File(file, path.name), schools, by=officer)
                begun = time.perf_counter()
                running.check(one.pk)
                return time.perf_counter() - begun

            result = collect_pairs(
                ours=bring,
                floor=lambda path=path: _read(path),
                bare=lambda path=path: _keep(path),
                pairs=PAIRS,
                unit="s",
            )
            print_line(
                "imports", what=f"{ROWS} schools checked, {what}", result=result,
                packages=("python-calamine", "django"), target="ratio ≤ 5",
            )  # fmt: skip
        with path.open("rb") as file:
            one = services.bring_in(File(file, path.name), schools, by=officer)
        running.check(one.pk)
        one.refresh_from_db()
        services.confirm(one, schools, by=officer, only_right=True)
        begun = time.perf_counter()
        running.apply(one.pk)
        print(f"written: {Unit.objects.count()} units in {time.perf_counter() - begun:.1f} s")
        result = collect_pairs(
            ours=bring, floor=lambda: _read(path), bare=lambda: _keep(path), pairs=PAIRS, unit="s"
        )
        print_line(
            "imports", what=f"{ROWS} schools checked again, all but {WRONG} written", result=result,
            packages=("python-calamine", "django"), target="ratio ≤ 5",
        )  # fmt: skip


def _set_up(home: Path) -> None:
    import os

    os.environ |= {
        "DUDAO_HOME": str(home),
        "DUDAO_SECRET_KEY": "bench",
        "DJANGO_SETTINGS_MODULE": "dudao.settings",
    }
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    assert settings.configured
    from dudao.cli.preparing import prepare
    from dudao.kernel.memory import settle

    prepare(say=lambda _line: None)
    settle()  # as a worker does


def _workbook(home: Path, wrong: int) -> Path:
    chance = random.Random(wrong)
    areas = ["荷塘区", "芦淞区", "石峰区", "天元区", "渌口区", "攸县", "茶陵县", "炎陵县", "醴陵市"]
    faulty = set(chance.sample(range(ROWS), wrong))
    path = home / f"{wrong}.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("学校")
    for index, label in enumerate(HEAD):
        sheet.write(0, index, label)
    for number in range(ROWS):
        row: list[object] = [
            f"21430{number:06d}", f"春晓第{number}小学", chance.choice(["小学", "初级中学", "教学点"]), "公办",
            chance.choice(areas), f"人民路{number}号", chance.randint(20, 3000), "王老师", "13800001234",
        ]  # fmt: skip
        if number in faulty:
            row[chance.choice([2, 4, 6])] = "错"
        for index, value in enumerate(row):
            sheet.write(number + 1, index, value)
    book.close()
    return path


def _read(path: Path) -> float:
    begun = time.perf_counter()
    python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()
    return time.perf_counter() - begun


def _keep(path: Path) -> float:
    from django.db import connection

    from dudao.kernel.sheets import read

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare_row")
        cursor.execute("CREATE TABLE bare_row (number integer PRIMARY KEY, cells text NOT NULL)")
        begun = time.perf_counter()
        (sheet,) = read(path, ".xlsx")
        rows = [(number, json.dumps(row)) for number, row in enumerate(sheet.rows)]
        with transaction.atomic():
            cursor.executemany("INSERT INTO bare_row VALUES (%s, %s)", rows)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
