"""Two workers at one database: neither waits for what the other holds, and nothing is done twice."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.intake.house import PATIENCE, ROOT, House, built
from tests.intake.phone import Phone, entry
from tests.intake.test_projection import happened, key

ENTRY = "SELECT 1 FROM intake_entry WHERE id = %s FOR UPDATE"
STEP = """
import django
django.setup()
from dudao.intake import completion, projectors
from dudao.journal import followers, services
followers.register("trial", lambda events: None)
print({call}())
"""


@pytest.fixture(scope="module")
def idle(model: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server without a worker: the tests take its steps one by one."""
    with built(tmp_path_factory.mktemp("idle"), model) as one:
        if not one.is_postgres:
            pytest.skip("on SQLite one transaction writes at a time")
        one.start("--no-worker")
        yield one
        assert one.stop() == 0


def step(house: House, call: str) -> int:
    """What a worker's step says it did. Fails when it waits for somebody."""
    command = [sys.executable, "-c", STEP.format(call=call)]
    done = subprocess.run(
        command, env=house.environment(), cwd=ROOT, check=True, capture_output=True, timeout=2 * PATIENCE
    )
    return int(done.stdout)


@contextmanager
def holding(house: House, statement: str, *values: str) -> Iterator[None]:
    """Meanwhile another has in its transaction what `statement` locks."""
    with house.database() as other, other.transaction():
        other.execute(statement, values)
        yield


def test_an_entry_that_one_projects_is_passed_by(idle: House) -> None:
    held, free = entry("held"), entry("free")
    for one in (held, free):
        Phone(idle).send(one)
    with holding(idle, ENTRY, key(idle, held)):
        assert step(idle, "projectors.run") == 1
    assert step(idle, "projectors.run") == 1


def test_an_entry_that_one_completes_is_passed_by_and_completed_once(idle: House) -> None:
    held, free = entry("held"), entry("free")
    for one in (held, free):
        Phone(idle).send(one)
    step(idle, "projectors.run")
    with holding(idle, ENTRY, key(idle, held)):
        step(idle, "completion.check")
        assert (happened(idle, "complete", free["id"]), happened(idle, "complete", held["id"])) == (1, 0)
    step(idle, "completion.check")
    step(idle, "completion.check")
    assert (happened(idle, "complete", free["id"]), happened(idle, "complete", held["id"])) == (1, 1)


def test_a_journal_that_one_seals_or_follows_is_left_to_it(idle: House) -> None:
    idle.write(
        "INSERT INTO journal_event (at, kind, actor_label, object_type, object_id, object_label, region_path, unit_id,"
        " before, after, note, origin) VALUES (now(), 'trial', '', 't', '1', '', '', '', '{}', '{}', '', '')"
    )
    idle.write("INSERT INTO journal_unsealed SELECT max(id) FROM journal_event")
    with holding(idle, "SELECT pg_advisory_xact_lock(hashtext('dudao.journal.seal'))"):
        assert step(idle, "services.seal") == 0
    assert step(idle, "services.seal") == 1
    idle.write("INSERT INTO journal_follower (name, seq) VALUES ('trial', 0)")
    with holding(idle, "SELECT 1 FROM journal_follower FOR UPDATE"):
        assert step(idle, "followers.run") == 0
    assert step(idle, "followers.run") == 1
    assert step(idle, "followers.run") == 0
