"""What is unsafe on a public server, in words that say what to do."""

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dudao.intake.stores import evidence_store
from dudao.settings import env


def unsafe() -> list[str]:
    """One line per danger; nothing when all is well."""
    executor = MigrationExecutor(connection)
    checks = {
        "DUDAO_DEMO is set: anyone can sign in. Unset it.": settings.DEMO,
        "DUDAO_PUBLIC_URL is not https: sign-in would travel in the open. Put the server behind TLS.": not settings.HTTPS,
        "DUDAO_SECRET_KEY is not set: the key lies beside the data. Set it from a safe place.": not env.text(
            "DUDAO_SECRET_KEY"
        ),
        "DUDAO_HOSTS is not set: only this machine can open the pages.": not env.text("DUDAO_HOSTS"),
        "DATABASE_URL is not set: SQLite serves one machine; use PostgreSQL for a county or more.": not env.text(
            "DATABASE_URL"
        ),
        "The database is behind the code. Run `dudao setup`.": bool(
            executor.migration_plan(executor.loader.graph.leaf_nodes())
        ),
    }
    return [line for line, holds in checks.items() if holds]


def unusable() -> list[str]:
    """What cannot be written to: the store of evidence."""
    try:
        evidence_store().check()
    except Exception as error:  # whatever it says, the person must hear it
        cause = error.__cause__ or error
        return [
            f"The store of evidence does not take files ({type(cause).__name__}: {cause}). See DUDAO_S3_* and DUDAO_HOME."
        ]
    return []
