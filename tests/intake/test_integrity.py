"""Stored evidence is only added to, and hashed again: what is missing or changed is found, kept and shown."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from dudao.intake import sweeping
from dudao.intake.models import EvidenceFile, FileCheck, Sweep
from dudao.journal.models import Event
from dudao.kernel import clock
from tests import factories
from tests.intake.signing import arrived, body

DAY = timedelta(days=1)


@pytest.fixture
def at_hour(monkeypatch):
    def set_hour(hour: int, day: int = 26) -> None:
        moment = timezone.make_aware(datetime(2026, 11, day, hour, 5))  # noqa: DTZ001 - made aware here
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_hour


@pytest.mark.parametrize("statement", [
    "UPDATE intake_evidencefile SET size = 1", "UPDATE intake_evidencefile SET path = 'x'", "DELETE FROM intake_evidencefile",
    "UPDATE intake_entry SET body = 'x'", "UPDATE intake_entry SET user_id = 1", "DELETE FROM intake_entry",
])  # fmt: skip
def test_the_database_itself_refuses_to_replace_what_arrived(at, own_store, statement: str) -> None:
    picture = factories.picture(at.officer)
    arrived(body(factories.sheet(at)), user=at.inspector, device=picture.entry_id)
    with (
        pytest.raises(DatabaseError, match="only added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    EvidenceFile.objects.update(announced=True)
    assert EvidenceFile.objects.get().announced


def swept(*, most: int | None = None) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    sweeping.sweep(
        sweeping.due(before=clock.now()), lambda file, fault: told.append((file.sha256, fault)), most=most
    )
    return told


def test_a_missing_and_a_changed_file_are_found_and_what_is_put_back_is_sound_again(
    at, signed_in, own_store
) -> None:
    whole, gone, changed = (factories.picture(at.officer, shade) for shade in (0, 90, 180))
    lost, spoilt = own_store.path_of(gone.sha256), own_store.path_of(changed.sha256)
    kept = lost.read_bytes(), spoilt.read_bytes()
    lost.unlink()
    spoilt.write_bytes(kept[1][:-1] + b"x")
    assert dict(swept()) == {whole.sha256: "", gone.sha256: "missing", changed.sha256: "changed"}
    page = signed_in(at.administrator).get(reverse("intake:integrity")).content.decode()
    assert "文件丢失" in page
    assert "内容已变化" in page
    assert "有问题 2 个" in page
    assert Event.objects.filter(kind="evidence.fault").count() == 2
    found_at = FileCheck.objects.get(file=gone).since
    swept()
    assert Event.objects.filter(kind="evidence.fault").count() == 2, "said once"
    assert FileCheck.objects.get(file=gone).since == found_at
    lost.write_bytes(kept[0])
    spoilt.write_bytes(kept[1])
    assert {fault for _sha, fault in swept()} == {""}
    assert Event.objects.filter(kind="evidence.sound").count() == 2
    assert "没有发现问题" in signed_in(at.administrator).get(reverse("intake:integrity")).content.decode()


def test_a_sweep_goes_on_where_the_last_one_stopped(at, own_store) -> None:
    files = {factories.picture(at.officer, shade).sha256 for shade in (0, 40, 80, 120)}
    first = swept(most=3)
    rest = {file.sha256 for file in sweeping.due(before=clock.now() - DAY)}
    assert {sha for sha, _fault in first} | rest == files
    assert len(rest) == 1


def test_every_night_a_share_is_looked_at_and_never_by_day(at, at_hour, own_store) -> None:
    for shade in range(0, 240, 6):
        factories.picture(at.officer, shade)
    at_hour(14)
    assert sweeping.nightly() == 0
    at_hour(2)
    done = 0
    while some := sweeping.nightly():
        done += some
    assert done == 2, "40 files in 30 days: two a night"
    assert Sweep.objects.get().looked == 2
    assert Event.objects.filter(kind="evidence.sweep").count() == 1
    assert sweeping.nightly() == 0
    at_hour(2, day=27)
    assert sweeping.nightly() == 2
    assert FileCheck.objects.count() == 4, "others than the night before"
