"""The demo's city is whole or not there: what broke off is made anew, what somebody else filled is left alone."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import molds
from tests.molds import ROOT

START = """
import os, pathlib, shutil, signal, sys, time
import django
from dudao.cli import demo

def stop(*_made, **_named):  # the plug is pulled after the schools are there, before their plans
    os.kill(os.getpid(), signal.SIGKILL)

def slow(*_made, **_named):
    time.sleep(3)

def nothing(*_made, **_named):
    pass

def tables(*_asked, **_named):  # all migrations together take longer than the rest
    file = pathlib.Path(os.environ["DUDAO_HOME"], "dudao.sqlite3")
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        shutil.copy(os.environ["MOLD"], file)

def setup(begin=django.setup):
    begin()
    from dudao.cli import preparing
    from dudao.sample import applying, history, papers, planning
    preparing.call_command = tables
    for one in (history, planning, applying, papers):  # these take a minute; the schools and their people are enough here
        one.write = nothing
    history.told = lambda: "left out"
    planning.write = {"stop": stop, "slow": slow}.get(sys.argv[1], nothing)

django.setup = setup
os.execv = lambda *_line: print("serving")
demo.demo(sys.argv[2:], standalone_mode=False)
"""


def command(home: Path, how: str, *options: str) -> tuple[list[str], dict[str, str]]:
    environment = os.environ | {
        "DUDAO_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "dudao.settings",
        "MOLD": str(molds.lite()),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "PYTHONWARNINGS": "ignore",
    }
    environment.pop("DATABASE_URL", None)
    return [sys.executable, "-c", START, how, *options], environment


def run(home: Path, how: str = "whole", *options: str) -> subprocess.CompletedProcess[str]:
    line, environment = command(home, how, *options)
    return subprocess.run(line, env=environment, cwd=ROOT, text=True, capture_output=True, check=False)


def schools(home: Path) -> int:
    with sqlite3.connect(home / "demo" / "dudao.sqlite3") as link:
        return int(link.execute("SELECT count(*) FROM places_unit").fetchone()[0])


pytestmark = [pytest.mark.fault, pytest.mark.one_database]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose city broke off half-way."""
    home = tmp_path_factory.mktemp("demo")
    assert run(home, "stop").returncode < 0
    assert schools(home) > 0
    return home


def test_what_broke_off_is_made_anew_and_what_is_whole_is_kept(left: Path) -> None:
    (left / "demo" / "of the half").touch()
    half = schools(left)
    again = run(left)
    assert again.returncode == 0, again.stderr
    assert "was left unfinished" in again.stdout
    assert "serving" in again.stdout
    assert schools(left) == half, "the schools once, not twice"
    assert not (left / "demo" / "of the half").exists()
    (left / "demo" / "of the whole").touch()
    third = run(left)
    assert "serving" in third.stdout
    assert "unfinished" not in third.stdout
    assert "sample city" not in third.stdout
    assert (left / "demo" / "of the whole").exists()
    run(left, "stop", "--reset")
    assert (left / "demo.unfinished").exists(), "a city thrown away and not made again"


def test_a_database_that_somebody_else_filled_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    home.mkdir()
    _line, environment = command(home, "whole")
    shutil.copy(molds.lite(), home / "dudao.sqlite3")
    school = (
        "import django; django.setup()\n"
        "from tests import factories\n"
        "factories.unit(of=factories.region(), name='真实的学校')\n"
    )
    subprocess.run([sys.executable, "-c", school], env=environment, cwd=ROOT, check=True)
    done = run(tmp_path)
    assert "serving" in done.stdout, done.stderr
    with sqlite3.connect(home / "dudao.sqlite3") as link:
        assert link.execute("SELECT name FROM places_unit").fetchall() == [("真实的学校",)]


def test_a_second_start_waits_until_the_first_has_filled_it(tmp_path: Path) -> None:
    line, environment = command(tmp_path, "slow")
    first = subprocess.Popen(line, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE)
    mark = tmp_path / "demo.unfinished"
    end = time.monotonic() + 120
    while not mark.exists() and time.monotonic() < end:
        time.sleep(0.05)
    second = run(tmp_path)
    assert "serving" in second.stdout, second.stderr
    assert "unfinished" not in second.stdout
    assert "sample city" not in second.stdout
    assert "serving" in first.communicate(timeout=120)[0]
    assert not mark.exists()
