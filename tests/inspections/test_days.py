"""A visit is of the day on which it was made at the school, whatever zone the sender's clock writes its hours in."""

from datetime import UTC, datetime

from dudao.findings.models import Finding
from dudao.inspections.models import Visit
from dudao.kernel import clock
from tests import factories


def test_a_visit_before_eight_is_of_that_morning_and_its_term(at) -> None:
    """The first school day of a year, 7:40 in the morning: the evening before where clocks write UTC."""
    with clock.set_to(datetime(2026, 9, 1, 0, 30, tzinfo=UTC)):
        made = factories.visit(
            at, started_at="2026-08-31T23:40:00Z", finished_at="2026-09-01T00:20:00Z",
            findings=[factories.problem()],
        )  # fmt: skip
    visit = Visit.objects.get(pk=made.pk)
    assert str(visit).endswith(" 2026-09-01")
    assert (visit.school_year, visit.term) == (2026, "AUTUMN")


def test_problems_of_new_year_s_morning_are_numbered_in_the_new_year(at) -> None:
    with clock.set_to(datetime(2027, 1, 1, 0, 30, tzinfo=UTC)):
        factories.visit(
            at, started_at="2026-12-31T23:40:00Z", finished_at="2027-01-01T00:20:00Z",
            findings=[factories.problem()],
        )  # fmt: skip
    assert Finding.objects.get().number == f"{at.county.code}-2027-0001"
