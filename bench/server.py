"""A server to measure: `dudao serve` on a home folder and a database of its own, gone afterwards."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = os.environ.get("DUDAO_BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
SECRET = "a key for measuring only"


@dataclass
class Server:
    home: Path
    database_url: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return kept | {
            "DUDAO_HOME": str(self.home),
            "DUDAO_SECRET_KEY": SECRET,
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "dudao.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PYTHONWARNINGS": "ignore",
        }

    def start(self, *options: str) -> None:
        """Returns when the door answers."""
        command = [sys.executable, "-m", "dudao.cli", "serve", "--port", str(self.port), *options]
        self.process = subprocess.Popen(command, env=self.environment(), stderr=subprocess.DEVNULL)
        while not answers(self.port, "OPTIONS", "/door/files"):
            time.sleep(0.02)

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def tree(self) -> list[int]:
        """Process ids of the server and everything below it."""
        assert self.process is not None
        found = [self.process.pid]
        for pid in found:
            for listed in Path(f"/proc/{pid}/task").glob("*/children"):
                found.extend(int(child) for child in listed.read_text().split())
        return found

    def memory_mib(self, field: str = "VmRSS") -> list[float]:
        """Memory of every process of the tree, in MiB: VmRSS now, VmHWM at its peak."""
        sizes = []
        for pid in self.tree():
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            sizes.append(next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024)
        return sizes


class Asked:
    """A process with a database of its own that answers a page for each line it reads."""

    process: subprocess.Popen[str]

    def ready(self) -> None:
        assert self._answer() == "ready", "the database could not be filled"

    def page(self, code: str, address: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{code} {address}\n")
        self.process.stdin.flush()
        assert self._answer() == "200", address

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def prepared(database: str) -> Iterator[Server]:
    """A server with its tables made, not yet started; `database` is "sqlite" or "postgresql"."""
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder:
        home = Path(folder)
        if database == "sqlite":
            yield _with_tables(Server(home, f"sqlite:///{home / 'dudao.sqlite3'}", free_port()))
            return
        name = f"bench_{uuid4().hex[:12]}"
        with psycopg.connect(POSTGRES, autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name}")
            try:
                url = urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()
                yield _with_tables(Server(home, url, free_port()))
            finally:
                link.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running(database: str, *options: str) -> Iterator[Server]:
    with prepared(database) as server:
        server.start(*options)
        try:
            yield server
        finally:
            server.stop()


def answers(port: int, method: str, path: str) -> bool:
    """Whether something at `port` gives a proper answer, below 500."""
    request = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
            link.sendall(request.encode())
            head = link.recv(12)
    except OSError:
        return False
    return head.startswith(b"HTTP/1.1 ") and head[9:10] in b"234"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _with_tables(server: Server) -> Server:
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=server.environment(), check=True)
    return server
