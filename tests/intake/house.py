"""A real server under test: `dudao serve` in its own process tree, on a home folder and a database of its own."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from tests import molds
from tests.molds import ROOT

PATIENCE = 30.0  # seconds; how long a test waits for something that must happen
SETTINGS = "tests.intake.settings"
T = TypeVar("T")


def until(look: Callable[[], T], *, what: str, patience: float = PATIENCE) -> T:
    """Look again and again until there is something to see. Fails after `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > end:
            pytest.fail(f"waited {patience} s in vain: {what}")
        time.sleep(0.02)


class House:
    """One home, one database, and a server that can be started, stopped and killed."""

    def __init__(self, home: Path, database_url: str) -> None:
        self.home = home
        self.database_url = database_url
        self.port = _free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self._log = home / "server.log"

    @property
    def is_postgres(self) -> bool:
        return self.database_url.startswith("postgres")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def server_pid(self) -> int:
        assert self._server is not None
        return self._server.pid

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DUDAO_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PYTHONWARNINGS": "ignore",
        }

    def prepare(self) -> None:
        """Make the tables that are still missing."""
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        subprocess.run(command, env=self.environment(), cwd=ROOT, check=True)

    def start(self, *options: str, preexec: Callable[[], None] | None = None) -> None:
        command = [sys.executable, "-m", "dudao.cli", "serve", "--port", str(self.port), *options]
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                command, env=self.environment(), cwd=ROOT, stdout=log, stderr=log, preexec_fn=preexec
            )
        until(self._is_up, what="the server to answer", patience=4 * PATIENCE)  # on a crowded machine

    def stop(self) -> int:
        """End it politely; returns its exit code."""
        assert self._server is not None
        self._server.send_signal(signal.SIGTERM)
        return self._server.wait(PATIENCE)

    def kill(self) -> None:
        """Pull the plug on the process that was started; its children must notice by themselves."""
        assert self._server is not None
        self._server.kill()
        self._server.wait(PATIENCE)
        until(lambda: not self.listens(), what="the whole process tree to be gone")

    def read(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.database() as link:
            return link.execute(self._dialect(statement), values).fetchall()

    def write(self, statement: str, *values: Any) -> None:
        with self.database() as link:
            link.execute(self._dialect(statement), values)

    @contextmanager
    def database(self) -> Iterator[Any]:
        if self.is_postgres:
            with psycopg.connect(self.database_url, autocommit=True) as link:
                yield link
        else:
            lite = sqlite3.connect(self.home / "dudao.sqlite3", isolation_level=None, timeout=PATIENCE)
            try:
                yield lite
            finally:
                lite.close()

    def stored_bytes(self, sha256: str) -> bytes:
        return (self.home / "evidence" / sha256[:2] / sha256).read_bytes()

    def children(self) -> list[int]:
        """Processes below the server, by /proc."""
        found = [self.server_pid]
        for pid in found:
            listed = Path(f"/proc/{pid}/task/{pid}/children")
            threads = Path(f"/proc/{pid}/task").glob("*/children") if listed.exists() else []
            for one in threads:
                found.extend(int(child) for child in one.read_text().split())
        return found[1:]

    def _dialect(self, statement: str) -> str:
        return statement if self.is_postgres else statement.replace("%s", "?")

    def _is_up(self) -> bool:
        assert self._server is not None
        if self._server.poll() is not None:
            pytest.fail(f"the server ended with {self._server.returncode}: {self.log[-4000:]}")
        return self.listens()

    def listens(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
                link.sendall(b"OPTIONS /door/files HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return link.recv(12) == b"HTTP/1.1 204"
        except OSError:
            return False


@contextmanager
def built(home: Path, model: "House | None" = None) -> Iterator[House]:
    """A house with its tables made, on the database the suite runs on: SQLite, or PostgreSQL by DATABASE_URL.

    Its database is a copy of the `model`'s, or of the tables made once for the run.
    """
    home.mkdir(parents=True, exist_ok=True)
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        file = home / "dudao.sqlite3"
        shutil.copy(model.home / file.name if model else molds.lite(), file)
        yield House(home, f"sqlite:///{file}")
        return
    name = f"intake_{uuid4().hex[:12]}"
    with psycopg.connect(given, autocommit=True) as link:
        template = urlsplit(model.database_url).path[1:] if model else molds.template()
        link.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield House(home, urlsplit(given)._replace(path=f"/{name}").geturl())
        finally:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def as_json(body: bytes) -> Any:
    return json.loads(body) if body else None
