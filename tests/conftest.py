"""Fixtures that make silent faults loud for the whole suite."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import translation

from dudao.cli.preparing import compile_translations, load_data
from dudao.intake.folder_store import FolderStore
from dudao.intake.stores import evidence_store
from dudao.rules.models import Rule
from tests import factories, molds


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """The test database begins with the tables that the run has made once; there is nothing left to migrate."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = molds.template()
        yield
        return
    held = molds.fill(connection.creation._get_test_db_name())
    yield
    held.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Every test database begins as a deployment does: with rules, calendar and instruments."""
    compile_translations()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        load_data()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _default_language() -> None:
    """A page in English leaves its language active for whatever test comes next in this process."""
    translation.deactivate()


@pytest.fixture
def own_store(settings: object, tmp_path: Path) -> Iterator[FolderStore]:
    """A folder of evidence for this test alone."""
    own = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "evidence")},
    }
    settings.STORAGES = settings.STORAGES | {"evidence": own}  # type: ignore[attr-defined]
    evidence_store.cache_clear()
    store = evidence_store()
    assert isinstance(store, FolderStore)
    yield store
    evidence_store.cache_clear()


@pytest.fixture
def at(db: None) -> factories.Place:
    """A county with one school and its people, where every month asks for visits: tests run in August too."""
    Rule.objects.filter(key="visit.teaching_days").update(value=0)
    return factories.place()


@pytest.fixture
def signed_in() -> object:
    """A client signed in as someone: `signed_in(at.officer)`."""

    def sign_in(user: object) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
        return client

    return sign_in


@pytest.fixture
def is_postgresql(db: None) -> bool:
    return connection.vendor == "postgresql"
