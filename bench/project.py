"""Entries turned into visits, problems and the data of their documents: by one worker, and by two.

Each run takes `VISITS` visits with two problems each, handed in while no worker runs, and counts the seconds until all are
filed. Figure: visits per second; on PostgreSQL the floor is one worker and ours two, the bar at least 1.7. Setting the pages
of the documents is the queue's work, measured by `documents`; these workers leave it alone.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.intake.house import House, until

from bench.pairs import collect_pairs, print_line
from bench.server import Server, prepared
from bench.visits import Campus, Phone, campus, visit

VISITS = 120
PHONES = 8
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
        # The clock starts when the first is through: how long a process takes to start is measured elsewhere.
        until(lambda: _open(house) < VISITS, what="the first visit", patience=120)
        begun, left = time.perf_counter(), _open(house)
        until(lambda: _open(house) == 0, what="every visit to be filed", patience=600)
        return left / (time.perf_counter() - begun)
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


def _open(house: House) -> int:
    return int(house.read("SELECT count(*) FROM intake_entry WHERE completed_at IS NULL")[0][0])


if __name__ == "__main__":
    main()
