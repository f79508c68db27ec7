"""The journal: sealed without gaps, refused by the database to be changed, checked by anyone."""

from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction

from dudao.journal import followers, services
from dudao.journal.models import Event, Follower, Seal, Unsealed
from tests import factories


def seal_all() -> None:
    while services.seal():
        pass


def test_every_event_gets_the_next_number_and_the_hash_of_the_one_before(at) -> None:
    factories.visit(at)
    seal_all()
    seals = list(Seal.objects.order_by("seq"))
    assert [one.seq for one in seals] == list(range(1, len(seals) + 1))
    assert all(later.previous == earlier.hash for earlier, later in pairwise(seals))
    assert len(seals) == Event.objects.count()
    assert not Unsealed.objects.exists()
    assert list(services.faults()) == []


@pytest.mark.parametrize("table", ["journal_event", "journal_seal"])
@pytest.mark.parametrize("statement", ["UPDATE {t} SET {c} = 'x'", "DELETE FROM {t}"])
def test_the_database_itself_refuses_to_change_what_was_written(at, table, statement) -> None:
    factories.visit(at)
    seal_all()
    column = "note" if table == "journal_event" else "hash"
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(t=table, c=column))


def test_a_change_behind_the_database_s_back_is_found(at) -> None:
    factories.visit(at)
    seal_all()
    victim = Event.objects.order_by("pk").first()
    with connection.cursor() as cursor:
        on = " ON journal_event" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER journal_event_no_update{on}")
        cursor.execute("UPDATE journal_event SET note = 'forged' WHERE id = %s", [victim.pk])
    assert any(f"event {victim.pk}" in line for line in services.faults())


def test_a_follower_sees_each_event_once_and_again_only_after_rewinding(at) -> None:
    seen = []
    name = "test.reader"
    followers.register(name, lambda events: seen.extend(event.pk for event in events))
    try:
        factories.visit(at)
        seal_all()
        while followers.run():
            pass
        once = list(seen)
        assert once == list(Event.objects.order_by("seal__seq").values_list("pk", flat=True))
        assert followers.run() == 0
        followers.rewind(name)
        while followers.run():
            pass
        assert seen == once + once
    finally:
        followers._followers.pop(name)
        Follower.objects.filter(name=name).delete()


def test_a_follower_that_fails_does_not_advance(at) -> None:
    def fail(events: object) -> None:
        raise RuntimeError("broken")

    followers.register("test.broken", fail)
    try:
        factories.visit(at)
        seal_all()
        with pytest.raises(RuntimeError, match="broken"):
            followers.run()
        assert Follower.objects.get(name="test.broken").seq == 0
    finally:
        followers._followers.pop("test.broken")
