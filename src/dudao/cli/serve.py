"""`dudao serve`."""

import multiprocessing
import signal
import socket
import subprocess
import sys
import time
from multiprocessing.process import BaseProcess

import click
from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors import multiprocess as supervising

KEPT_SECONDS = 75  # a connection may rest; longer than a proxy in front keeps it
DEAD_SECONDS = 60  # a web process that gives no sign for so long is started again
BACKLOG = 2048  # connections that wait to be taken
RESTART_SECONDS = 2.0
STOP_SECONDS = 10

# A forked process has at once all that its parent has loaded, and shares its memory. Only on Linux is that safe.
FORKS = sys.platform.startswith("linux")
_ways = multiprocessing.get_context("fork" if FORKS else "spawn")


@click.command(short_help="Run the server.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, help="Web processes; one per two or three cores.")
@click.option("--no-worker", is_flag=True, help="Leave background work to `dudao worker` elsewhere.")
@click.option("--migrate", is_flag=True, help="First bring the database up to date.")
def serve(host: str, port: int, workers: int, no_worker: bool, migrate: bool) -> None:
    """Serve pages and the door, and do the background work, in one process tree that lives and dies together."""
    if migrate:
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
    config = Config(
        "dudao.asgi:application",
        host=host,
        port=port,
        http="dudao.asgi:Connection",
        ws="none",
        lifespan="off",
        interface="asgi3",
        workers=workers,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEPT_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS // 2,
        timeout_worker_healthcheck=DEAD_SECONDS,
    )
    sockets = [_listening(host, port)]
    if FORKS:
        config.load()
    click.echo(f"Dudao: http://{host}:{port}", err=True)
    processes = _Processes(config, sockets, with_worker=not no_worker)
    processes.run()
    if any(one.exitcode == STARTUP_FAILURE for one in processes.processes):
        sys.exit(STARTUP_FAILURE)


def _listening(host: str, port: int) -> socket.socket:
    """Raises ClickException where nobody can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        other = f"--port {port + 1}"
        raise click.ClickException(
            f"不能在 {host}:{port} 上提供服务：{error.strerror}。请换一个端口，例如 {other}。"
            f" Cannot listen there; choose another port, for example {other}."
        ) from error


class _Processes(Multiprocess):
    """The web processes and a worker beside them, each started again when it falls; at the end none is waited for forever."""

    def __init__(self, config: Config, sockets: list[socket.socket], *, with_worker: bool) -> None:
        super().__init__(config, sockets)
        self._worker: BaseProcess | None = None
        self._worker_at = 0.0 if with_worker else float("inf")  # when it may be started

    def init_processes(self) -> None:
        super().init_processes()
        self._keep_worker()

    def keep_subprocess_alive(self) -> None:
        super().keep_subprocess_alive()
        self._keep_worker()

    def terminate_all(self) -> None:
        super().terminate_all()
        if self._worker:
            self._worker.terminate()

    def join_all(self) -> None:
        for one in (*(one.process for one in self.processes), self._worker):
            if one is None:
                continue
            one.join(STOP_SECONDS)
            if one.is_alive():
                one.kill()

    def _keep_worker(self) -> None:
        if (self._worker and self._worker.is_alive()) or time.monotonic() < self._worker_at:
            return
        self._worker_at = time.monotonic() + RESTART_SECONDS
        self._worker = _ways.Process(target=_work)  # type: ignore[attr-defined]
        self._worker.start()


class _Web(supervising.Process):
    """A web process as the supervisor makes them, begun in our way."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.process = _ways.Process(target=self.target, args=(sockets,))  # type: ignore[attr-defined]

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        _begin()
        super().target(sockets)


supervising.Process = _Web  # type: ignore[misc]


def _work() -> None:
    _begin()
    import django

    django.setup()
    from dudao.intake.worker import Worker

    Worker().run_until_told()


def _begin() -> None:
    """What a new process does first: it does not outlive its parent, nor take signals for it."""
    from dudao.intake.lifeline import die_with_parent

    die_with_parent()
    for number in supervising.SIGNALS:
        signal.signal(number, signal.SIG_DFL)
