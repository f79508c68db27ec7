"""A backup taken while the server runs, brought back on an empty machine: the same rows, the same bytes, the same seal."""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.intake.house import ROOT, House, built

FILL = """
import django; django.setup()
from django.db import transaction
from dudao.intake.handed_in import store_bytes
from dudao.journal import services as journal
from dudao.people.models import User
from tests import factories
at = factories.place()
factories.finding(at, wording="楼道堆放杂物㛃𬭎😀")
for shade in (0, 90, 180):
    factories.picture(at.officer, shade)
while journal.seal():
    pass
"""
pytestmark = pytest.mark.xdist_group("backup")  # one house, filled once
TABLES = (
    "people_user",
    "places_unit",
    "findings_finding",
    "intake_evidencefile",
    "journal_event",
    "journal_seal",
)


def run(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dudao.cli", *words], env=house.environment() | {"DJANGO_SETTINGS_MODULE": "dudao.settings"},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def rows(house: House) -> dict[str, int]:
    return {table: house.read(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def hashes(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (home / "evidence").rglob("*")
        if path.is_file() and ".uploads" not in path.parts
    }


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    with built(tmp_path_factory.mktemp("lived") / "home") as house:
        assert run(house, "setup").returncode == 0
        environment = house.environment() | {"DJANGO_SETTINGS_MODULE": "dudao.settings"}
        subprocess.run([sys.executable, "-c", FILL], env=environment, cwd=ROOT, check=True)
        yield house


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    with built(tmp_path_factory.mktemp("blank") / "home") as house:
        yield house


@pytest.fixture(scope="module")
def saved(lived_in, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("saved") / "dudao.tar"
    lived_in.start()
    done = run(lived_in, "backup", str(file))
    lived_in.stop()
    assert done.returncode == 0, done.stderr
    return file


def test_an_empty_machine_becomes_the_one_that_was_saved(lived_in, blank, saved, tmp_path) -> None:
    with built(tmp_path / "home", blank) as empty:
        done = run(empty, "restore", str(saved))
        assert done.returncode == 0, done.stderr
        assert "the journal holds" in done.stdout
        assert rows(empty) == rows(lived_in)
        assert hashes(empty.home) == hashes(lived_in.home)
        assert len(hashes(empty.home)) >= 3
        again = run(empty, "restore", str(saved))
        assert again.returncode == 1
        assert "holds accounts already" in again.stderr, "what is there is never overwritten"


def test_a_backup_names_every_file_with_its_hash_and_holds_no_key(saved) -> None:
    with tarfile.open(saved) as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json"))
    assert sorted(manifest["files"]) == sorted(set(names) - {"manifest.json"})
    assert not any("key" in name for name in names)
    assert not saved.with_name("dudao.tar.part").exists()


@pytest.mark.parametrize("harm", ["cut", "changed", "stranger", "escape"])
def test_a_harmed_backup_changes_nothing_and_says_so(blank, saved, tmp_path, harm) -> None:
    broken = tmp_path / "broken.tar"
    if harm == "cut":
        broken.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    else:
        with tarfile.open(saved) as source, tarfile.open(broken, "w") as target:
            for member in source:
                body = source.extractfile(member)
                if harm == "changed" and member.name.startswith("evidence/"):
                    member.name = member.name[:-1] + "0"
                target.addfile(member, body)
            if harm in ("stranger", "escape"):
                about = tarfile.TarInfo("other.txt" if harm == "stranger" else "evidence/../../escaped")
                target.addfile(about)
    with built(tmp_path / "home", blank) as empty:
        done = run(empty, "restore", str(broken))
        assert done.returncode == 1
        assert "Error:" in done.stderr
        assert empty.read("SELECT count(*) FROM people_user")[0][0] == 0
        assert not hashes(empty.home)
    assert not (tmp_path / "escaped").exists()


def test_a_backup_never_overwrites_a_file(lived_in, saved) -> None:
    done = run(lived_in, "backup", str(saved))
    assert done.returncode == 1
    assert "exists already" in done.stderr


def test_without_postgresql_s_programs_it_says_what_to_install(lived_in, tmp_path) -> None:
    if not lived_in.is_postgres:
        pytest.skip("SQLite needs no program of its own")
    environment = lived_in.environment() | {"DJANGO_SETTINGS_MODULE": "dudao.settings", "PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "dudao.cli", "backup", str(tmp_path / "a.tar")],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "postgresql-client" in done.stderr
    assert shutil.which("pg_dump")
