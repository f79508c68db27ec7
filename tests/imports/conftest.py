"""A file brought in and checked, as each test of imports begins."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from dudao.imports import running, services
from dudao.imports.declared import of
from dudao.imports.models import Import
from tests import factories
from tests.imports.sheets import upload


@pytest.fixture(autouse=True)
def _chinese_before_and_after() -> Iterator[None]:
    """A page read in English leaves its language to the thread."""
    with override("zh-hans"):
        yield


@pytest.fixture
def bring(at: factories.Place, django_capture_on_commit_callbacks):
    """Bring in a file as the county's officer and let the worker check it."""

    def bring_in(content: bytes, name: str = "学校.xlsx", kind: str = "schools", by=None) -> Import:
        importing = of(kind)
        assert importing is not None
        one = services.bring_in(upload(content, name), importing, by=by or at.officer)
        running.check(one.pk)
        one.refresh_from_db()
        return one

    return bring_in
