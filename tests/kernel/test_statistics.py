"""The database learns how its tables have grown, so that a page of one county stays quick in a nation."""

import pytest
from django.db import connection

from dudao.kernel.statistics import refresh_statistics
from dudao.places.models import Unit
from tests import factories


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its statistics by itself")
def test_the_statistics_follow_the_growth_of_a_table(db) -> None:
    county = factories.region()
    Unit.objects.bulk_create(
        Unit(code=f"u{number}", name="小学", initials="xx", kind="PRIMARY", region=county)
        for number in range(500)
    )
    refresh_statistics()
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'places_unit'")
        counted = [int(row[0].split()[0]) for row in cursor.fetchall()]
    assert counted, "the table was looked at"
    assert max(counted) >= 500
