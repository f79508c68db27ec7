from collections.abc import Iterator

import pytest

from tests.intake.house import House, built
from tests.intake.phone import Phone


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running server, shared: tests send entries and files of their own."""
    with built(tmp_path_factory.mktemp("house")) as one:
        one.start()
        yield one
        assert one.stop() == 0


@pytest.fixture
def phone(house: House) -> Phone:
    return Phone(house)
