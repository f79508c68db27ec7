"""Entries turned into visits, problems and the data of their documents: by one worker, and by two.

Each run takes `VISITS` visits with two problems each, handed in while no worker runs, and counts the seconds from the
`BEFORE`th filed to the last, so that starting the processes does not count. Figure: visits per second; on PostgreSQL the floor is one worker and ours two, the bar at least 1.7. Setting the pages
of the documents is the queue's work, measured by `documents`; these workers leave it alone.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.intake.house import House

from bench.pairs import collect_pairs, print_line
from bench.server import Server, prepared
from bench.visits import Campus, Phone, campus, visit

VISITS = int(os.environ.get("DUDAO_BENCH_VISITS", "400"))
BEFORE = 60  # visits filed before the clock starts
PHONES = 8
PATIENCE_SECONDS = 600
LOOK_SECONDS = 0.05
ROWS_EACH = 3  # a visit and its two problems
WORKER = """
import django
django.setup()
from dudao.intake.worker import Worker
from dudao.queue import steps
del steps._steps["queue.jobs"]
Worker().run_until_told()
"""


def main() -> None:
    for database in ("postgresql", "sqlite"):
        with prepared(database) as server:
            at = campus(server)
            result = collect_pairs(
                ours=lambda server=server, at=at, n=2 if database == "postgresql" else 1: _rate(
                    server, at, n
                ),
                floor=lambda server=server, at=at: _rate(server, at, 1),
                unit="visits/s",
            )
            print_line(
                "project", what=f"{VISITS} visits, {'two workers' if database == 'postgresql' else 'one worker, twice'}, {database}",
                result=result, rows_each=ROWS_EACH, target="ratio ≥ 1.7" if database == "postgresql" else "",
            )  # fmt: skip


def _rate(server: Server, at: Campus, workers: int) -> float:
    house = House(server.home, server.database_url)
    _hand_in(server, at)
    command = [sys.executable, "-c", WORKER]
    running = [
        subprocess.Popen(command, env=server.environment(), stderr=subprocess.DEVNULL)
        for _worker in range(workers)
    ]
    try:
        with house.database() as link:
            first = _looked(link, VISITS - BEFORE)
            begun = time.perf_counter()
            _looked(link, 0)
            return first / (time.perf_counter() - begun)
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(60)


def _hand_in(server: Server, at: Campus) -> None:
    server.start("--no-worker")

    def send(count: int) -> None:
        phone = Phone(server, at)
        for _visit in range(count):
            phone.send(visit(at, 0))
        phone.close()

    with ThreadPoolExecutor(PHONES) as pool:
        list(pool.map(send, [VISITS // PHONES] * PHONES))
    server.stop()


def _looked(link: Any, enough: int) -> int:
    """Wait until at most so many visits are open; returns how many are. By one connection and seldom: opening one for
    each look took a third of a core, which two workers have to share and one does not."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = int(
            link.execute("SELECT count(*) FROM intake_entry WHERE completed_at IS NULL").fetchone()[0]
        )
        if found <= enough:
            return found
        time.sleep(LOOK_SECONDS)
    raise RuntimeError(f"not {enough} open visits within {PATIENCE_SECONDS} s")


if __name__ == "__main__":
    main()
