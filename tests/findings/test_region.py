"""A problem has the region of its unit, whatever becomes of either: rights are read by it."""

import random
from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dudao.findings.models import Finding
from dudao.kernel.ids import uuid7
from dudao.places import services as places
from tests import factories

ON = date(2026, 11, 2)


def parted() -> int:
    rows = Finding.objects.order_by().values_list("region", "unit__region")
    return sum(region != of_unit for region, of_unit in rows)


def test_a_problem_goes_with_its_school_to_another_office(at) -> None:
    finding = factories.finding(at)
    assert Finding.objects.visible_to(at.officer).filter(pk=finding.pk).exists()
    other = factories.place()
    places.move_unit(finding.unit, other.county, on=ON, basis="", by=None)
    assert not Finding.objects.visible_to(at.officer).filter(pk=finding.pk).exists()
    assert Finding.objects.visible_to(other.officer).filter(pk=finding.pk).exists()


@pytest.mark.parametrize("seed", range(4))
def test_it_never_parts_from_its_unit(at, seed) -> None:
    chance = random.Random(seed)
    regions = [at.county, at.city, factories.place().county]
    units = [at.unit, factories.unit(of=at.county), factories.unit(of=regions[2])]
    first = factories.finding(at)

    def move() -> None:
        unit, region = chance.choice(units), chance.choice(regions)
        unit.refresh_from_db()
        if unit.region != region:
            places.move_unit(unit, region, on=ON, basis="", by=None)

    def hand_over() -> None:
        assert Finding.objects.filter(pk=first.pk).update(unit=chance.choice(units)) == 1

    def lie() -> None:
        assert Finding.objects.filter(pk=first.pk).update(region=chance.choice([None, *regions])) == 1

    def copy() -> None:
        one = Finding.objects.get(pk=first.pk)
        one.pk, one.number, one.unit, one.region = (
            uuid7(),
            str(uuid7()),
            chance.choice(units),
            chance.choice(regions),
        )
        Finding.objects.bulk_create([one])

    for act in chance.choices([move, hand_over, lie, copy], k=16):
        act()
        assert parted() == 0, act.__name__
    assert Finding.objects.count() > 1


def test_problems_of_the_past_get_the_region_of_their_unit(at) -> None:
    """The migration, where nothing kept it before."""
    made = [factories.finding(at), factories.finding(factories.place())]
    keeping = import_module("dudao.findings.migrations.0012_region_of_the_unit")
    filling = import_module("dudao.findings.migrations.0013_regions_of_past_problems")
    with connection.cursor() as cursor:  # SQLite refuses a schema editor inside a transaction
        keeping.release(None, SimpleNamespace(connection=connection, execute=cursor.execute))
    Finding.objects.update(region=None)
    assert Finding.objects.filter(region=None).count() == len(made)
    old = MigrationLoader(connection).project_state([("findings", "0013_regions_of_past_problems")]).apps
    filling.fill_in(old, None)
    assert parted() == 0
