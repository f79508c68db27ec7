"""A move somebody wants to make, and the conditions that are kept for each move."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dudao.findings.models import Finding
from dudao.kernel.errors import DudaoError
from dudao.people.models import User


class Case(NamedTuple):
    """The problem, who wants to move it, and what they gave; None before anything was typed."""

    finding: Finding
    by: User
    given: Mapping[str, Any] | None = None


Check = Callable[[Case], DudaoError | None]
_before: dict[str, list[Check]] = {}


def before(*names: str) -> Callable[[Check], Check]:
    """The decorated condition must hold before these moves."""

    def keep(check: Check) -> Check:
        for name in names:
            _before.setdefault(name, []).append(check)
        return check

    return keep


def refuse(name: str, case: Case) -> None:
    """Raise the first thing that stands against the move."""
    for check in _before.get(name, ()):
        error = check(case)
        if error is not None:
            raise error


def obstacles(name: str, finding: Finding, by: User) -> list[str]:
    """What stands against the move whatever is typed: the page says it before anybody types."""
    case = Case(finding, by)
    found = [check(case) for check in _before.get(name, ())]
    return [str(error.message) for error in found if error is not None]
