"""`dudao serve` from the command to the first page, and memory at rest of the whole process tree (bar: 3 s, 250 MiB)."""

import statistics
import time
from pathlib import Path

from bench.pairs import print_line
from bench.server import Server, answers, prepared

STARTS = 5
REST_SECONDS = 6


def main() -> None:
    with prepared("sqlite") as server:
        figures = [_one(server) for _start in range(STARTS)]
    seconds = [took for took, _memory in figures]
    memory = [size for _took, size in figures]
    print_line(
        "startup",
        what="dudao serve to the first page; memory at rest of server and worker",
        packages=("uvicorn", "httptools", "django"),
        seconds=round(statistics.median(seconds), 2),
        spread=[round(min(seconds), 2), round(max(seconds), 2)],
        memory_mib=round(statistics.median(memory), 1),
        target="seconds < 3, memory < 250 MiB",
    )


def _one(server: Server) -> tuple[float, float]:
    begun = time.perf_counter()
    server.start()
    while not answers(server.port, "GET", "/sign-in/"):
        time.sleep(0.02)
    took = time.perf_counter() - begun
    time.sleep(REST_SECONDS)
    memory = sum(_proportional_mib(pid) for pid in server.tree())
    server.stop()
    return took, memory


def _proportional_mib(pid: int) -> float:
    """Memory of one process in MiB, pages shared with others counted by their share (Linux)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
