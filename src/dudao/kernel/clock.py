"""The one clock. Moments are UTC-aware; days are those of the deployment's zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """This moment, or the one a sample history or a test has set."""
    return _set_to.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in the deployment's zone."""
    return timezone.localtime(now()).date()


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment`: for writing a history and for tests."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
