"""A county of several months written in bulk is a county as the services would have left it."""

import hashlib
from collections import Counter
from typing import Any

import click
import pytest
from django.db import transaction
from django.urls import reverse

from dudao.findings.models import Finding, Report
from dudao.findings.states import OPEN, State
from dudao.insight import followers as insight
from dudao.inspections.models import Sheet, Visit
from dudao.instruments.sheets import raised
from dudao.journal import services as journal
from dudao.journal.models import Event, Unsealed
from dudao.kernel import clock
from dudao.people.models import User
from dudao.places.models import Unit
from dudao.sample.masses.populating import populate


def write(seed: int = 7) -> None:
    populate(scale="county", years=0.5, seed=seed, say=lambda _line: None)


def digest() -> str:
    """Every row that matters, in a fixed order."""
    rows: list[Any] = []
    for model, names in (
        (Unit, ["pk", "name", "lat"]), (User, ["pk", "username", "name"]), (Visit, ["pk", "started_at", "inspector_id"]),
        (Finding, ["pk", "number", "state", "due_on"]), (Event, ["kind", "at", "object_id", "actor_id"]),
    ):  # fmt: skip
        rows += sorted(map(str, model.objects.values_list(*names)))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


@pytest.fixture
def county(db: None) -> None:
    write()


def test_the_same_seed_writes_the_same_county(db: None) -> None:
    found = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            write(seed)
            found.append(digest())
            transaction.set_rollback(True)
    assert found[0] == found[1] != found[2]


def test_journal_and_roll_ups_agree_with_the_ledgers(county: None) -> None:
    assert not list(journal.faults())
    assert not Unsealed.objects.exists()
    assert insight.check() == []
    for finding in Finding.objects.all():
        told = Event.objects.filter(object_id=str(finding.pk)).order_by("seal__seq")
        assert next(one.kind for one in told) == "finding.record"
        moves = [one for one in told if one.before]
        states = [State.RECORDED, *(one.after["state"] for one in moves)]
        assert [one.before["state"] for one in moves] == states[:-1]
        assert finding.state == states[-1]
        assert all(one.at <= clock.now() for one in told)


def test_a_problem_stands_on_the_answer_that_raised_it(county: None) -> None:
    for sheet in Sheet.objects.select_related("version")[:40]:
        expected = {one.item.key for one in raised(sheet.version.definition, sheet.answers)}
        assert set(Finding.objects.filter(sheet=sheet).values_list("item", flat=True)) == expected


def test_lives_are_of_all_sorts(county: None) -> None:
    states = Counter(Finding.objects.values_list("state", flat=True))
    assert states[State.STRUCK_OFF] > sum(states[one] for one in OPEN) > 0
    assert Finding.objects.all().overdue(clock.today()).exists()
    assert Report.objects.filter(passed=False).exists()
    numbers = sorted(Finding.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers))


def test_the_office_works_in_it_at_once(county: None, signed_in: Any) -> None:
    client = signed_in(User.objects.get(username="demo-county"))
    assert client.get(reverse("office:home")).status_code == 200
    finding = Finding.objects.filter(state=State.STRUCK_OFF).first()
    assert finding is not None
    page = client.get(reverse("findings:show", args=[finding.pk]))
    assert finding.wording in page.content.decode()
    assert (
        User.objects.create_user("next", None, name="下一个").pk > User.objects.get(username="demo-county").pk
    )


def test_it_goes_into_an_empty_database_only(county: None) -> None:
    with pytest.raises(click.ClickException, match="empty"):
        write()
