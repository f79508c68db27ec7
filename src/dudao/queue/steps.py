"""What a worker does again and again: small steps that rooms register in `apps.py::ready`."""

from collections.abc import Callable
from typing import NamedTuple


class Step(NamedTuple):
    """`run` does one portion and returns how much it did; it is called again after `every_seconds`."""

    name: str
    run: Callable[[], int]
    every_seconds: float


_steps: dict[str, Step] = {}


def register(name: str, run: Callable[[], int], *, every_seconds: float) -> None:
    if name in _steps:
        raise ValueError(f"step registered twice: {name=}")
    _steps[name] = Step(name, run, every_seconds)


def registered() -> list[Step]:
    return list(_steps.values())
