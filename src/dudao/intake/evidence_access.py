"""Who may see a stored file. It starts at nobody; upper rooms register checks in `apps.py::ready`."""

from collections.abc import Callable

from dudao.people.access import Anyone

Check = Callable[[Anyone, str], bool]
_checks: list[Check] = []


def register(check: Check) -> None:
    """`check(user, sha256)` says whether this room shows the file to the user. One yes is enough."""
    _checks.append(check)


def may_see(user: Anyone, sha256: str) -> bool:
    return any(check(user, sha256) for check in _checks)
