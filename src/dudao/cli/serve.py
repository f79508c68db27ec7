"""`dudao serve`."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import click
from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

KEPT_SECONDS = 75  # a connection may rest; longer than a proxy in front keeps it
DEAD_SECONDS = 60  # a web process that gives no sign for so long is started again
BACKLOG = 2048  # connections that wait to be taken
RESTART_SECONDS = 2.0
STOP_SECONDS = 10


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
    click.echo(f"Dudao: http://{host}:{port}", err=True)
    helper = None if no_worker else _Helper()
    if helper:
        helper.start()
    processes = _Processes(config, sockets)
    try:
        processes.run()
    finally:
        if helper:
            helper.stop()
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
    """The web processes, each started again when it falls; at the end none is waited for forever."""

    def join_all(self) -> None:
        for one in self.processes:
            one.process.join(STOP_SECONDS)
            if one.process.is_alive():
                one.process.kill()


class _Helper:
    """The worker process beside the server: started again when it falls, stopped with the server."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._keep, name="worker-keeper", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _keep(self) -> None:
        # The kernel ties the child to this thread, which lasts as long as the process.
        command = [sys.executable, "-m", "dudao.cli", "worker", "--with-parent", str(os.getpid())]
        while not self._stopping.is_set():
            self._process = subprocess.Popen(command)  # noqa: S603
            self._process.wait()
            time.sleep(RESTART_SECONDS)
