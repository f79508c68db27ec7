"""What the database knows of its own contents, by which it chooses how to look for rows."""

from django.db import connection

EVERY_TABLE = 0x10002  # of PRAGMA optimize: also tables this connection has not read yet
LIMIT = 2000  # entries of an index looked at; enough to choose well, and quick however large the table


def refresh_statistics() -> int:
    """Renew SQLite's statistics where tables have grown; PostgreSQL does so by itself.

    Without them a page of 69 schools among 200,000 takes twice to six times as long (bench/ledger.py).
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {LIMIT}")
            cursor.execute(f"PRAGMA optimize = {EVERY_TABLE}")
    return 0
