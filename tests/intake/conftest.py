from collections.abc import Iterator

import pytest

from tests.intake.house import House, built
from tests.intake.phone import Phone


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """With the trial room's tables; every other house copies them. Never started."""
    with built(tmp_path_factory.mktemp("model")) as one:
        one.prepare()
        yield one


@pytest.fixture(scope="session")
def house(model: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running server, shared: tests send entries and files of their own."""
    with built(tmp_path_factory.mktemp("house"), model) as one:
        one.start()
        yield one
        assert one.stop() == 0


@pytest.fixture
def phone(house: House) -> Phone:
    return Phone(house)
