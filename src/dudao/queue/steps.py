"""What a worker does again and again: small steps that rooms register in `apps.py::ready`."""

from collections.abc import Callable
from typing import NamedTuple


class Step(NamedTuple):
    """`run` does one portion and returns how much it did; it is called again after `every_seconds`.

    One that waits on other people's servers has a thread of its own, so that nothing else waits with it.
    """

    name: str
    run: Callable[[], int]
    every_seconds: float
    waits_on_others: bool = False


_steps: dict[str, Step] = {}


def register(
    name: str, run: Callable[[], int], *, every_seconds: float, waits_on_others: bool = False
) -> None:
    if name in _steps:
        raise ValueError(f"step registered twice: {name=}")
    _steps[name] = Step(name, run, every_seconds, waits_on_others)


def registered() -> list[Step]:
    return list(_steps.values())
