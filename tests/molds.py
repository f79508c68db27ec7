"""The tables, made once: every database of the suite is a copy of them.

All migrations together take longer than most stories; a file or a template database is copied in a moment. The SQLite file
is kept until a migration changes, the template database is gone with the run.
"""

import atexit
import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "molds"
KEPT_SECONDS = 24 * 3600  # files of other states: somebody may be copying one at this moment
RUN = "DUDAO_TEST_RUN"  # a folder that all processes of one run share; who makes it takes it away


def begin(folder: Path) -> None:
    """Called in the first process of a run; those it starts find the folder in their environment."""
    os.environ[RUN] = str(folder)
    atexit.register(_end, folder)


def _end(folder: Path) -> None:
    if (folder / "postgresql").exists():
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as link:
            for name in (folder / "postgresql").read_text().split():
                link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    shutil.rmtree(folder, ignore_errors=True)


def lite() -> Path:
    """A SQLite file with all tables."""
    KEPT.mkdir(parents=True, exist_ok=True)
    made = KEPT / f"{_state()}.sqlite3"
    with _alone(KEPT / "lock"):
        if not made.exists():
            for old in KEPT.glob("*.sqlite3*"):
                if old.stat().st_mtime < time.time() - KEPT_SECONDS:
                    old.unlink()
            begun = Path(os.environ[RUN]) / "begun.sqlite3"
            _migrate(f"sqlite:///{begun}")
            link = sqlite3.connect(begun)
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            link.close()
            shutil.move(begun, made)
    return made


def _state() -> str:
    """Changes with every migration of ours and with the packages that bring their own."""
    files = [*(ROOT / "src" / "dudao").glob("*/migrations/*.py"), *(ROOT / "requirements").glob("*.txt")]
    told = hashlib.sha256()
    for file in sorted(files):
        told.update(file.as_posix().encode() + file.read_bytes())
    return told.hexdigest()[:16]


def template() -> str:
    """The name of a PostgreSQL database with all tables, to make others from."""
    given = os.environ["DATABASE_URL"]
    folder = Path(os.environ[RUN])
    with _alone(folder / "lock"):
        noted = folder / "postgresql"
        name = f"dudao_mold_{folder.name.lower().replace('-', '_')}"
        if not noted.exists():
            noted.write_text(name)
            with psycopg.connect(given, autocommit=True) as link:
                link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            _migrate(urlsplit(given)._replace(path=f"/{name}").geturl())
    return name


def fill(memory: str) -> sqlite3.Connection:
    """Pour the tables into a SQLite database in memory; it lives while the connection is open."""
    held = sqlite3.connect(memory, uri=True, check_same_thread=False)
    source = sqlite3.connect(lite())
    source.backup(held)
    source.close()
    return held


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _migrate(url: str) -> None:
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    own = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "dudao.settings", "PYTHONWARNINGS": "ignore"}
    subprocess.run(
        command,
        env=os.environ | own | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        cwd=ROOT,
        check=True,
    )
