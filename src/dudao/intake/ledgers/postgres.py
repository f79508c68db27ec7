"""PostgreSQL: connections, and reading. `postgres_writer` writes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from dudao.intake.ledgers.common import Ledger
from dudao.intake.ledgers.rows import Unavailable

_NOT_OURS = {"pool", "isolation_level", "assume_role", "server_side_binding"}  # Django's, not the driver's

Link = psycopg.Connection[tuple[Any, ...]]


class PostgresLedger(Ledger):
    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._link: Link | None = None

    def select(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._connected() as link:
            return link.execute(statement, values).fetchall()

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None

    uuid_from = staticmethod(lambda value: value)
    moment_from = staticmethod(lambda value: value)

    @contextmanager
    def _connected(self) -> Iterator[Link]:
        try:
            if self._link is None or self._link.closed:
                self._link = connect(self.settings)
            yield self._link
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.close()
            raise Unavailable(type(error).__name__) from error


def connect(settings: dict[str, Any]) -> Link:
    """A connection as the door wants it, on the database of these Django `settings`."""
    own = {key: value for key, value in settings.get("OPTIONS", {}).items() if key not in _NOT_OURS}
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    place = {key: settings[name] for key, name in names.items() if settings.get(name)}
    link = psycopg.connect(**(own | place | {"connect_timeout": 5}), autocommit=True, prepare_threshold=1)
    link.execute("SET synchronous_commit = on")  # acknowledged means durable, whatever the role's default
    link.execute("SET lock_timeout = '10s'")
    link.execute("SET statement_timeout = '20s'")
    link.execute("SET TimeZone = 'UTC'")
    return link
