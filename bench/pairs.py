"""Shared plumbing of the benchmarks: two ways of doing a job, measured in turn, told as a ratio.

The machines we measure on are shared and noisy, so a bare time means nothing the next day. Every benchmark therefore
runs our way (A) and the floor (B) alternately, A B A B …, at least five pairs, and quotes the *median of the ratios of
the pairs* with its spread. The order inside a pair turns round each time, so that neither side always runs second.
Where the floor does another job than ours (it keeps nothing, it reads nothing), a second one stands beside it in the same
turns: `bare` does our job by bare means. docs/decisions/016-floors-that-do-the-same-job.md.

    from bench.pairs import measure_pairs, print_line

    result = measure_pairs(ours=lambda: render(document), floor=lambda: compile_source(source), pairs=7)
    print_line("documents", what="PDF of a visit report with 30 photos", result=result)

`make bench NAME=intake` runs `python -m bench.intake` from the project's folder; a benchmark prints JSON lines only on
standard output (one per measurement), and whatever else it wants to say on standard error.
"""

import gc
import json
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import Any

LEAST_PAIRS = 5


@dataclass(frozen=True)
class Pairs:
    """Figures of one comparison. `ours`, `floor` and, where it was asked for, `bare` are one figure per pair, in `unit`."""

    ours: tuple[float, ...]
    floor: tuple[float, ...]
    unit: str = "s"
    bare: tuple[float, ...] = ()

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours divided by the floor, pair by pair: for times smaller is better, for rates greater."""
        return tuple(a / b for a, b in zip(self.ours, self.floor, strict=True))

    @property
    def bare_ratios(self) -> tuple[float, ...]:
        """The same against the second floor; empty without one."""
        return tuple(a / b for a, b in zip(self.ours, self.bare, strict=False))

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """The smallest and the greatest ratio seen."""
        return min(self.ratios), max(self.ratios)


def measure_pairs(
    *,
    ours: Callable[[], object],
    floor: Callable[[], object],
    bare: Callable[[], object] | None = None,
    pairs: int = LEAST_PAIRS,
    warm_up: int = 1,
) -> Pairs:
    """Time both ways in turn, in seconds of wall clock. The `warm_up` runs of each are not counted."""
    return collect_pairs(
        ours=lambda: seconds(ours),
        floor=lambda: seconds(floor),
        bare=bare and (lambda: seconds(bare)),
        pairs=pairs,
        warm_up=warm_up,
    )


def collect_pairs(
    *,
    ours: Callable[[], float],
    floor: Callable[[], float],
    bare: Callable[[], float] | None = None,
    pairs: int = LEAST_PAIRS,
    warm_up: int = 1,
    unit: str = "s",
) -> Pairs:
    """Like `measure_pairs`, for sides that return their own figure, such as entries per second.

    Raises ValueError for fewer than five pairs: a ratio out of two runs on a shared machine is a rumour.
    """
    if pairs < LEAST_PAIRS:
        raise ValueError(f"at least {LEAST_PAIRS} pairs, not {pairs=}")
    sides = {"ours": ours, "floor": floor} | ({"bare": bare} if bare else {})
    for _ in range(warm_up):
        for side in sides.values():
            side()
    figures: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(pairs):
        for name in sides if turn % 2 == 0 else reversed(sides):
            figures[name].append(sides[name]())
    return Pairs(unit=unit, **{name: tuple(found) for name, found in figures.items()})


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one run, with the rubbish of the run before already swept."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def memory_mib() -> float:
    """Resident memory of this process now, in MiB (Linux; elsewhere the peak so far)."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmRSS:"))
    except OSError:
        return peak_memory_mib()
    return int(line.split()[1]) / 1024


def peak_memory_mib() -> float:
    """The greatest resident memory this process has had, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024) if sys.platform == "darwin" else peak / 1024


def versions(*packages: str) -> dict[str, str]:
    """Versions that belong to the figures: Python, the machine's kind, and the packages named."""
    found = {name: metadata.version(name) for name in packages}
    return {"python": platform.python_version(), "machine": platform.machine(), **found}


def print_line(
    name: str, *, what: str, result: Pairs | None = None, packages: tuple[str, ...] = (), **extra: Any
) -> None:
    """Print one measurement as one JSON line; `extra` holds figures that have no floor (bytes, rows, MiB)."""
    line: dict[str, Any] = {"name": name, "what": what}
    if result is not None:
        low, high = result.spread
        line |= {
            "unit": result.unit,
            "ours": _rounded(statistics.median(result.ours)),
            "floor": _rounded(statistics.median(result.floor)),
            "ratio": _rounded(result.ratio),
            "spread": [_rounded(low), _rounded(high)],
            "pairs": len(result.ours),
        }
        if result.bare:
            line |= {
                "bare": _rounded(statistics.median(result.bare)),
                "bare_ratio": _rounded(statistics.median(result.bare_ratios)),
                "bare_spread": [_rounded(min(result.bare_ratios)), _rounded(max(result.bare_ratios))],
            }
    line |= extra
    line |= {"peak_memory_mib": round(peak_memory_mib(), 1), "versions": versions(*packages)}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _rounded(figure: float) -> float:
    """Four significant digits: more would pretend to a precision the machine has not."""
    return float(f"{figure:.4g}")
