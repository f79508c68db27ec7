"""SQLite in the home folder by default, PostgreSQL by `DATABASE_URL`."""

from typing import Any

import dj_database_url

from dudao.settings import env

_url = env.text("DATABASE_URL") or f"sqlite:///{env.home() / 'dudao.sqlite3'}"
DATABASES: dict[str, dict[str, Any]] = {
    "default": dict(dj_database_url.parse(_url, conn_max_age=600, conn_health_checks=True))
}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Every write transaction takes the write lock at its start, so that two never deadlock on the upgrade;
    # synchronous=FULL keeps the promise that what was acknowledged survives a power cut.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {})

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
